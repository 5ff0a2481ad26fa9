import { createOAuthAPIClient, createRestAPIClient } from "masto"
import { approveConsent } from "../../../../sandbox/consent-client"
import {
  type MastodonSimulator,
  startMastodon,
} from "../../../../sandbox/networks/mastodon/server"
import { countRequests } from "../../../../sandbox/networks/simulator"
import { contentOf } from "../../../../sandbox/networks/mastodon/statuses"
import type { ServiceError } from "../../../errors/service-error"
import { testMedia } from "../../__tests__/support/test-media"
import { contractTests, createTestContext } from "../../testing"
import {
  createTestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../testing-job"
import { mastodonProvider } from "../provider"
import { showsText } from "../statuses"

let mastodon: MastodonSimulator

beforeAll(async () => {
  mastodon = await startMastodon(0)
})
beforeEach(() => mastodon.reset())
afterAll(() => mastodon.close())

const contextOf = (token = mastodon.makeToken()) =>
  createTestContext(mastodonProvider, {
    auth_type: "bearer",
    settings: { instance_url: mastodon.url },
    credentials: { access_token: token },
  })

const jobOf = (options: TestJobOptions = {}) =>
  createTestJob({ ...options, account: { external_id: "1" } })

const work = (job: ReturnType<typeof jobOf>, context = contextOf()) =>
  workOnTestJob(mastodonProvider, context, job)

const HOUR_MS = 3_600_000

const answer = (status: number, error: string, headers = {}) => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify({ error }),
})

/** The failure with which a status is refused. */
const refusalOf = async (
  status: number,
  error: string,
  headers = {}
): Promise<ServiceError> => {
  mastodon.fault({
    method: "POST",
    path: /statuses$/,
    kind: "reply",
    reply: answer(status, error, headers),
  })
  return (await mastodonProvider
    .publish?.(contextOf(), jobOf())
    .then(() => undefined)
    .catch((failure: unknown) => failure)) as ServiceError
}

describe("Mastodon's provider", () => {
  for (const { title, run } of contractTests(mastodonProvider, {
    settings: { instance_url: "https://mastodon.example" },
    auth_type: "bearer",
    credentials: { access_token: "marked-token-91c4" },
  })) {
    it(title, run)
  }

  it("reads the limits of the instance, by either version of its API", async () => {
    const { configuration } = mastodon.state
    configuration.statuses.max_characters = 5000
    configuration.media_attachments.supported_mime_types = ["image/png"]
    const facts = async () =>
      (await mastodonProvider.fetchFacts?.(contextOf(), jobOf().account)) ?? {}
    const told = await facts()
    mastodon.state.has_v2 = false
    expect(await facts()).toEqual(told)

    const limits = mastodonProvider.limits?.(
      { kind: "profile", facts: told },
      { placement: "", settings: { spoiler_text: "Autumn" } }
    )
    expect(limits).toMatchObject({
      text: [{ unit: "mastodon", max: 4994, url_weight: 23 }],
      media: {
        image: { types: ["image/png"], max_bytes: 16_777_216 },
        video: { types: [] },
      },
    })
  })

  it("says how many posts go out in three hours before an instance refuses one", () => {
    expect(mastodonProvider.quotas).toEqual([
      {
        label: "posts in three hours",
        count: 300,
        window_seconds: 10_800,
        per: "part",
      },
    ])
  })

  it("takes no files with a poll, and a poll that the instance takes alone", async () => {
    const poll = { options: ["Red", "Blue"], expires_in: 86_400 }
    const limits = mastodonProvider.limits?.(
      { kind: "profile", facts: {} },
      { placement: "", settings: { poll } }
    )
    expect(limits?.media.combinations).toEqual([])

    await work(jobOf({ settings: { poll } }))
    expect(mastodon.posts()[0].poll).toMatchObject({ options: ["Red", "Blue"] })
    for (const [wrong, words] of [
      [{ ...poll, expires_in: 10 }, "ends after 10 s"],
      [{ ...poll, options: ["a", "b", "c", "d", "e"] }, "has 5 options"],
      [{ ...poll, options: ["a", "b".repeat(51)] }, "has 51 characters"],
    ] as const) {
      await expect(
        work(jobOf({ settings: { poll: wrong } }))
      ).rejects.toMatchObject({
        errorClass: "content_rejected",
        message: expect.stringContaining(words),
      })
    }
    expect(mastodon.posts()).toHaveLength(1)
  })

  it("waits while the instance processes a video, and sends its poster with it", async () => {
    mastodon.state.processing_ms = 60_000
    const job = jobOf({
      parts: [
        {
          text: "Look",
          media: [
            testMedia({
              name: "scarf.mp4",
              kind: "video",
              content_type: "video/mp4",
              poster: { media: testMedia() },
            }),
          ],
        },
      ],
    })
    expect(await work(job)).toMatchObject({
      state: "wait",
      why: "Mastodon processes the file",
    })
    expect(mastodon.posts()).toEqual([])
    const [video] = mastodon.state.media
    expect(video.has_thumbnail).toBe(true)
    video.ready_at = Date.now()
    expect(await work(job)).toEqual({ state: "published" })
    expect(mastodon.posts()[0].media).toEqual([video])
    expect(countRequests(mastodon, "POST", /v2\/media$/)).toBe(1)
  })

  it("sends a file anew that the instance could not process", async () => {
    mastodon.state.processing_ms = null
    const media = [
      testMedia({ kind: "video", content_type: "video/mp4", name: "a.mp4" }),
    ]
    const job = jobOf({ parts: [{ text: "Look", media }] })
    await expect(work(job)).rejects.toMatchObject({
      errorClass: "content_rejected",
    })
    mastodon.state.processing_ms = 0
    expect(await work(job)).toEqual({ state: "published" })
    expect(countRequests(mastodon, "POST", /v2\/media$/)).toBe(2)
  })

  it("keeps the point of a picture that must stay in view", async () => {
    await work(
      jobOf({
        parts: [{ text: "Look", media: [testMedia({ alt_text: "Scarf" })] }],
        settings: { focus: [{ x: 0.5, y: -0.5 }] },
      })
    )
    expect(mastodon.posts()[0].media).toMatchObject([
      { description: "Scarf", focus: { x: 0.5, y: -0.5 } },
    ])
  })

  it("tells figures of posts and accounts, and removes what is there once", async () => {
    await work(jobOf())
    const [{ id }] = mastodon.posts()
    const ref = { external_id: id, url: null }
    const { account } = jobOf()
    const context = contextOf()
    const state = await mastodonProvider.fetchPostState?.(context, account, ref)
    expect(state).toEqual({ state: "public", url: expect.any(String) })
    expect(
      mastodonProvider.readPermalink?.(account, (state as { url: string }).url)
    ).toBe(id)
    expect(
      await mastodonProvider.fetchPostState?.(context, account, {
        ...{ external_id: "1", url: null },
      })
    ).toEqual({ state: "gone" })
    mastodon.posts()[0].favourites = 3
    expect(
      await mastodonProvider.fetchPostMetrics?.(context, account, ref)
    ).toEqual([
      { name: "favourites", value: 3 },
      { name: "reblogs", value: 0 },
      { name: "replies", value: 0 },
      { name: "quotes", value: 0 },
    ])
    expect(
      await mastodonProvider.fetchAccountMetrics?.(context, account)
    ).toEqual([
      { name: "followers", value: 128 },
      { name: "following", value: 12 },
      { name: "posts", value: 1 },
    ])
    await mastodonProvider.remove?.(context, account, ref)
    await mastodonProvider.remove?.(context, account, ref)
    expect(mastodon.posts()).toEqual([])
  })
})

describe("a post whose answer got lost", () => {
  const lose = (kind: "drop_reply" | "drop_request", times = 1) =>
    mastodon.fault({ method: "POST", path: /statuses$/, kind, times })

  it.each([
    [
      "by its text",
      {
        text: "Scarves & hats <new>\n\nhttps://shop.example.com/a-very-long-address/of-a-scarf @ada@elsewhere.example",
      },
    ],
    ["by its files", { text: "Look", media: [testMedia()] }],
  ])("is found %s, and not sent again", async (_, part) => {
    lose("drop_reply")
    const job = jobOf({ parts: [part, { text: "And more" }] })
    expect(await work(job)).toEqual({ state: "published" })
    expect(mastodon.posts()).toHaveLength(2)
    expect(job.parts[0].published?.external_id).toBe(mastodon.posts()[0].id)
    expect(countRequests(mastodon, "POST", /statuses$/)).toBe(2)
  })

  it("is not taken for an older one with the same text", async () => {
    await work(jobOf({ key: "older" }))
    mastodon.posts()[0].created_at = new Date(
      Date.now() - HOUR_MS
    ).toISOString()
    lose("drop_request")
    const job = jobOf()
    expect(await work(job)).toEqual({ state: "published" })
    expect(mastodon.posts()).toHaveLength(2)
    expect(job.parts[0].published?.external_id).toBe(mastodon.posts()[1].id)
  })

  it("is sent again with its key within the hour, though the list does not show it", async () => {
    lose("drop_reply")
    mastodon.fault({
      path: /accounts\/1\/statuses$/,
      kind: "reply",
      reply: {
        status: 200,
        headers: { "content-type": "application/json" },
        body: "[]",
      },
    })
    expect(await work(jobOf())).toEqual({ state: "published" })
    expect(countRequests(mastodon, "POST", /statuses$/)).toBe(2)
    expect(mastodon.posts()).toHaveLength(1)
  })

  it("is left to a person when the key has passed and nobody finds it", async () => {
    const job = jobOf()
    await job.save("first sent 0", new Date(Date.now() - HOUR_MS).toISOString())
    expect(await work(job)).toEqual({ state: "unknown" })
    expect(countRequests(mastodon, "POST", /statuses$/)).toBe(0)

    // The person has found out that it is not there, and asks for it again.
    job.disarm()
    expect(await work(job)).toEqual({ state: "published" })
    expect(mastodon.posts()).toHaveLength(1)
  })

  it("keeps the time of its first sending over a refusal of the second", async () => {
    const job = jobOf()
    job.crash("before", "done 0")
    const context = contextOf()
    const publish = () => mastodonProvider.publish?.(context, job)
    await publish()?.catch(() => undefined)
    const first = job.saved["first sent 0"]
    expect(first).toEqual(expect.any(String))
    job.disarm()
    mastodon.fault({
      method: "POST",
      path: /statuses$/,
      kind: "reply",
      reply: answer(429, "Too many requests"),
    })
    await expect(publish()).rejects.toMatchObject({
      errorClass: "rate_limited",
    })
    expect(job.saved["first sent 0"]).toBe(first)
  })

  it("forgets the time of a sending that was refused for sure", async () => {
    const job = jobOf({ parts: [{ text: "x".repeat(501) }] })
    await expect(work(job)).rejects.toMatchObject({
      errorClass: "content_rejected",
    })
    expect(job.saved).toEqual({})
  })

  it("is told apart from other texts", () => {
    const text = "Scarves & hats, 5 < 6\nhttps://shop.example.com/scarf"
    expect(showsText(contentOf(text), text)).toBe(true)
    expect(showsText(contentOf(text), `${text}s`)).toBe(false)
    expect(showsText(contentOf("Hello @ada"), "Hello @bob")).toBe(false)
  })
})

describe("Mastodon's refusals", () => {
  const END = new Date(Date.now() + 600_000)

  it.each<[number, string, string, string]>([
    [401, "The access token is invalid", "token_invalid", ""],
    [401, "The access token was revoked", "token_invalid", ""],
    [
      403,
      "This action is outside the authorized scopes",
      "permission",
      "Connect the platform again, and allow everything it asks for.",
    ],
    [403, "This action is not allowed", "permission", ""],
    [
      403,
      "Your login is currently disabled",
      "account_restricted",
      "Log in at the instance to see what it wants of the account.",
    ],
    [
      403,
      "Your login is missing a confirmed e-mail address",
      "account_restricted",
      "Log in at the instance",
    ],
    [
      404,
      "Record not found",
      "content_rejected",
      "Look whether what the post refers to is still there",
    ],
    [410, "Gone", "account_restricted", "the account is gone"],
    [413, "Payload too large", "content_rejected", "Use a smaller file"],
    [
      422,
      "This method requires an authenticated user",
      "token_invalid",
      "Connect the platform again.",
    ],
    [
      422,
      "Validation failed: Text character limit of 500 exceeded",
      "content_rejected",
      "Shorten the text or the content warning.",
    ],
    [
      422,
      "Validation failed: Cannot attach more than 4 files",
      "content_rejected",
      "Attach fewer files, or the video alone.",
    ],
    [
      422,
      "Validation failed: Cannot attach a video to a post that already contains images",
      "content_rejected",
      "Attach fewer files, or the video alone.",
    ],
    [
      422,
      "Validation failed: File content type is invalid, File is invalid",
      "content_rejected",
      "Replace the file by one that the instance takes.",
    ],
    [
      422,
      "Validation failed: File file size must be less than 16 MB",
      "content_rejected",
      "Replace the file",
    ],
    [
      422,
      "Validation failed: Poll options can't contain more than 4 items",
      "content_rejected",
      "Change the poll.",
    ],
    [422, "Validation failed: Text can't be blank", "content_rejected", ""],
    [
      422,
      "Validation failed: Cannot attach files that have not finished processing. Try again in a moment!",
      "transient",
      "",
    ],
    [429, "Too many requests", "rate_limited", ""],
    [
      503,
      "There was a temporary problem serving your request, please try again",
      "transient",
      "",
    ],
  ])("takes %i %s for %s", async (status, words, errorClass, next) => {
    const error = await refusalOf(status, words, {
      "x-ratelimit-reset": END.toISOString(),
    })
    expect(error).toMatchObject({ errorClass, status })
    expect(error.message).toContain(words.replace(/[.!]+$/, ""))
    expect(error.message).toContain(next)
    expect(error.outcomeUnknown).toBe(status >= 500)
    if (status === 429) {
      expect(error.retryAt).toEqual(END)
    }
    if (/finished/.test(words)) {
      const wait = (error.retryAt?.getTime() ?? 0) - Date.now()
      expect(Math.round(wait / 1000)).toBe(10)
    }
  })
})

describe("the simulated instance, by a client of Mastodon's", () => {
  it("registers an application and gives it a token by consent", async () => {
    const api = createRestAPIClient({ url: mastodon.url })
    const redirectUri = "https://shop.example.com/callback"
    const app = await api.v1.apps.create({
      clientName: "masto",
      redirectUris: redirectUri,
      scopes: "read write",
    })
    const asked = new URLSearchParams({
      response_type: "code",
      client_id: app.clientId ?? "",
      redirect_uri: redirectUri,
      scope: "read write",
    })
    const back = new URL(
      await approveConsent(`${mastodon.url}/oauth/authorize?${asked}`)
    )
    const oauth = createOAuthAPIClient({ url: mastodon.url })
    const token = await oauth.token.create({
      clientId: app.clientId ?? "",
      clientSecret: app.clientSecret ?? "",
      redirectUri,
      code: back.searchParams.get("code") ?? "",
      grantType: "authorization_code",
      scope: "read write",
    })
    const mine = createRestAPIClient({
      url: mastodon.url,
      accessToken: token.accessToken,
    })
    expect(await mine.v1.accounts.verifyCredentials()).toMatchObject({
      acct: "ada",
    })
    await oauth.revoke({
      clientId: app.clientId ?? "",
      clientSecret: app.clientSecret ?? "",
      token: token.accessToken,
    })
    await expect(mine.v1.accounts.verifyCredentials()).rejects.toMatchObject({
      statusCode: 401,
    })
  })

  it("takes files, posts, replies and removals", async () => {
    const api = createRestAPIClient({
      url: mastodon.url,
      accessToken: mastodon.makeToken(),
    })
    const instance = await api.v2.instance.fetch()
    expect(instance.configuration.statuses.maxCharacters).toBe(500)
    const file = new Blob([new Uint8Array(64)], { type: "video/mp4" })
    // It waits by itself until the file is processed.
    const media = await api.v2.media.create({ file, description: "A scarf" })
    const first = await api.v1.statuses.create(
      { status: "Hello **all**", mediaIds: [media.id], language: "en" },
      { requestInit: { headers: { "Idempotency-Key": "one" } } }
    )
    expect(first).toMatchObject({
      content: "<p>Hello **all**</p>",
      mediaAttachments: [
        { id: media.id, type: "video", description: "A scarf" },
      ],
    })
    const reply = await api.v1.statuses.create({
      status: "More",
      inReplyToId: first.id,
      poll: { options: ["Red", "Blue"], expiresIn: 600 },
    })
    const listed = await api.v1.accounts
      .$select("1")
      .statuses.list({ limit: 5 })
    expect(listed.map(({ id }) => id)).toEqual([reply.id, first.id])
    await api.v1.statuses.$select(first.id).favourite()
    expect(
      (await api.v1.statuses.$select(first.id).fetch()).favouritesCount
    ).toBe(1)
    await api.v1.statuses.$select(first.id).remove()
    await expect(
      api.v1.statuses.create({ status: "x".repeat(501) })
    ).rejects.toMatchObject({
      statusCode: 422,
      message: "Validation failed: Text character limit of 500 exceeded",
    })
  })

  it("takes 30 files in half an hour, and says when more", async () => {
    mastodon.state.uploads = Array(30).fill(Date.now() - 60_000)
    const job = jobOf({ parts: [{ text: "Look", media: [testMedia()] }] })
    const error = await work(job).catch((failure: ServiceError) => failure)
    expect(error).toMatchObject({ errorClass: "rate_limited" })
    const wait = (error as ServiceError).retryAt!.getTime() - Date.now()
    expect(Math.round(wait / 60_000)).toBe(29)
  })
})
