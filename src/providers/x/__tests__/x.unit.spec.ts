import { startX, type XSimulator } from "../../../../sandbox/networks/x/server"
import { countRequests } from "../../../../sandbox/networks/simulator"
import { testMedia } from "../../__tests__/support/test-media"
import type { Media } from "../../publication"
import { contractTests, createTestContext } from "../../testing"
import {
  createTestJob,
  type TestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../testing-job"
import { APP } from "../../../../sandbox/networks/x/state"
import { xProvider } from "../provider"

let x: XSimulator

beforeAll(async () => {
  x = await startX(0)
})
beforeEach(() => x.reset())
afterEach(() => jest.useRealTimers())
afterAll(() => x.close())

const contextOf = () =>
  createTestContext(xProvider, {
    settings: { base_url: x.url },
    credentials: x.makeTokens(),
  })

const signedContext = () =>
  createTestContext(xProvider, {
    auth_type: "oauth1",
    settings: { base_url: x.url, consumer_key: APP.consumer_key },
    credentials: {
      consumer_secret: APP.consumer_secret,
      ...x.makeSignedTokens(),
    },
  })

const ACCOUNT = { external_id: "2244994945", username: "adasshop" }

const jobOf = (options: TestJobOptions = {}) =>
  createTestJob({ account: ACCOUNT, ...options })

const work = (job: TestJob, context = contextOf()) =>
  workOnTestJob(xProvider, context, job)

const video = (own: Partial<Media> = {}, bytes = 64) =>
  testMedia(
    {
      name: "film.mp4",
      kind: "video",
      content_type: "video/mp4",
      ...own,
    },
    bytes
  )

const letTimePass = (ms: number) => {
  jest.useFakeTimers({
    now: Date.now() + ms,
    doNotFake: ["nextTick", "queueMicrotask", "setImmediate", "setTimeout"],
  })
}

/** Under which names a file's upload is kept. */
const nameOfUpload = async (file: Media): Promise<string[]> => {
  const job = jobOf({ parts: [{ media: [file] }] })
  await work(job)
  x.reset()
  x.state.processing_ms = 0
  return Object.keys(job.saved).filter((name) => name.startsWith("media "))
}

describe("X's provider", () => {
  it.each(
    contractTests(xProvider, {
      settings: { base_url: "https://x.example" },
      credentials: { access_token: "marked-token-91c4" },
    })
  )("$title", ({ run }) => run())

  it("says whose the credentials are, by either login", async () => {
    for (const context of [contextOf(), signedContext()]) {
      expect(await xProvider.verify?.(context)).toBe(
        "The credentials belong to Ada's shop (@adasshop)."
      )
      expect(await xProvider.listAccounts?.(context)).toEqual([
        {
          external_id: "2244994945",
          kind: "profile",
          name: "Ada's shop",
          username: "adasshop",
          avatar_url: `${x.url}/avatar.svg`,
          url: `${x.url}/adasshop`,
        },
      ])
    }
  })

  it("lets subscribers and businesses write long posts, and shows what the plan charges", async () => {
    const limits = async (settings: object = {}) => {
      const context = createTestContext(xProvider, {
        settings: { base_url: x.url, ...settings },
        credentials: x.makeTokens(),
      })
      const facts = await xProvider.fetchFacts?.(context, jobOf().account)
      return xProvider.limits?.(
        { kind: "profile", facts: facts ?? {} },
        { placement: "", settings: {} }
      )
    }
    const textOf = (max: number) => [{ field: "text", unit: "x_weighted", max }]
    expect(await limits()).toMatchObject({
      text: textOf(280),
      price: { part: 0.015, part_with_link: 0.2 },
    })
    x.state.user.subscription_type = "Basic"
    expect(
      await limits({ post_price: "0", link_post_price: "0.1" })
    ).toMatchObject({
      text: textOf(25_000),
      price: { part: 0, part_with_link: 0.1 },
    })
    expect(await limits({ long_post_characters: "4000" })).toMatchObject({
      text: textOf(4000),
    })
    x.state.user.subscription_type = "None"
    x.state.user.verified_type = "business"
    expect(await limits()).toMatchObject({ text: textOf(25_000) })
  })

  it("sends files in pieces, goes on with the piece that a crash has stopped at, and describes them", async () => {
    const MB = 1024 * 1024
    x.state.processing_ms = 0
    const film = video({ alt_text: "A red scarf in the wind" }, 9 * MB)
    const job = jobOf({ parts: [{ text: "Look", media: [film] }] })
    const [name] = await nameOfUpload(film)
    job.crash("after", `save ${name}`)
    expect(await work(job)).toEqual({ state: "published" })

    const [post] = x.posts()
    expect(post.media[0]).toMatchObject({
      media_type: "video/mp4",
      category: "tweet_video",
      alt_text: "A red scarf in the wind",
      total_bytes: 9 * MB,
    })
    expect([...post.media[0].pieces.keys()]).toEqual([0, 1, 2])
    expect(countRequests(x, "POST", /append$/)).toBe(3)
    expect(job.shown).toMatchObject({ why: "The file is sent to X" })
  })

  it("waits as long as X says while it processes a video", async () => {
    x.state.processing_ms = 4_000
    const job = jobOf({ parts: [{ media: [video()] }] })
    const before = Date.now()
    const progress = await work(job)
    expect(progress).toMatchObject({
      state: "wait",
      why: "X processes the file",
      done: 50,
      of: 100,
    })
    const until = (progress as { until: Date }).until.getTime()
    expect(until - before).toBeGreaterThanOrEqual(4_000)
    expect(until - before).toBeLessThan(6_000)
    letTimePass(5_000)
    expect(await work(job)).toEqual({ state: "published" })
    expect(countRequests(x, "POST", /initialize$/)).toBe(1)
  })

  it("says why X could not process a file, and sends it anew when it is published again", async () => {
    x.state.processing_ms = null
    const job = jobOf({ parts: [{ media: [video()] }] })
    await expect(work(job)).rejects.toMatchObject({
      errorClass: "content_rejected",
      message:
        "X could not process the file: Video codec is not supported. Export it anew, a video as MP4 with H.264 and AAC, and publish again.",
    })
    x.state.processing_ms = 0
    expect(await work(job)).toEqual({ state: "published" })
    expect(countRequests(x, "POST", /initialize$/)).toBe(2)
  })

  it("sends a file anew that X has cleared away since", async () => {
    x.state.processing_ms = 60_000
    const job = jobOf({ parts: [{ media: [video()] }] })
    await work(job)
    x.state.media = []
    await expect(work(job)).rejects.toMatchObject({
      errorClass: "transient",
      code: "upload_expired",
    })
    x.state.processing_ms = 0
    expect(await work(job)).toEqual({ state: "published" })
  })

  it("makes a picture smaller that X would not take, once", async () => {
    const small = testMedia({ name: "small.jpg", content_type: "image/jpeg" })
    const presets: unknown[] = []
    const large = testMedia({
      as: async (preset) => {
        presets.push(preset)
        return small
      },
    })
    const job = jobOf({ parts: [{ media: [large] }] })
    job.crash("before", "arm 0")
    await work(job)
    expect(presets).toEqual([{ max_bytes: 5 * 1024 * 1024 }])
    expect(x.posts()[0].media[0]).toMatchObject({ media_type: "image/jpeg" })
  })

  it("publishes a thread, each part as an answer to the one before it", async () => {
    const job = jobOf({
      parts: [
        { text: "First" },
        { text: "Second", media: [testMedia({ name: "second.png" })] },
        { text: "Third" },
      ],
      settings: {
        reply_settings: "following",
        paid_partnership: true,
        made_with_ai: true,
      },
    })
    expect(await work(job)).toEqual({ state: "published" })
    const [first, second, third] = x.posts()
    expect([second.in_reply_to, third.in_reply_to]).toEqual([
      first.id,
      second.id,
    ])
    expect(first.reply_settings).toBe("following")
    expect(x.posts().map((post) => post.paid_partnership)).toEqual([
      true,
      true,
      true,
    ])
    expect(x.posts().map((post) => post.made_with_ai)).toEqual([
      false,
      true,
      false,
    ])
    expect(job.parts[1].published?.url).toBe(
      `${x.url}/adasshop/status/${second.id}`
    )
  })

  it("publishes polls, quotes and into communities by their addresses", async () => {
    const poll = { options: ["Red", "Blue"], duration_minutes: 1440 }
    await work(jobOf({ settings: { poll } }))
    await work(
      jobOf({
        parts: [{ text: "Quoted" }],
        settings: {
          quote: "https://x.com/ada/status/1880028106020515840?s=20",
          community: "https://x.com/i/communities/1493446837214187523",
        },
      })
    )
    expect(x.posts()).toMatchObject([
      { poll },
      {
        quoted: "1880028106020515840",
        community_id: "1493446837214187523",
      },
    ])
  })

  it.each([
    [{ poll: { options: ["Red"], duration_minutes: 5 } }, "poll.options"],
    [
      { poll: { options: ["Red", "x".repeat(26)], duration_minutes: 5 } },
      "poll.options.1",
    ],
    [
      { poll: { options: ["Red", "Blue"], duration_minutes: 4 } },
      "poll.duration_minutes",
    ],
    [{ quote: "https://example.com/status/x" }, "quote"],
    [{ community: "gardeners" }, "community"],
  ])(
    "refuses the settings %j before anything is sent",
    async (settings, name) => {
      await expect(work(jobOf({ settings }))).rejects.toMatchObject({
        errorClass: "content_rejected",
        message: expect.stringContaining(`The setting "${name}"`),
      })
      expect(x.requests).toEqual([])
    }
  )

  it("takes no files with a poll, and no quoted post", async () => {
    const poll = { options: ["Red", "Blue"], duration_minutes: 5 }
    expect(
      xProvider.limits?.(
        { kind: "profile", facts: {} },
        { placement: "", settings: { poll } }
      ).media.combinations
    ).toEqual([])
    await expect(
      work(jobOf({ settings: { poll, quote: "17" } }))
    ).rejects.toThrow("either a poll or a quoted post")
  })

  it("reads the id of a post from the addresses that people copy", () => {
    const read = (url: string) =>
      xProvider.readPermalink?.(jobOf().account, url)
    expect(read("https://x.com/adasshop/status/1880028106020515840")).toBe(
      "1880028106020515840"
    )
    expect(read("https://twitter.com/i/web/status/17/photo/1?s=20")).toBe("17")
    expect(read("https://x.com/adasshop")).toBeNull()
    expect(read("1880028106020515840")).toBeNull()
  })

  it("reads figures and the state of a post, by the names before August 2026 too, and removes it", async () => {
    const job = jobOf()
    await work(job)
    const ref = job.parts[0].published!
    const context = contextOf()
    const ask = async () => ({
      state: await xProvider.fetchPostState?.(context, job.account, ref),
      figures: await xProvider.fetchPostMetrics?.(context, job.account, ref),
    })
    const told = await ask()
    expect(told).toEqual({
      state: { state: "public", url: ref.url },
      figures: [
        { name: "impressions", value: 410 },
        { name: "likes", value: 7 },
        { name: "reposts", value: 2 },
        { name: "replies", value: 1 },
        { name: "quotes", value: 0 },
        { name: "bookmarks", value: 3 },
        { name: "link_clicks", value: 12 },
        { name: "profile_clicks", value: 4 },
      ],
    })
    x.state.names = "tweet"
    expect(await ask()).toEqual(told)
    expect(await xProvider.fetchAccountMetrics?.(context, job.account)).toEqual(
      [
        { name: "followers", value: 128 },
        { name: "following", value: 12 },
        { name: "posts", value: 34 },
        { name: "listed", value: 2 },
      ]
    )
    await xProvider.remove?.(context, job.account, ref)
    await xProvider.remove?.(context, job.account, ref)
    expect(x.posts()).toEqual([])
    expect(await xProvider.fetchPostState?.(context, job.account, ref)).toEqual(
      { state: "gone" }
    )
  })

  it("ends a token of OAuth 1.0a at X", async () => {
    const context = signedContext()
    await xProvider.revoke?.(context)
    await expect(xProvider.verify?.(context)).rejects.toMatchObject({
      errorClass: "token_invalid",
    })
  })
})
