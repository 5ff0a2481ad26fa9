import {
  type LinkedInSimulator,
  startLinkedIn,
} from "../../../../sandbox/networks/linkedin/server"
import {
  MEMBER,
  PAGE,
  PROFILE_SCOPES,
} from "../../../../sandbox/networks/linkedin/state"
import { countRequests } from "../../../../sandbox/networks/simulator"
import {
  contractTests,
  createTestContext,
  createTestJob,
  isServiceError,
  type TestJobOptions,
  workOnTestJob,
} from "../../../provider"
import { checkPost } from "../../../shared/post-rules/check"
import { testMedia } from "../../__tests__/support/test-media"
import { scopesOf } from "../../scopes"
import { linkedinDescription } from "../description"
import { linkedinProvider } from "../provider"

const ON_PAGES = { publishes_on: "profile and pages" }

let linkedin: LinkedInSimulator

beforeAll(async () => {
  linkedin = await startLinkedIn(0)
})
afterAll(() => linkedin.close())
beforeEach(() => {
  linkedin.reset()
  linkedin.state.processing_ms = 0
})

const createContext = (
  settings: Record<string, unknown> = ON_PAGES,
  access_token = linkedin.makeToken()
) =>
  createTestContext(linkedinProvider, {
    settings: { base_url: linkedin.url, client_id: "86simulated", ...settings },
    credentials: { client_secret: "secret", access_token },
  })

const profileContext = () =>
  createContext({}, linkedin.makeToken(PROFILE_SCOPES))

const page = { external_id: PAGE.urn, kind: "page", name: PAGE.name }
const profile = { external_id: MEMBER.urn, kind: "profile", name: MEMBER.name }

const picture = (name: string, own = {}) =>
  testMedia({ name, alt_text: `A ${name}`, ...own })
const film = (bytes = 64, own = {}) =>
  testMedia(
    { name: "film.mp4", kind: "video", content_type: "video/mp4", ...own },
    bytes
  )
const catalogue = testMedia({
  name: "catalogue.pdf",
  kind: "document",
  content_type: "application/pdf",
})

const jobOf = (options: TestJobOptions = {}) =>
  createTestJob({
    account: page,
    parts: [{ text: "The autumn scarf" }],
    ...options,
  })

const work = (job = jobOf(), context = createContext()) =>
  workOnTestJob(linkedinProvider, context, job)

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isServiceError(error) ? error : undefined)
  )

describe("the contract", () => {
  it.each(
    contractTests(linkedinProvider, {
      credentials: { access_token: "marked-token-1" },
    }).map(({ title, run }) => [title, run] as const)
  )("%s", async (_, run) => {
    await expect(run()).resolves.toBeUndefined()
  })

  it.each<[string, TestJobOptions]>([
    ["a text", {}],
    ["several images", { parts: [{ media: [picture("a"), picture("b")] }] }],
    ["a video", { parts: [{ text: "Film", media: [film()] }] }],
    [
      "comments",
      { parts: [{ text: "One" }, { text: "Two" }, { text: "Three" }] },
    ],
  ])("holds for %s on a page", async (_, job) => {
    linkedin.state.duplicate_ms = 0
    const tests = contractTests(linkedinProvider, {
      settings: { base_url: linkedin.url, ...ON_PAGES },
      credentials: { access_token: linkedin.makeToken() },
      publishing: { job: { account: page, ...job } },
    }).filter(({ title }) => /^(?:publish|recover) /.test(title))
    expect(tests.length).toBeGreaterThan(5)
    for (const { run } of tests) {
      await run()
    }
  })
})

describe("accounts", () => {
  it("are the member's profile alone for an app that shares", async () => {
    const context = profileContext()
    expect(await linkedinProvider.verify!(context)).toBe(
      "The credentials belong to Ada Lovelace."
    )
    expect(await linkedinProvider.listAccounts!(context)).toEqual([
      expect.objectContaining({
        external_id: MEMBER.urn,
        kind: "profile",
        name: "Ada Lovelace",
      }),
    ])
    expect(countRequests(linkedin, "GET", /organizationAcls/)).toBe(0)
  })

  it("are the pages on which the member may publish, too, each once", async () => {
    expect(await linkedinProvider.listAccounts!(createContext())).toEqual([
      expect.objectContaining({
        external_id: MEMBER.urn,
        username: "ada-lovelace",
        url: `${linkedin.url}/in/ada-lovelace/`,
      }),
      {
        external_id: PAGE.urn,
        kind: "page",
        name: "Ada's shop",
        username: "adas-shop",
        avatar_url: null,
        url: `${linkedin.url}/company/adas-shop/`,
      },
    ])
  })

  it("are asked for with the scopes that the app's products have", () => {
    const { scopes } = linkedinDescription.oauth2!
    expect(scopesOf({}, scopes)).toEqual([
      "openid",
      "profile",
      "w_member_social",
    ])
    expect(scopesOf(ON_PAGES, scopes)).toEqual(
      expect.arrayContaining(["r_basicprofile", "w_organization_social"])
    )
    expect(scopesOf(ON_PAGES, scopes)).not.toContain("openid")
    expect(scopesOf({ scopes: "openid w_member_social" }, scopes)).toEqual([
      "openid",
      "w_member_social",
    ])
  })

  it("take comments where the scopes allow them", async () => {
    const partsFor = async (context = createContext(), account = page) => {
      const { account: destination } = jobOf({ account })
      const facts = await linkedinProvider.fetchFacts!(context, destination)
      return linkedinProvider.limits!(
        { kind: account.kind, facts },
        { placement: "", settings: {} }
      ).parts.as
    }
    expect(await partsFor()).toBe("comment")
    expect(await partsFor(createContext(), profile)).toBe("comment")
    expect(await partsFor(profileContext(), profile)).toBe("none")
  })

  it.each(["2026-09", "202613", "latest"])(
    "are not asked for with %s in the place of a version",
    async (api_version) => {
      const error = await failureOf(
        linkedinProvider.listAccounts!(createContext({ api_version }))
      )
      expect(error).toMatchObject({
        errorClass: "config_error",
        message: expect.stringContaining("Enter a year and a month"),
      })
      expect(linkedin.requests).toEqual([])
    }
  )

  it("say which version LinkedIn has ended", async () => {
    const error = await failureOf(
      linkedinProvider.listAccounts!(
        createContext({ ...ON_PAGES, api_version: "202401" })
      )
    )
    expect(error).toMatchObject({
      errorClass: "config_error",
      message: expect.stringContaining(
        "Requested version 202401 is not active. LinkedIn has ended this version"
      ),
    })
  })
})

describe("a post", () => {
  it("goes out with its hashtags, and with every sign as it is written", async () => {
    const job = jobOf({
      parts: [{ text: "New (2026) #scarf_1 * for you @ home" }],
      settings: { allow_reshare: false },
    })
    expect(await work(job)).toEqual({ state: "published" })
    const [post] = linkedin.posts()
    expect(post).toMatchObject({
      author: PAGE.urn,
      text: "New (2026) #scarf_1 * for you @ home",
      visibility: "PUBLIC",
      isReshareDisabledByAuthor: true,
    })
    expect(post.content).toBeUndefined()
    expect(job.parts[0].published).toEqual({
      external_id: post.id,
      url: `${linkedin.url}/feed/update/${post.id}/`,
    })
  })

  it("of a profile is seen by whom it is to be seen", async () => {
    await work(
      jobOf({ account: profile, settings: { visibility: "connections" } }),
      profileContext()
    )
    expect(linkedin.posts()[0]).toMatchObject({
      author: MEMBER.urn,
      visibility: "CONNECTIONS",
    })
  })

  it("has one image, or several, with their alternative texts", async () => {
    await work(jobOf({ parts: [{ text: "One", media: [picture("scarf")] }] }))
    await work(
      jobOf({
        parts: [{ text: "Two", media: [picture("scarf"), picture("hat")] }],
      })
    )
    const [one, two] = linkedin.posts()
    expect(one.content).toEqual({
      media: {
        id: expect.stringMatching(/^urn:li:image:/),
        altText: "A scarf",
      },
    })
    expect(
      two.content?.multiImage?.images.map(({ altText }) => altText)
    ).toEqual(["A scarf", "A hat"])
  })

  it("sends what LinkedIn does not take as a JPEG", async () => {
    const presets: object[] = []
    const webp = picture("scarf", { content_type: "image/webp" })
    webp.as = async (preset) => {
      presets.push(preset)
      return testMedia({ content_type: "image/jpeg" })
    }
    await work(jobOf({ parts: [{ media: [webp] }] }))
    expect(presets).toEqual([
      { format: "jpeg", max_width: 6000, max_height: 6000 },
    ])
    const [asset] = linkedin.state.assets.values()
    expect(asset.content_type).toBe("image/jpeg")
  })

  it("shows a document page by page, under its title", async () => {
    await work(jobOf({ parts: [{ text: "A", media: [catalogue] }] }))
    await work(
      jobOf({
        parts: [{ text: "B", media: [catalogue] }],
        settings: { title: "Autumn 2026" },
      })
    )
    expect(linkedin.posts().map(({ content }) => content?.media)).toEqual([
      {
        id: expect.stringMatching(/^urn:li:document:/),
        title: "catalogue",
      },
      expect.objectContaining({ title: "Autumn 2026" }),
    ])
  })

  it("has a card of the product behind its link, whose picture may be missing", async () => {
    const link = {
      url: "https://shop.example.com/scarf",
      title: "Autumn scarf",
      description: "Warm and light.",
      image: picture("scarf"),
    }
    linkedin.state.processing_ms = 60_000
    const job = jobOf({ link })
    expect(await work(job)).toMatchObject({
      state: "wait",
      why: "LinkedIn processes the image",
    })
    const [cardPicture] = linkedin.state.assets.values()
    cardPicture.ready_at = 0
    await work(job)
    // A picture that LinkedIn cannot process is left out.
    linkedin.state.processing_ms = 0
    linkedin.state.fates = ["PROCESSING_FAILED"]
    await work(
      jobOf({
        parts: [{ text: "No picture" }],
        link: { ...link, image: picture("hat") },
      })
    )
    await work(
      jobOf({
        parts: [{ text: "Another" }],
        link: { ...link, title: null, description: null, image: null },
      })
    )
    const [whole, unpictured, bare] = linkedin.posts()
    expect(unpictured.content?.article).not.toHaveProperty("thumbnail")
    expect(whole.text).toBe("The autumn scarf")
    expect(whole.content?.article).toEqual({
      source: "https://shop.example.com/scarf",
      title: "Autumn scarf",
      description: "Warm and light.",
      thumbnail: expect.stringMatching(/^urn:li:image:/),
    })
    expect(bare.content?.article).toEqual({
      source: "https://shop.example.com/scarf",
      title: "shop.example.com",
    })
  })

  it("has its link in the text where files or a poll take the card's place", async () => {
    const link = {
      url: "https://shop.example.com/scarf_1",
      title: null,
      description: null,
      image: null,
    }
    const poll = { question: "Which one?", options: ["Red", "Blue"] }
    await work(jobOf({ link, parts: [{ media: [picture("scarf")] }] }))
    await work(jobOf({ link, settings: { poll } }))
    const [first, second] = linkedin.posts()
    expect(first.text).toBe("https://shop.example.com/scarf_1")
    expect(second.text).toBe(
      "The autumn scarf\n\nhttps://shop.example.com/scarf_1"
    )
    expect(second.content?.poll).toEqual({
      question: "Which one?",
      options: [{ text: "Red" }, { text: "Blue" }],
      settings: { duration: "THREE_DAYS" },
    })
  })

  it("is refused before anything is sent where it does not fit", async () => {
    const verdict = (text: string, media = [picture("a")], settings = {}) =>
      checkPost(
        {
          title: null,
          link: null,
          parts: [{ text, media, delay_s: 0 }],
        } as never,
        linkedinProvider.limits!(
          { kind: "page", facts: {} },
          { placement: "", settings }
        ),
        "Ada's shop",
        null
      ).map(({ code }) => code)
    expect(verdict("x".repeat(3000))).toEqual([])
    expect(verdict("x".repeat(3001))).toEqual(["text_too_long"])
    expect(verdict("x", [picture("a"), film(100_000)])).not.toEqual([])
    expect(verdict("x", [picture("a")], { poll: {} })).not.toEqual([])

    const error = await failureOf(
      work(
        jobOf({
          settings: { poll: { question: "Which?", options: ["Red", "Red"] } },
        })
      )
    )
    expect(error?.message).toBe(
      'The setting "poll.options" does not fit LinkedIn: must differ from each other. Change it, and publish again.'
    )
    expect(linkedin.requests).toEqual([])
  })
})
