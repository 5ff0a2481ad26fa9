import {
  type GoogleSimulator,
  startGoogle,
} from "../../../../sandbox/networks/google/server"
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
import { businessProfileProvider } from "../business-profile/provider"
import { businessProfileSettings } from "../business-profile/settings"

const LOCATION = "accounts/1/locations/11"
const POSTS = /localPosts$/

let google: GoogleSimulator

beforeAll(async () => {
  google = await startGoogle(0)
})
afterAll(() => google.close())
beforeEach(() => google.reset())

const tokens = () =>
  google.makeTokens("https://www.googleapis.com/auth/business.manage")

const createContext = (settings = {}) =>
  createTestContext(businessProfileProvider, {
    settings: { base_url: google.url, client_id: "simulated", ...settings },
    credentials: { client_secret: "secret", ...tokens() },
  })

/** As large as Google wants a photo to be at least. */
const PHOTO = "a photo ".repeat(1280)

const LINK = {
  url: "https://shop.example.com/scarf",
  title: null,
  description: null,
  image: null,
}

const OFFER = {
  topic: "offer",
  title: "Ten per cent off",
  starts: "2026-12-01",
  ends: "2026-12-24",
  coupon_code: "AUTUMN10",
  terms: "While stocks last.",
}

const EVENT = {
  topic: "event",
  title: "Open evening",
  starts: "2026-12-01 18:30",
  ends: "2026-12-01T21:00",
}

const job = (options: TestJobOptions = {}) =>
  createTestJob({
    account: {
      external_id: LOCATION,
      kind: "location",
      name: "Harbour Street",
      facts: { language: "de" },
    },
    parts: [{ text: "Warm scarves have come in." }],
    ...options,
  })

const work = (one: ReturnType<typeof job>) =>
  workOnTestJob(businessProfileProvider, createContext(), one)

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isServiceError(error) ? error : undefined)
  )

describe("the contract", () => {
  it.each(
    contractTests(businessProfileProvider, {
      credentials: { access_token: "marked-token-1" },
    }).map(({ title, run }) => [title, run] as const)
  )("%s", async (_, run) => {
    await expect(run()).resolves.toBeUndefined()
  })

  it.each([
    ["update", {}],
    ["event", EVENT],
    ["offer", OFFER],
  ])("holds for an %s with a link", async (_, settings) => {
    const { account, parts } = job()
    const tests = contractTests(businessProfileProvider, {
      settings: { base_url: google.url },
      credentials: tokens(),
      publishing: { job: { account, parts, settings, link: LINK } },
    }).filter(({ title }) => /^(?:publish|recover) /.test(title))
    expect(tests.length).toBeGreaterThan(5)
    for (const { run } of tests) {
      await run()
    }
  })
})

describe("the locations", () => {
  it("are listed once, though a group shares them", async () => {
    expect(
      await businessProfileProvider.listAccounts!(createContext())
    ).toEqual([
      {
        external_id: LOCATION,
        kind: "location",
        name: "Ada's shop, Harbour Street",
        username: "HARBOUR",
        avatar_url: null,
        url: "https://maps.google.com/maps?cid=11",
      },
      expect.objectContaining({ external_id: "accounts/1/locations/12" }),
    ])
    expect(await businessProfileProvider.verify!(createContext())).toBe(
      "The credentials belong to Ada's shop."
    )
  })

  it("say their language, and the platform how long a title may be", async () => {
    const { account } = job()
    const facts = await businessProfileProvider.fetchFacts!(
      createContext({ max_title: "80" }),
      account
    )
    expect(facts).toEqual({ language: "de", max_title: 80 })
    const { text } = businessProfileProvider.limits!(
      { kind: "location", facts },
      { placement: "feed", settings: {} }
    )
    expect(text).toContainEqual({ field: "title", unit: "utf16", max: 80 })
  })

  it("warn of a phone number in a text, which Google rejects", () => {
    const limits = businessProfileProvider.limits!(
      { kind: "location", facts: {} },
      { placement: "feed", settings: {} }
    )
    const draft = {
      ...{ title: null, link: null },
      parts: [{ text: "Call +49 30 901820.", media: [] }],
    }
    expect(checkPost(draft, limits, "Harbour Street", null)).toMatchObject([
      {
        severity: "warning",
        code: "phone_number",
        message:
          "The text has what looks like a phone number (+49 30 901820); Harbour Street rejects posts with one. Take it out.",
      },
    ])
  })

  it("need Google's approval of the project first", async () => {
    google.state.has_business_access = false
    expect(
      await failureOf(businessProfileProvider.listAccounts!(createContext()))
    ).toMatchObject({
      errorClass: "config_error",
      message: expect.stringContaining("ask for it with Google's form"),
    })
  })
})

describe("publishing", () => {
  it("sends an update with a button to the link, in the location's language", async () => {
    const one = job({ link: LINK, settings: { button: "order" } })
    expect(await work(one)).toEqual({ state: "published" })
    const [post] = google.state.local_posts
    expect(post).toMatchObject({
      languageCode: "de",
      summary: "Warm scarves have come in.",
      topicType: "STANDARD",
      callToAction: { actionType: "ORDER", url: LINK.url },
    })
    expect(one.parts[0].published).toEqual({
      external_id: post.name,
      url: post.searchUrl,
    })
  })

  it.each([
    ["that calls the shop", "call", LINK, { actionType: "CALL" }],
    ["that leads nowhere", "shop", null, undefined],
    ["that nobody wants", "none", LINK, undefined],
  ])("sends a button %s as it is", async (_, button, link, expected) => {
    await work(job({ link, settings: { button } }))
    expect(google.state.local_posts[0].callToAction).toEqual(expected)
  })

  it("sends an event with its times where the shop is", async () => {
    await work(job({ settings: EVENT, link: LINK }))
    expect(google.state.local_posts[0]).toMatchObject({
      topicType: "EVENT",
      event: {
        title: "Open evening",
        schedule: {
          startDate: { year: 2026, month: 12, day: 1 },
          startTime: { hours: 18, minutes: 30 },
          endDate: { year: 2026, month: 12, day: 1 },
          endTime: { hours: 21, minutes: 0 },
        },
      },
      callToAction: { actionType: "SHOP" },
    })
  })

  it("sends an offer with its coupon, days and terms", async () => {
    await work(job({ settings: OFFER, link: LINK }))
    const [post] = google.state.local_posts
    expect(post).toMatchObject({
      topicType: "OFFER",
      event: {
        title: "Ten per cent off",
        schedule: {
          startDate: { year: 2026, month: 12, day: 1 },
          endDate: { year: 2026, month: 12, day: 24 },
        },
      },
      offer: {
        couponCode: "AUTUMN10",
        redeemOnlineUrl: LINK.url,
        termsConditions: "While stocks last.",
      },
    })
    expect(post.callToAction).toBeUndefined()
    expect(post.event?.schedule).not.toHaveProperty("startTime")
  })

  it("has the photo fetched from its public address", async () => {
    const photo = testMedia({
      content_type: "image/jpeg",
      publicUrl: async () => `${google.url}/covers/photo`,
    })
    google.fault({
      path: /^\/covers\/photo$/,
      kind: "reply",
      reply: {
        status: 200,
        headers: { "content-type": "image/jpeg" },
        body: PHOTO,
      },
    })
    await work(job({ parts: [{ text: "A scarf", media: [photo] }] }))
    expect(String(google.state.local_posts[0].photo)).toBe(PHOTO)
  })

  it("says what Google does not take", async () => {
    const photo = testMedia({ publicUrl: async () => `${google.url}/gone` })
    expect(
      await failureOf(work(job({ parts: [{ text: "x", media: [photo] }] })))
    ).toMatchObject({
      errorClass: "content_rejected",
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("Change the post as Google says"),
    })
  })

  it("tells a post that Google rejects at once", async () => {
    google.state.post_states = ["REJECTED"]
    const one = job()
    expect(await failureOf(work(one))).toMatchObject({
      errorClass: "content_rejected",
      code: "rejected",
    })
    expect(one.armed).toBeUndefined()
  })

  it("finds a post whose answer got lost, and not one that said the same before", async () => {
    await work(job())
    google.fault({ method: "POST", path: POSTS, kind: "drop_reply" })
    const one = job()
    expect(await work(one)).toEqual({ state: "published" })
    expect(google.state.local_posts).toHaveLength(2)
    expect(one.parts[0].published?.external_id).toBe(
      google.state.local_posts[1].name
    )
  })

  it("asks again for two minutes before it says that a post is not there", async () => {
    google.fault({ method: "POST", path: POSTS, kind: "drop_request" })
    const one = job()
    expect(await work(one)).toEqual({ state: "unknown" })
    const recover = (armed_at: Date) =>
      businessProfileProvider.recover!(createContext(), {
        ...one.lost(),
        armed_at,
      })
    expect(await recover(new Date())).toMatchObject({ outcome: "ask_again" })
    expect(await recover(new Date(Date.now() - 121_000))).toEqual({
      outcome: "not_published",
      because: "listing",
    })
    expect(countRequests(google, "POST", POSTS)).toBe(1)
  })

  it("waits while Google looks at a post, which nobody can see yet", async () => {
    google.state.post_states = ["PROCESSING"]
    const one = job()
    expect(await work(one)).toMatchObject({
      state: "wait",
      why: "Google looks at the post before it shows it",
    })
    expect(one.parts[0].published).toBeNull()
    expect(await work(one)).toMatchObject({ state: "wait" })
    google.state.local_posts[0].state = "LIVE"
    expect(await work(one)).toEqual({ state: "published" })
    expect(countRequests(google, "POST", POSTS)).toBe(1)
  })

  it("takes a post for published that Google looks at for more than five minutes", async () => {
    google.state.post_states = ["PROCESSING"]
    const one = job()
    await work(one)
    const recovery = await businessProfileProvider.recover!(createContext(), {
      ...one.lost(),
      armed_at: new Date(Date.now() - 301_000),
    })
    expect(recovery).toMatchObject({
      outcome: "published",
      ref: { external_id: google.state.local_posts[0].name },
    })
  })

  it("fails with a post that Google rejects after its look, and is sent anew when it was changed", async () => {
    google.state.post_states = ["PROCESSING"]
    const one = job()
    await work(one)
    google.state.local_posts[0].state = "REJECTED"
    expect(await failureOf(work(one))).toMatchObject({
      errorClass: "content_rejected",
      code: "rejected",
    })
    expect(one.armed).toBeUndefined()
    google.fault({ method: "POST", path: POSTS, kind: "drop_reply" })
    expect(await work(one)).toEqual({ state: "published" })
    expect(one.parts[0].published?.external_id).toBe(
      google.state.local_posts[1].name
    )
  })

  it("does not take a rejected post for published when its answer got lost", async () => {
    google.state.post_states = ["REJECTED"]
    google.fault({ method: "POST", path: POSTS, kind: "drop_reply" })
    const one = job()
    expect(await failureOf(work(one))).toMatchObject({ code: "rejected" })
    expect(one.parts[0].published).toBeNull()
  })

  it("leaves to a person a post that is gone while Google looks at it", async () => {
    google.state.post_states = ["PROCESSING"]
    const one = job()
    await work(one)
    google.state.local_posts = []
    expect(await work(one)).toEqual({ state: "unknown" })
  })

  it("tells when Google rejects a post after a while, or has it no more", async () => {
    const one = job()
    await work(one)
    const state = () =>
      businessProfileProvider.fetchPostState!(
        createContext(),
        one.account,
        one.parts[0].published!
      )
    const [post] = google.state.local_posts
    expect(await state()).toEqual({ state: "public", url: post.searchUrl })
    post.state = "REJECTED"
    expect(await state()).toMatchObject({
      state: "rejected",
      reason: expect.stringContaining("content policy"),
    })
    google.state.local_posts = []
    expect(await state()).toEqual({ state: "gone" })
  })

  it("removes a post, also one that is gone", async () => {
    const one = job()
    await work(one)
    const ref = one.parts[0].published!
    const remove = () =>
      businessProfileProvider.remove!(createContext(), one.account, ref)
    await remove()
    expect(google.state.local_posts).toEqual([])
    await remove()
  })
})

describe("settings", () => {
  it.each([
    ["an event without a title", { ...EVENT, title: undefined }, ["title"]],
    [
      "an offer without its days",
      { ...OFFER, starts: undefined, ends: undefined },
      ["starts", "ends"],
    ],
    [
      "an end before the start",
      { ...EVENT, ends: "2026-12-01 18:00" },
      ["ends"],
    ],
    ["a day that is none", { ...EVENT, ends: "2026-02-30" }, ["ends"]],
    ["a coupon of an event", { ...EVENT, coupon_code: "X" }, ["coupon_code"]],
  ])("refuse %s", (_, settings, names) => {
    const { error } = businessProfileSettings.safeParse(settings)
    expect([...new Set(error?.issues.map(({ path }) => path[0]))]).toEqual(
      names
    )
  })

  it("take an event of one day, and an offer until the end of its last day", () => {
    const fits = (settings: object) =>
      businessProfileSettings.safeParse(settings).success
    expect(
      fits({ ...EVENT, starts: "2026-12-01 09:00", ends: "2026-12-01" })
    ).toBe(true)
    expect(fits({ ...OFFER, ends: OFFER.starts })).toBe(true)
  })
})
