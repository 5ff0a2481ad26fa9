import { countRequests } from "../../../../sandbox/networks/simulator"
import { startX, type XSimulator } from "../../../../sandbox/networks/x/server"
import { testMedia } from "../../__tests__/support/test-media"
import { contractTests, createTestContext } from "../../testing"
import {
  createTestJob,
  type TestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../testing-job"
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

const ACCOUNT = { external_id: "2244994945", username: "adasshop" }

const jobOf = (options: TestJobOptions = {}) =>
  createTestJob({ account: ACCOUNT, ...options })

const work = (job: TestJob, context = contextOf()) =>
  workOnTestJob(xProvider, context, job)

const letTimePass = (ms: number) => {
  jest.useFakeTimers({
    now: Date.now() + ms,
    doNotFake: ["nextTick", "queueMicrotask", "setImmediate", "setTimeout"],
  })
}

const SENDS = /^\/2\/tweets$/

const lose = (kind: "drop_reply" | "drop_request") =>
  x.fault({ method: "POST", path: SENDS, kind })

describe("what X has made of a post whose response got lost", () => {
  it.each([
    ["a text", {}],
    [
      "a text with links and characters that X writes otherwise",
      {
        link: {
          url: "https://shop.example.com/scarf?a=1&b=2",
          title: null,
          description: null,
          image: null,
        },
        parts: [{ text: 'Warm & red <3 "wool": https://shop.example.com/ a' }],
      },
    ],
    ["files", { parts: [{ text: "", media: [testMedia()] }] }],
    [
      "a thread",
      { parts: [{ text: "First" }, { text: "Second" }, { text: "First" }] },
    ],
  ] as [string, TestJobOptions][])(
    "is found by %s, and nothing is sent again",
    async (_, options) => {
      for (const [names, other_names] of [
        ["post", "refused"],
        ["tweet", "refused"],
        ["tweet", "ignored"],
      ] as const) {
        x.reset()
        Object.assign(x.state, { names, other_names })
        const job = jobOf(options)
        for (const { index } of job.parts) {
          job.crash("before", `done ${index}`)
          await work(job)
        }
        expect(
          job.parts.map(({ published }) => published?.external_id)
        ).toEqual(x.posts().map(({ id }) => id))
        expect(countRequests(x, "POST", SENDS)).toBe(job.parts.length)
      }
    }
  )

  it("is found by the whole of a long text", async () => {
    x.state.user.subscription_type = "Premium"
    const job = jobOf({
      parts: [{ text: "Long ".repeat(200).trim() }],
      account: { ...ACCOUNT, facts: { subscription_type: "Premium" } },
    })
    lose("drop_reply")
    expect(await work(job)).toEqual({ state: "published" })
    expect(x.posts()).toHaveLength(1)
  })

  it("is asked for again while X's list may be behind, and then counts as not published", async () => {
    const job = jobOf()
    lose("drop_request")
    const context = contextOf()
    expect(await work(job, context)).toEqual({ state: "unknown" })
    const recover = () => xProvider.recover?.(context, job.lost())
    const armedAt = job.lost().armed_at.getTime()
    for (const [after, next] of [
      [0, 5_000],
      [6_000, 30_000],
      [31_000, 120_000],
    ]) {
      jest.useRealTimers()
      letTimePass(armedAt + after - Date.now())
      expect(await recover()).toEqual({
        outcome: "ask_again",
        at: new Date(armedAt + next),
      })
    }
    jest.useRealTimers()
    letTimePass(armedAt + 121_000 - Date.now())
    expect(await recover()).toEqual({
      outcome: "not_published",
      because: "listing",
    })
  })

  it("is found by X's refusal of the same text, where the list has been behind for long", async () => {
    const job = jobOf()
    const context = contextOf()
    lose("drop_reply")
    x.state.listing_lag_ms = 600_000
    expect(await work(job, context)).toEqual({ state: "unknown" })
    letTimePass(125_000)
    // The list does not have it yet: it is sent again, and X refuses it.
    const outcome = await work(job, context)
    expect(outcome).toEqual({ state: "unknown" })
    expect(x.posts()).toHaveLength(1)
    letTimePass(500_000)
    expect(await work(job, context)).toEqual({ state: "published" })
    expect(x.posts()).toHaveLength(1)
    expect(countRequests(x, "POST", SENDS)).toBe(2)
  })

  it("is taken for published as soon as X refuses the same text and lists it", async () => {
    const job = jobOf()
    const context = contextOf()
    lose("drop_reply")
    x.state.listing_lag_ms = 600_000
    await work(job, context)
    job.disarm()
    x.state.listing_lag_ms = 0
    expect(await work(job, context)).toEqual({ state: "published" })
    expect(x.posts()).toHaveLength(1)
    expect(job.parts[0].published?.external_id).toBe(x.posts()[0].id)
  })

  it("is not guessed of posts that X tells too little of", async () => {
    const job = jobOf()
    lose("drop_reply")
    x.fault({
      method: "GET",
      path: /tweets$/,
      kind: "reply",
      times: 2,
      reply: {
        status: 200,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          data: [{ id: "17", text: "Hello" }],
          meta: { result_count: 1 },
        }),
      },
    })
    await expect(work(job)).rejects.toMatchObject({
      errorClass: "transient",
      code: "malformed_response",
    })
    expect(job.armed).toBe(0)
    expect(await work(job)).toEqual({ state: "published" })
    expect(x.posts()).toHaveLength(1)
  })

  it("is no post of the same text that was there before", async () => {
    await work(jobOf())
    letTimePass(7_200_000)
    const job = jobOf()
    await expect(work(job)).rejects.toMatchObject({ errorClass: "duplicate" })
    expect(job.parts[0].published).toBeNull()
    expect(x.posts()).toHaveLength(1)
  })
})

describe("the engine's promises with X", () => {
  it("hold for a thread with a picture, whatever crashes or gets lost", async () => {
    const promises = contractTests(xProvider, {
      settings: { base_url: x.url },
      credentials: x.makeTokens(),
      publishing: {
        job: {
          account: ACCOUNT,
          parts: [{ text: "First", media: [testMedia()] }, { text: "Second" }],
        },
      },
    }).filter(({ title }) => /^(?:publish|recover) /.test(title))
    expect(promises).toHaveLength(7)
    for (const { run } of promises) {
      await run()
    }
  })
})
