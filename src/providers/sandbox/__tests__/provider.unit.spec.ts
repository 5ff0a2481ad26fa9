import {
  createTestContext,
  createTestJob,
  type Destination,
  type TestJobOptions,
  workOnTestJob,
} from "../../../provider"
import { testMedia } from "../../__tests__/support/test-media"
import {
  type PostingNetwork,
  startPostingNetwork,
} from "../../__tests__/support/sandbox"
import { sandboxProvider } from "../provider"

const account: Destination = {
  external_id: "page_main",
  kind: "page",
  name: "Ada's Shop",
  username: "adas-shop",
  url: null,
  facts: {},
}

const video = testMedia({
  name: "walk.mp4",
  content_type: "video/mp4",
  kind: "video",
})

describe("the provider for the sandbox", () => {
  let network: PostingNetwork
  beforeAll(async () => {
    network = await startPostingNetwork()
  })
  beforeEach(() => network.reset())
  afterAll(() => network.close())

  const context = () =>
    createTestContext(sandboxProvider, {
      settings: { base_url: network.url },
      credentials: { access_token: "token" },
    })
  const jobOf = (options: TestJobOptions) =>
    createTestJob({ account, placement: "feed", ...options })
  const work = (job: ReturnType<typeof jobOf>) =>
    workOnTestJob(sandboxProvider, context(), job)

  it("waits while a video is processed, tells how far it is, and publishes it then", async () => {
    network.settings.video_processing_ms = 400
    const job = jobOf({ parts: [{ text: "A walk", media: [video] }] })
    const first = await work(job)
    expect(first).toMatchObject({
      state: "wait",
      why: "Sandbox processes the video",
      done: expect.any(Number),
      of: 100,
    })
    expect(network.store.listPosts()).toEqual([])

    await new Promise((resolve) => setTimeout(resolve, 450))
    expect(await work(job)).toEqual({ state: "published" })
    expect(network.store.listPosts()).toMatchObject([{ text: "A walk" }])
    expect(
      network.requests.filter(({ path }) => path === "/api/media")
    ).toHaveLength(1)
    expect(await (await fetch(network.url)).text()).toContain("<video")
  })

  it("says why a video cannot be processed, and publishes nothing", async () => {
    network.fault({
      path: /^\/api\/media\/./,
      kind: "reply",
      reply: {
        status: 200,
        headers: {},
        body: '{"status":"failed","error":"No sound."}',
      },
    })
    await expect(
      work(jobOf({ parts: [{ media: [video] }] }))
    ).rejects.toMatchObject({
      errorClass: "content_rejected",
      message:
        "Sandbox could not process the video: No sound. Use another file.",
    })
    expect(network.store.listPosts()).toEqual([])
  })

  it("publishes a thread, each part in answer to the one before", async () => {
    const job = jobOf({ parts: [{ text: "One" }, { text: "Two" }] })
    expect(await work(job)).toEqual({ state: "published" })
    const [two, one] = network.store.listPosts()
    expect([one.reply_to, two.reply_to]).toEqual([null, one.id])
  })

  it("publishes with board, visibility and content warning", async () => {
    await work(
      jobOf({
        parts: [{ text: "The ending" }],
        settings: {
          board: "board_gifts",
          visibility: "followers",
          content_warning: "Spoilers",
        },
      })
    )
    const [post] = network.store.listPosts()
    expect(post).toMatchObject({
      board: "board_gifts",
      visibility: "followers",
      content_warning: "Spoilers",
    })
    const page = await (await fetch(`${network.url}/posts/${post.id}`)).text()
    expect(page).toContain("<summary>Spoilers</summary>")
    expect(page).toContain("For followers · On the board Gifts")
  })

  it("hands a post over as a draft, once, which a person publishes in the inbox", async () => {
    network.fault({
      method: "POST",
      path: /^\/api\/posts$/,
      kind: "drop_reply",
    })
    const job = jobOf({
      parts: [{ text: "Please look" }],
      settings: { draft: true },
    })
    await expect(work(job)).rejects.toMatchObject({ errorClass: "transient" })
    expect(await work(job)).toMatchObject({
      state: "handed_over",
      url: `${network.url}/inbox`,
    })
    expect(job.log).toEqual(["step hand over"])
    expect(network.store.listPosts()).toEqual([])

    const [draft, ...others] = network.store.listDrafts()
    expect(others).toEqual([])
    const inbox = `${network.url}/inbox/${draft.id}`
    await fetch(inbox, {
      method: "POST",
      headers: { origin: "https://elsewhere.example" },
    })
    expect(network.store.listPosts()).toEqual([])
    await fetch(inbox, { method: "POST", redirect: "manual" })
    expect(network.store.listPosts()).toMatchObject([{ text: "Please look" }])
  })

  it("has a story's file fetched by the network", async () => {
    const story = (publicUrl: () => Promise<string>) =>
      jobOf({
        placement: "story",
        parts: [
          {
            text: "",
            media: [testMedia({ publicUrl })],
          },
        ],
      })
    await expect(
      work(story(async () => `${network.url}/avatars/missing.png`))
    ).rejects.toMatchObject({
      code: "media_unreachable",
      errorClass: "config_error",
    })

    const { id } = network.store.addMedia("image/png", Buffer.from("a picture"))
    await work(story(async () => `${network.url}/media/${id}`))
    const [post] = network.store.listPosts()
    expect(post.placement).toBe("story")
    expect(network.store.readMedia(post.media[0].id)?.toString()).toBe(
      "a picture"
    )
  })

  it("says until when an account has had its posts of the day", async () => {
    network.settings.posts_per_day = 1
    await work(jobOf({ key: "one" }))
    const refused = await work(jobOf({ key: "two" })).catch((error) => error)
    expect(refused).toMatchObject({
      errorClass: "rate_limited",
      code: "quota_exceeded",
    })
    const inHours = (refused.retryAt.getTime() - Date.now()) / 3_600_000
    expect(inHours).toBeGreaterThan(23)
    expect(network.store.listPosts()).toHaveLength(1)
  })

  it("lists boards by the words that are searched for", async () => {
    const { boards } = sandboxProvider.lookups!
    expect(await boards.run(context(), account, "gift")).toEqual([
      { value: "board_gifts", label: "Gifts", hint: "0 posts" },
    ])
    expect(await boards.run(context(), account, "")).toHaveLength(3)
  })

  it("takes as many characters as the account's facts say", async () => {
    const profile = { ...account, external_id: "profile_ada" }
    const facts = await sandboxProvider.fetchFacts!(context(), profile)
    expect(facts).toEqual({ max_characters: 300 })
    const choice = { placement: "feed", settings: {} }
    expect(
      sandboxProvider.limits!({ ...profile, facts }, choice).text[0].max
    ).toBe(300)
    await expect(
      work(jobOf({ account: profile, parts: [{ text: "a".repeat(301) }] }))
    ).rejects.toMatchObject({ code: "text_too_long" })
  })
})
