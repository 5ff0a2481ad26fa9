import {
  type MetaSimulator,
  startMeta,
} from "../../../../../sandbox/networks/meta/server"
import { PROFILE } from "../../../../../sandbox/networks/meta/state"
import { countRequests } from "../../../../../sandbox/networks/simulator"
import { testMedia } from "../../../__tests__/support/test-media"
import { contractTests, createTestContext } from "../../../testing"
import {
  createTestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../../testing-job"
import { THREADS_SCOPES } from "../description"
import { threadsProvider } from "../provider"

let meta: MetaSimulator

beforeAll(async () => {
  meta = await startMeta(0)
})
beforeEach(() => meta.reset())
afterAll(() => meta.close())

const contextOf = (token = meta.makeToken("threads", THREADS_SCOPES)) =>
  createTestContext(threadsProvider, {
    settings: {
      base_url: meta.host("threads"),
      client_id: meta.state.apps.threads.id,
    },
    credentials: {
      access_token: token,
      client_secret: meta.state.apps.threads.secret,
    },
  })

const account = { external_id: PROFILE.id, name: "Ada's shop" }

const image = (own: object = {}) =>
  testMedia({
    content_type: "image/jpeg",
    publicUrl: async () => `${meta.url}/sample.jpg`,
    ...own,
  })

const video = (own: object = {}) =>
  testMedia({
    name: "scarf.mp4",
    kind: "video",
    content_type: "video/mp4",
    publicUrl: async () => `${meta.url}/sample.mp4`,
    ...own,
  })

const jobOf = (options: TestJobOptions = {}) =>
  createTestJob({ ...options, account })

const work = (job: ReturnType<typeof jobOf>, context = contextOf()) =>
  workOnTestJob(threadsProvider, context, job)

const threadOf = () => ({
  parts: [
    { text: "Our autumn scarves", media: [image({ alt_text: "A scarf" })] },
    { text: "They are made of wool" },
  ],
})

const carouselOf = () => ({
  parts: [
    {
      text: "All of them",
      media: [image({ name: "one.jpg" }), video()],
    },
  ],
})

describe("Threads' provider", () => {
  for (const { title, run } of contractTests(threadsProvider, {
    credentials: { access_token: "marked-token-91c4" },
  })) {
    it(title, run)
  }

  it.each([
    ["a chain", threadOf],
    ["a carousel", carouselOf],
    ["a text", () => ({ parts: [{ text: "Hello" }] })],
  ])("publishes %s once, whatever crashes or gets lost", async (_, options) => {
    meta.state.processing_ms.video = 0
    const contract = contractTests(threadsProvider, {
      settings: { base_url: meta.host("threads") },
      credentials: { access_token: meta.makeToken("threads", THREADS_SCOPES) },
      publishing: { job: { ...options(), account } },
    }).filter(({ title }) => /^publish|^recover/.test(title))
    expect(contract.length).toBeGreaterThanOrEqual(7)
    for (const { run } of contract) {
      await run()
    }
    // Of all those attempts each has made each of its posts once.
    const containers = meta.posts().flatMap(({ made_of }) => made_of)
    expect(new Set(containers).size).toBe(containers.length)
  })

  it("publishes a chain with alternative texts, a topic and who can reply", async () => {
    const job = jobOf({
      ...threadOf(),
      settings: { topic_tag: "Scarves", reply_control: "followers_only" },
    })
    expect(await work(job)).toEqual({ state: "published" })
    const [post, reply] = meta.posts()
    expect(post).toMatchObject({
      text: "Our autumn scarves",
      files: [{ alt_text: "A scarf" }],
      fields: { topic_tag: "Scarves", reply_control: "followers_only" },
    })
    expect(reply).toMatchObject({ kind: "reply", reply_to: post.id })
    expect(reply.fields).not.toHaveProperty("topic_tag")
    expect(job.parts.map(({ published }) => published)).toEqual([
      { external_id: post.id, url: `${meta.url}/posts/${post.id}` },
      { external_id: reply.id, url: `${meta.url}/posts/${reply.id}` },
    ])
  })

  it("gives a text its link in a field of its own, and a picture its link in the text", async () => {
    const link = {
      url: "https://shop.example/scarf",
      title: null,
      description: null,
      image: null,
    }
    await work(jobOf({ parts: [{ text: "Look" }], link }))
    await work(jobOf({ parts: [{ text: "Look", media: [image()] }], link }))
    expect(meta.posts().map(({ text, link: field }) => [text, field])).toEqual([
      ["Look", "https://shop.example/scarf"],
      ["Look\n\nhttps://shop.example/scarf", null],
    ])
  })

  it("sends the text of a carousel once, and waits until each of its files is ready", async () => {
    meta.state.processing_ms.video = 60_000
    const job = jobOf(carouselOf())
    const context = contextOf()
    expect(await work(job, context)).toMatchObject({
      state: "wait",
      why: "Threads processes scarf.mp4",
    })
    expect(meta.posts()).toEqual([])
    for (const container of meta.state.containers) {
      expect(container.fields.text).toBeUndefined()
      container.ready_at = Date.now()
    }
    expect(await work(job, context)).toEqual({ state: "published" })
    expect(meta.posts()).toMatchObject([
      { text: "All of them", files: [{}, {}] },
    ])
    expect(countRequests(meta, "POST", /\/threads$/)).toBe(3)
  })

  it("names the file that Threads could not work with", async () => {
    const gone = video({ publicUrl: async () => `${meta.url}/gone.mp4` })
    const job = jobOf({ parts: [{ text: "", media: [gone] }] })
    await expect(work(job)).rejects.toMatchObject({
      errorClass: "content_rejected",
      code: "FAILED_DOWNLOADING_VIDEO",
      message:
        "Threads could not work with scarf.mp4: FAILED_DOWNLOADING_VIDEO. Replace it, and publish again.",
    })
    expect(job.saved).toEqual({})
  })

  it("makes what has expired anew before it publishes it", async () => {
    const job = jobOf()
    const context = contextOf()
    meta.fault({
      path: /threads_publish$/,
      kind: "reply",
      reply: refusal(403, 10),
    })
    await expect(work(job, context)).rejects.toMatchObject({
      errorClass: "permission",
    })
    const [prepared] = meta.state.containers
    prepared.status = "EXPIRED"
    expect(await work(job, context)).toMatchObject({ state: "wait" })
    expect(await work(job, context)).toEqual({ state: "published" })
    expect(meta.posts()).toHaveLength(1)
    expect(meta.posts()[0].made_of).not.toContain(prepared.id)
  })

  it("reads the container anew when Threads is vague about what it published", async () => {
    const job = jobOf()
    meta.fault({
      path: /threads_publish$/,
      kind: "reply",
      reply: refusal(400, -1, 2207001),
    })
    expect(await work(job)).toEqual({ state: "published" })
    expect(meta.posts()).toHaveLength(1)
    expect(job.log).toContain("disarm 0")
  })

  it("waits when the profile has had its posts of the day, and makes nothing in vain", async () => {
    expect(await work(jobOf())).toMatchObject({ state: "published" })
    meta.state.quota.threads = 1
    const progress = await work(jobOf({ key: "second" }))
    expect(progress).toMatchObject({
      state: "wait",
      why: "Ada's shop has had its 1 posts of the day at Threads",
    })
    expect(meta.state.containers).toHaveLength(1)
  })

  it("keeps a token of sixty days in place of the one of an hour", async () => {
    const context = contextOf(
      meta.makeToken("threads", THREADS_SCOPES, 3_600_000)
    )
    const tokens = await threadsProvider.extendGrant?.(context, {
      access_token: await context.credential("access_token"),
      expires_at: null,
      refresh_token_expires_at: null,
      scopes: null,
    })
    const days =
      ((tokens?.expires_at?.getTime() ?? 0) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(59)
    expect(meta.state.tokens.has(tokens?.access_token.reveal() ?? "")).toBe(
      true
    )
  })

  it("exchanges a living token, and asks for a person once it has ended", async () => {
    const token = meta.makeToken("threads", THREADS_SCOPES)
    const stored = meta.state.tokens.get(token)
    Object.assign(stored ?? {}, { issued_at: Date.now() - 2 * 86_400_000 })
    const fresh = await threadsProvider.refreshTokens?.(contextOf(token))
    expect(fresh?.access_token.reveal()).not.toBe(token)
    Object.assign(stored ?? {}, { expires_at: Date.now() - 1 })
    await expect(
      threadsProvider.refreshTokens?.(contextOf(token))
    ).rejects.toMatchObject({ errorClass: "token_invalid", code: "190/463" })
  })

  it("removes a post, and reads its figures", async () => {
    const job = jobOf()
    await work(job)
    const ref = job.parts[0].published ?? { external_id: "", url: null }
    expect(
      await threadsProvider.fetchPostMetrics?.(contextOf(), job.account, ref)
    ).toContainEqual({ name: "views", value: 10 })
    await threadsProvider.remove?.(contextOf(), job.account, ref)
    expect(meta.posts()).toEqual([])
  })
})

const refusal = (status: number, code: number, error_subcode?: number) => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({
    error: { message: "Refused.", type: "OAuthException", code, error_subcode },
  }),
})
