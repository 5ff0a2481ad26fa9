import {
  type PinterestSimulator,
  startPinterest,
} from "../../../../sandbox/networks/pinterest/server"
import {
  AUTUMN,
  SCARVES,
  USER,
  WINTER,
} from "../../../../sandbox/networks/pinterest/state"
import { countRequests } from "../../../../sandbox/networks/simulator"
import {
  contractTests,
  createTestContext,
  createTestJob,
  isServiceError,
  type MediaPreset,
  type TestJobOptions,
  workOnTestJob,
} from "../../../provider"
import { testMedia } from "../../__tests__/support/test-media"
import { pinterestProvider } from "../provider"
import { pinterestSettings } from "../settings"

let pinterest: PinterestSimulator

beforeAll(async () => {
  pinterest = await startPinterest(0)
})
afterAll(() => pinterest.close())
beforeEach(() => {
  pinterest.reset()
  pinterest.state.processing_ms = 0
})

const createContext = (settings: object = {}) =>
  createTestContext(pinterestProvider, {
    settings: { base_url: pinterest.url, client_id: "1", ...settings },
    credentials: pinterest.makeTokens(),
  })

const scarf = testMedia({ name: "scarf.jpg", content_type: "image/jpeg" })

const film = (own = {}) =>
  testMedia({
    name: "film.mp4",
    kind: "video",
    content_type: "video/mp4",
    ...own,
  })

const LINK = {
  url: "https://shop.example.com/scarf?size=m#colours",
  title: "The autumn scarf",
  description: null,
  image: null,
}

const withPicture = (
  { settings, ...options }: TestJobOptions = {},
  media = [scarf]
): TestJobOptions => ({
  account: { external_id: USER.id, kind: "profile", name: "Ada's shop" },
  parts: [{ text: "Warm and light.", media }],
  link: LINK,
  settings: { board: AUTUMN, ...settings },
  ...options,
})

const work = (job: ReturnType<typeof createTestJob>) =>
  workOnTestJob(pinterestProvider, createContext(), job)

const publish = async (...given: Parameters<typeof withPicture>) => {
  const job = createTestJob(withPicture(...given))
  expect(await work(job)).toEqual({ state: "published" })
  return job
}

const failureOf = (promise: Promise<unknown> | undefined) =>
  promise?.then(
    () => undefined,
    (error: unknown) => (isServiceError(error) ? error : undefined)
  )

const { account } = createTestJob(withPicture())

describe("the contract", () => {
  it.each(
    contractTests(pinterestProvider, {
      credentials: { access_token: "marked-token-1" },
    }).map(({ title, run }) => [title, run] as const)
  )("%s", async (_, run) => {
    await expect(run()).resolves.toBeUndefined()
  })

  it.each([
    ["an image with a link", withPicture()],
    [
      "an image in a section",
      withPicture({ settings: { section: `${AUTUMN}/${SCARVES}` } }),
    ],
    ["an image without a link", withPicture({ link: null })],
    [
      "a video with a cover",
      withPicture({}, [film({ poster: { media: scarf } })]),
    ],
  ])("holds for %s", async (_, job) => {
    const tests = contractTests(pinterestProvider, {
      settings: { base_url: pinterest.url },
      credentials: pinterest.makeTokens(),
      publishing: { job },
    }).filter(({ title }) => /^(?:publish|recover) /.test(title))
    expect(tests.length).toBeGreaterThan(5)
    for (const { run } of tests) {
      pinterest.state.pins = []
      await run()
    }
  })
})

describe("an account", () => {
  it("says whose it is, with its figures of 30 days", async () => {
    const context = createContext()
    expect(await pinterestProvider.verify!(context)).toBe(
      "The credentials belong to Ada's shop (@adasshop)."
    )
    expect(
      await pinterestProvider.verify!(createContext({ environment: "sandbox" }))
    ).toMatch(/\. Pins go to the sandbox, where nobody else sees them\.$/)
    expect(await pinterestProvider.listAccounts!(context)).toEqual([
      expect.objectContaining({
        external_id: USER.id,
        name: "Ada's shop",
        url: "https://www.pinterest.com/adasshop/",
      }),
    ])
    const figures = () =>
      pinterestProvider.fetchAccountMetrics!(createContext(), account)
    const own = [
      { name: "followers", value: 128 },
      { name: "monthly_views", value: 4200 },
      { name: "posts", value: 0 },
    ]
    expect(await figures()).toEqual([
      ...own,
      { name: "impressions_30d", value: 240 },
      { name: "clicks_30d", value: 37 },
      { name: "outbound_clicks_30d", value: 20 },
      { name: "saves_30d", value: 12 },
    ])
    // The sandbox has no report.
    expect(
      await pinterestProvider.fetchAccountMetrics!(
        createContext({ environment: "sandbox" }),
        account
      )
    ).toEqual(own)
    // The report is for accounts of businesses alone.
    pinterest.state.is_business = false
    expect(await figures()).toEqual(own)
  })

  it("offers the boards that take pins, page by page", async () => {
    const { boards } = pinterestProvider.lookups!
    pinterest.state.boards.push(
      ...Array.from({ length: 300 }, (_, index) => ({
        id: String(index + 1),
        name: `Summer ${index}`,
        privacy: "PUBLIC" as const,
        sections: [],
      }))
    )
    expect(await boards.run(createContext(), account, "")).toHaveLength(302)
    expect(countRequests(pinterest, "GET", /^\/v5\/boards$/)).toBe(2)
    expect(await boards.run(createContext(), account, " WINT")).toEqual([
      { value: WINTER, label: "Winter", hint: "secret, 0 pins" },
    ])
  })

  it("offers the sections of the chosen board", async () => {
    const { run, depends_on } = pinterestProvider.lookups!.sections
    expect(depends_on).toEqual(["board"])
    const look = (board: string | undefined, query: string) =>
      run(createContext(), account, query, { board })
    expect(await look(AUTUMN, "scar")).toEqual([
      { value: `${AUTUMN}/${SCARVES}`, label: "Scarves" },
    ])
    expect(await look(AUTUMN, "")).toHaveLength(2)
    expect(await look(WINTER, "")).toEqual([])
    pinterest.requests.length = 0
    expect(await look(undefined, "")).toEqual([])
    expect(pinterest.requests).toEqual([])
  })
})

describe("settings", () => {
  it.each([
    [{}, "board"],
    [{ board: "Autumn" }, "board"],
    [{ board: AUTUMN, section: SCARVES }, "section"],
    [{ board: AUTUMN, title: "x".repeat(101) }, "title"],
    [{ board: AUTUMN, dominant_color: "red" }, "dominant_color"],
  ])("%j are refused by their %s", async (settings, name) => {
    const { error } = pinterestSettings.safeParse(settings)
    expect(error?.issues.map(({ path }) => path[0])).toEqual([name])
    const job = createTestJob({ ...withPicture(), settings })
    expect(
      await failureOf(pinterestProvider.publish!(createContext(), job))
    ).toMatchObject({
      errorClass: "content_rejected",
      message: expect.stringContaining(`"${name}"`),
    })
    expect(pinterest.requests).toEqual([])
  })
})

describe("a pin", () => {
  it("has its texts, its place and a link that leads back to the publication", async () => {
    const job = await publish(
      {
        settings: {
          section: `${AUTUMN}/${SCARVES}`,
          campaign: "autumn 26",
          dominant_color: "#AA0000",
        },
      },
      [testMedia({ ...scarf, alt_text: "A red scarf" })]
    )
    const [pin] = pinterest.posts()
    expect(pin).toMatchObject({
      board_id: AUTUMN,
      board_section_id: SCARVES,
      title: "The autumn scarf",
      description: "Warm and light.",
      alt_text: "A red scarf",
      link: "https://shop.example.com/scarf?size=m&utm_source=pinterest&utm_medium=social&utm_campaign=autumn+26&utm_content=test-publication#colours",
      dominant_color: "#AA0000",
      kind: "image",
    })
    expect(pin.files).toEqual([
      { content_type: "image/jpeg", file: Buffer.alloc(64, 7) },
    ])
    expect(job.parts[0].published).toEqual({
      external_id: pin.id,
      url: `${pinterest.url}/pin/${pin.id}/`,
    })
  })

  it("is in no section where that of the defaults is another board's", async () => {
    await publish({
      settings: { board: WINTER, section: `${AUTUMN}/${SCARVES}` },
    })
    expect(pinterest.posts()[0]).toMatchObject({
      board_id: WINTER,
      board_section_id: null,
    })
  })

  it("keeps the campaign that a link has already", async () => {
    await publish({
      link: {
        ...LINK,
        url: "https://shop.example.com/?utm_source=board&utm_content=red%20scarf",
      },
    })
    expect(pinterest.posts()[0].link).toBe(
      "https://shop.example.com/?utm_source=board&utm_content=red%20scarf&utm_medium=social&utm_id=test-publication"
    )
  })

  it("has a product's long title cut, and its own title before that", async () => {
    const title = "👨‍👩‍👧 ".repeat(40)
    await publish({ link: { ...LINK, title } })
    await publish({ link: { ...LINK, title }, settings: { title: "Short" } })
    const [cut, own] = pinterest.posts().map((pin) => pin.title!)
    expect([...cut].length).toBeLessThanOrEqual(100)
    expect(cut).toMatch(/👨‍👩‍👧…$/)
    expect(own).toBe("Short")
  })

  it("has several images in one shape and size, those of one size as they are", async () => {
    const wanted: MediaPreset[] = []
    const image = (width: number, height: number) => {
      const self = testMedia({
        ...{ name: `${width}x${height}`, content_type: "image/jpeg" },
        ...{ width, height, alt_text: `${width} wide` },
        as: async (preset) => {
          wanted.push(preset)
          return self
        },
      })
      return self
    }
    await publish({}, [image(1000, 1500), image(800, 800), image(3000, 900)])
    const [{ ratio, fit, max_width }] = wanted
    expect({ ratio, fit, max_width }).toEqual({
      ratio: [2 / 3, 2 / 3],
      fit: "pad",
      max_width: 799,
    })
    expect(wanted).toEqual([wanted[0], wanted[0], wanted[0]])
    expect(pinterest.posts()[0]).toMatchObject({
      kind: "multiple_images",
      alt_text: "1000 wide\n800 wide\n3000 wide",
    })
    const [{ link, files }] = pinterest.posts()
    expect(link).toContain("utm_content=")
    expect(files.map((file) => file.link)).toEqual([link, link, link])

    wanted.length = 0
    await publish({}, [image(1000, 1500), image(1000, 1500)])
    expect(wanted.every((preset) => !preset.ratio)).toBe(true)
  })

  it("counts, is told when it is gone, and is removed", async () => {
    const job = await publish()
    const ref = job.parts[0].published!
    pinterest.posts()[0].metrics = { impression: 7, clickthrough: 3, save: 1 }
    expect(
      await pinterestProvider.fetchPostMetrics!(createContext(), account, ref)
    ).toEqual([
      { name: "impressions", value: 7 },
      { name: "outbound_clicks", value: 3 },
      { name: "saves", value: 1 },
    ])
    const state = () =>
      pinterestProvider.fetchPostState!(createContext(), account, ref)
    expect(await state()).toEqual({ state: "public", url: ref.url })
    await pinterestProvider.remove!(createContext(), account, ref)
    expect(pinterest.posts()).toEqual([])
    expect(await state()).toEqual({ state: "gone" })
    // What is gone already is gone.
    await pinterestProvider.remove!(createContext(), account, ref)
  })

  it.each([
    ["https://www.pinterest.com/pin/999658448514149467/", "999658448514149467"],
    ["https://de.pinterest.com/pin/red-scarf--12345/?x=1", "12345"],
    ["https://www.pinterest.co.uk/pin/12345", "12345"],
    ["https://www.pinterest.com/adasshop/autumn/", null],
    ["https://example.com/pin/12345", null],
  ])("is found by its address %s", (url, id) => {
    expect(pinterestProvider.readPermalink!(account, url)).toBe(id)
  })
})
