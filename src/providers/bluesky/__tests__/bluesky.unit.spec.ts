import { jsonToLex, lexicons } from "@atproto/api"
import {
  type BlueskySimulator,
  startBluesky,
} from "../../../../sandbox/networks/bluesky"
import { countRequests } from "../../../../sandbox/networks/simulator"
import {
  contractTests,
  createTestContext,
  createTestJob,
  isServiceError,
  type Media,
  type ProviderContext,
  TestCrash,
  type TestJobOptions,
  workOnTestJob,
} from "../../../provider"
import { cidOfRecord } from "../cid"
import { blueskyProvider } from "../provider"

const WRITES = /createRecord|applyWrites/

let bluesky: BlueskySimulator
let tokens: Record<string, string>

beforeAll(async () => {
  bluesky = await startBluesky()
})
afterAll(() => bluesky.close())
beforeEach(() => {
  bluesky.reset()
  const { accessJwt, refreshJwt } = bluesky.state.openSession(
    bluesky.state.ada.did
  )
  tokens = { access_token: accessJwt, refresh_token: refreshJwt }
})

const createContext = (
  credentials: Record<string, string> = {},
  settings = {}
): ProviderContext =>
  createTestContext(blueskyProvider, {
    settings: {
      base_url: bluesky.url,
      video_service: bluesky.url,
      handle: "@ada.bsky.test",
      ...settings,
    },
    credentials: {
      app_password: bluesky.state.ada.appPasswords[0],
      ...tokens,
      ...credentials,
    },
  })

const createJob = (options: TestJobOptions = {}) =>
  createTestJob({ account: { external_id: bluesky.state.ada.did }, ...options })

const publish = (options: TestJobOptions = {}) =>
  workOnTestJob(blueskyProvider, createContext(), createJob(options))

/** A file that makes itself smaller when asked. */
const createMedia = (facts: Partial<Media> = {}): Media => {
  const bytes = facts.bytes ?? 100
  const open = async () => ({
    stream: new Blob([new Uint8Array(bytes).fill(bytes % 251)]).stream(),
    size: bytes,
    content_type: facts.content_type ?? "image/png",
  })
  return {
    id: "media",
    name: "picture.png",
    kind: "image",
    content_type: "image/png",
    bytes,
    width: 800,
    height: 600,
    duration_ms: null,
    alt_text: "A coat",
    poster: null,
    open,
    range: open,
    publicUrl: async () => "https://shop.example/picture.png",
    as: async ({ max_bytes = Infinity, format }) =>
      createMedia({
        ...facts,
        bytes: Math.min(bytes, max_bytes),
        content_type: `image/${format}`,
      }),
    ...facts,
  }
}

const video = createMedia({
  kind: "video",
  name: "film.mp4",
  content_type: "video/mp4",
  bytes: 5_000,
})

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isServiceError(error) ? error : undefined)
  )

/** Every record that is stored is one by the network's lexicons. */
const requireSoundRecords = () => {
  for (const { uri, value } of bluesky.state.records.values()) {
    lexicons.assertValidRecord(uri.split("/")[3], jsonToLex(value as never))
  }
}

describe("the contract", () => {
  it.each(
    contractTests(blueskyProvider, {
      settings: { handle: "ada.bsky.test" },
      credentials: { access_token: "marked-token-1" },
    }).map(({ title, run }) => [title, run] as const)
  )("%s", async (_, run) => {
    await expect(run()).resolves.toBeUndefined()
  })
})

describe("a session", () => {
  it("begins with the app password, and tells when its tokens end", async () => {
    const context = createContext({ refresh_token: "" })
    const { access_token, expires_at } =
      await blueskyProvider.refreshTokens!(context)
    const inTwoHours = Date.now() + 2 * 60 * 60 * 1000
    expect(Math.abs(expires_at!.getTime() - inTwoHours)).toBeLessThan(10_000)
    const fresh = createContext({ access_token: access_token.reveal() })
    expect(await blueskyProvider.verify!(fresh)).toBe(
      "The credentials belong to @ada.bsky.test."
    )
  })

  it("goes on without another login while its refresh token lives", async () => {
    await blueskyProvider.refreshTokens!(createContext())
    expect(countRequests(bluesky, "POST", /createSession/)).toBe(0)
    expect(countRequests(bluesky, "POST", /refreshSession/)).toBe(1)
  })

  it("begins anew when its refresh token has ended", async () => {
    bluesky.state.expire("refresh")
    await blueskyProvider.refreshTokens!(createContext())
    expect(countRequests(bluesky, "POST", /createSession/)).toBe(1)
  })

  it("does not log in again because the server is out of order", async () => {
    bluesky.fault({
      path: /refreshSession/,
      kind: "reply",
      reply: { status: 502, headers: {}, body: "" },
    })
    const error = await failureOf(
      Promise.resolve(blueskyProvider.refreshTokens!(createContext()))
    )
    expect(error?.errorClass).toBe("transient")
    expect(countRequests(bluesky, "POST", /createSession/)).toBe(0)
  })

  it.each([
    ["a wrong app password", "wrong", "AuthenticationRequired"],
    [
      "the account's own password",
      "the-accounts-own-password",
      "AuthFactorTokenRequired",
    ],
  ])("is refused for %s, with what to do", async (_, app_password, code) => {
    const context = createContext({ app_password, refresh_token: "" })
    const error = await failureOf(
      Promise.resolve(blueskyProvider.refreshTokens!(context))
    )
    expect(error).toMatchObject({ errorClass: "token_invalid", code })
    expect(error?.message).toContain("Create an app password")
    expect(error?.message).not.toContain(app_password)
  })

  it("waits until the limit on logins ends", async () => {
    const context = createContext({ app_password: "wrong", refresh_token: "" })
    const logIn = () =>
      failureOf(Promise.resolve(blueskyProvider.refreshTokens!(context)))
    for (let login = 0; login < 30; login++) {
      await logIn()
    }
    const error = await logIn()
    expect(error?.errorClass).toBe("rate_limited")
    const wait = error!.retryAt!.getTime() - Date.now()
    expect(wait).toBeGreaterThan(290_000)
    expect(wait).toBeLessThanOrEqual(301_000)
  })

  it("ends at the server when the platform is disconnected", async () => {
    await blueskyProvider.revoke!(createContext())
    const error = await failureOf(
      Promise.resolve(
        createContext().request("/xrpc/com.atproto.server.refreshSession", {
          method: "POST",
          credentials: "omit",
          headers: { authorization: `Bearer ${tokens.refresh_token}` },
        })
      )
    )
    expect(error?.code).toBe("InvalidToken")
  })
})

describe("a post", () => {
  it("has text with links, mentions and hashtags, language, warning and gates", async () => {
    await publish({
      parts: [
        { text: "Hi @charles.bsky.test, see https://shop.example #sale" },
      ],
      language: "en",
      settings: {
        who_can_reply: "mentioned",
        allow_quotes: false,
        content_warning: "graphic-media",
      },
    })
    const [post] = bluesky.posts()
    expect(post).toMatchObject({
      langs: ["en"],
      labels: { values: [{ val: "graphic-media" }] },
    })
    expect(
      post.facets.map(
        ({ features: [{ did, uri, tag }] }: any) => did ?? uri ?? tag
      )
    ).toEqual([
      "did:plc:charlesworks424242424242",
      "https://shop.example",
      "sale",
    ])
    const beside = [...bluesky.state.records.values()].slice(1)
    expect(beside.map(({ value }) => value)).toMatchObject([
      { allow: [{ $type: "app.bsky.feed.threadgate#mentionRule" }] },
      {
        embeddingRules: [{ $type: "app.bsky.feed.postgate#disableRule" }],
      },
    ])
    expect(countRequests(bluesky, "POST", /applyWrites/)).toBe(1)
    requireSoundRecords()
  })

  it("carries up to four images, each small enough, with alternative texts and ratio", async () => {
    const media = [
      createMedia({ bytes: 6_000_000 }),
      createMedia(),
      createMedia({ alt_text: null }),
    ]
    await publish({ parts: [{ text: "", media }] })
    const [{ embed }] = bluesky.posts()
    expect(
      embed.images.map(({ alt, aspectRatio, image }: any) => [
        alt,
        aspectRatio,
        image.mimeType,
        image.size,
      ])
    ).toEqual([
      ["A coat", { width: 800, height: 600 }, "image/jpeg", 2_000_000],
      ["A coat", { width: 800, height: 600 }, "image/jpeg", 100],
      ["", { width: 800, height: 600 }, "image/jpeg", 100],
    ])
    requireSoundRecords()
  })

  it("shows its link as a card with the product's picture", async () => {
    await publish({
      link: {
        url: "https://shop.example/coat",
        title: "Coat",
        description: "Warm",
        image: createMedia({ bytes: 3_000_000 }),
      },
    })
    const [{ text, embed }] = bluesky.posts()
    expect(text).toBe("Hello")
    expect(embed.external).toMatchObject({
      uri: "https://shop.example/coat",
      title: "Coat",
      description: "Warm",
      thumb: { size: 1_000_000 },
    })
    requireSoundRecords()
  })

  it("has its link in the text where images take the card's place", async () => {
    await publish({
      parts: [{ text: "Look", media: [createMedia()] }],
      link: {
        url: "https://shop.example/coat",
        title: "Coat",
        description: null,
        image: null,
      },
    })
    const [{ text, embed, facets }] = bluesky.posts()
    expect(text).toBe("Look\n\nhttps://shop.example/coat")
    expect(facets).toHaveLength(1)
    expect(embed.$type).toBe("app.bsky.embed.images")
  })

  it("is refused before anything is sent when a setting is none", async () => {
    const error = await failureOf(
      publish({ settings: { who_can_reply: "friends" } })
    )
    expect(error?.message).toContain('The setting "who_can_reply"')
    expect(bluesky.requests).toEqual([])
  })
})

const thread = [
  { text: "One", media: [createMedia()] },
  { text: "Two #sale" },
  { text: "Three" },
]

describe("a thread", () => {
  it("becomes public by one call, each part a reply to the one before", async () => {
    await publish({ parts: thread, settings: { who_can_reply: "nobody" } })
    expect(countRequests(bluesky, "POST", WRITES)).toBe(1)
    const [one, two, three] = [...bluesky.state.records.values()].filter(
      ({ uri }) => uri.includes("feed.post")
    )
    const ref = ({ uri, cid }: { uri: string; cid: string }) => ({ uri, cid })
    expect(two.value.reply).toEqual({ root: ref(one), parent: ref(one) })
    expect(three.value.reply).toEqual({ root: ref(one), parent: ref(two) })
    expect(one.cid).toBe(cidOfRecord(one.value as never))
    expect(
      [...bluesky.state.records.keys()].filter((uri) => /gate/.test(uri))
    ).toHaveLength(1)
    requireSoundRecords()
  })

  it("waits between parts where a delay is asked for, and replies to what is there", async () => {
    const parts = [{ text: "One" }, { text: "Two", delay_seconds: 5 }]
    await publish({ parts })
    expect(countRequests(bluesky, "POST", /createRecord/)).toBe(2)
    const [one, two] = [...bluesky.state.records.values()]
    expect(two.value.reply).toMatchObject({ root: { cid: one.cid } })
  })

  it.each(
    ["key 1", "handles 1", "image 0.0", "time"]
      .map((step) => `step ${step}`)
      .concat("arm 0", "done 0", "done 1", "done 2")
      .flatMap((commit) => [
        ["before", commit] as const,
        ["after", commit] as const,
      ])
  )("is out once although the process ends %s %s", async (when, commit) => {
    const job = createJob({ parts: thread })
    job.crash(when, commit)
    expect(await workOnTestJob(blueskyProvider, createContext(), job)).toEqual({
      state: "published",
    })
    expect(bluesky.posts().map(({ text }) => text)).toEqual([
      "One",
      "Two #sale",
      "Three",
    ])
    expect(job.parts.map(({ published }) => published?.external_id)).toEqual([
      ...bluesky.state.records.keys(),
    ])
  })
})

describe("a lost response", () => {
  it.each([
    ["to a post", {}],
    ["to a thread", { parts: thread }],
  ])("%s publishes once", async (_, options) => {
    bluesky.fault({ path: WRITES, kind: "drop_reply" })
    expect(await publish(options)).toEqual({ state: "published" })
    expect(countRequests(bluesky, "POST", WRITES)).toBe(1)
    expect(new Set(bluesky.posts().map(({ text }) => text)).size).toBe(
      bluesky.posts().length
    )
  })

  it("to a request that never came is sent again, under the same key", async () => {
    bluesky.fault({ path: WRITES, kind: "drop_request" })
    expect(await publish()).toEqual({ state: "published" })
    expect(countRequests(bluesky, "POST", WRITES)).toBe(2)
    expect(bluesky.posts()).toHaveLength(1)
  })

  it("to a call that comes through late publishes once, since its key is taken", async () => {
    const context = createContext()
    const job = createJob()
    job.crash("after", "arm 0")
    await expect(blueskyProvider.publish!(context, job)).rejects.toThrow(
      TestCrash
    )
    const lost = job.lost()
    expect(await blueskyProvider.recover!(context, lost)).toEqual({
      outcome: "not_published",
      because: "key_reuse",
    })
    // The lost call arrives only now.
    const { rkey } = lost.evidence as { rkey: string }
    await context.request("/xrpc/com.atproto.repo.createRecord", {
      method: "POST",
      json: {
        repo: bluesky.state.ada.did,
        collection: "app.bsky.feed.post",
        rkey,
        record: {
          $type: "app.bsky.feed.post",
          text: "Hello",
          createdAt: new Date().toISOString(),
        },
      },
    })
    job.disarm()
    expect(await workOnTestJob(blueskyProvider, context, job)).toEqual({
      state: "published",
    })
    expect(bluesky.posts()).toHaveLength(1)
  })
})

describe("a video", () => {
  const parts = [{ text: "Film", media: [video] }]

  it("is processed first, while no worker is held", async () => {
    const job = createJob({ parts })
    const context = createContext()
    expect(await workOnTestJob(blueskyProvider, context, job)).toMatchObject({
      state: "wait",
      why: "Bluesky processes the video",
      done: 40,
      of: 100,
    })
    expect(job.armed).toBeUndefined()
    expect(await workOnTestJob(blueskyProvider, context, job)).toEqual({
      state: "published",
    })
    const [{ embed }] = bluesky.posts()
    expect(embed).toMatchObject({
      $type: "app.bsky.embed.video",
      alt: "A coat",
      aspectRatio: { width: 800, height: 600 },
      video: { size: 5_000, mimeType: "video/mp4" },
    })
    expect(countRequests(bluesky, "POST", /uploadVideo/)).toBe(1)
    requireSoundRecords()
  })

  it("goes on with the job of the same file after a lost response", async () => {
    bluesky.fault({ path: /uploadVideo/, kind: "drop_reply" })
    const job = createJob({ parts })
    await failureOf(workOnTestJob(blueskyProvider, createContext(), job))
    await workOnTestJob(blueskyProvider, createContext(), job)
    expect(bluesky.state.jobs.size).toBe(1)
  })

  it("is refused with the service's reason", async () => {
    bluesky.state.video.failure = "The video is too long"
    const error = await failureOf(publish({ parts }))
    expect(error?.errorClass).toBe("content_rejected")
    expect(error?.message).toBe(
      "Bluesky could not process the video: The video is too long. Use an MP4 file with H.264 video."
    )
  })

  it("waits when the day's videos are used up", async () => {
    bluesky.state.video.remaining = 0
    const error = await failureOf(publish({ parts }))
    expect(error?.errorClass).toBe("rate_limited")
    expect(error?.retryAt).toBeInstanceOf(Date)
  })

  it("is not offered to an account that may not upload any", async () => {
    bluesky.state.video.canUpload = false
    const error = await failureOf(publish({ parts }))
    expect(error).toMatchObject({
      errorClass: "account_restricted",
      code: "unconfirmed_email",
    })
    const account = { ...createJob().account }
    const facts = await blueskyProvider.fetchFacts!(createContext(), account)
    const { media } = blueskyProvider.limits!(
      { kind: "profile", facts },
      { placement: "", settings: {} }
    )
    expect(media.combinations).toEqual([{ image: { max: 4 } }])
  })

  it.each([
    [{}, 300_000_000],
    [{ max_video_mb: "50" }, 50_000_000],
    [{ max_video_mb: "" }, 300_000_000],
  ])("is as large as the settings %j say", async (settings, max_bytes) => {
    const facts = await blueskyProvider.fetchFacts!(
      createContext({}, settings),
      createJob().account
    )
    const { media } = blueskyProvider.limits!(
      { kind: "profile", facts },
      { placement: "", settings: {} }
    )
    expect(media.video?.max_bytes).toBe(max_bytes)
  })
})

describe("after publishing", () => {
  it("tells figures of the post and of the account, and removes the post", async () => {
    const job = createJob()
    const context = createContext()
    await workOnTestJob(blueskyProvider, context, job)
    const ref = job.parts[0].published!
    const figures = await blueskyProvider.fetchPostMetrics!(
      context,
      job.account,
      ref
    )
    expect(figures).toEqual([
      { name: "likes", value: 5 },
      { name: "reposts", value: 3 },
      { name: "replies", value: 2 },
      { name: "quotes", value: 1 },
    ])
    expect(
      await blueskyProvider.fetchAccountMetrics!(context, job.account)
    ).toContainEqual({ name: "followers", value: 1815 })
    const state = () =>
      blueskyProvider.fetchPostState!(context, job.account, ref)
    expect(blueskyProvider.readPermalink!(job.account, ref.url!)).toBe(
      ref.external_id
    )
    expect(await state()).toEqual({ state: "public" })
    await blueskyProvider.remove!(context, job.account, ref)
    expect(bluesky.posts()).toEqual([])
    expect(await state()).toEqual({ state: "gone" })
  })
})
