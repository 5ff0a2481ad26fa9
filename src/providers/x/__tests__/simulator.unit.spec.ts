import { Agent } from "node:http"
import { TwitterApi, type TwitterApiTokens } from "twitter-api-v2"
import { approveConsent } from "../../../../sandbox/consent-client"
import { countRequests } from "../../../../sandbox/networks/simulator"
import { startX, type XSimulator } from "../../../../sandbox/networks/x/server"
import { APP } from "../../../../sandbox/networks/x/state"

const redirectUri = "https://shop.example.com/callback"

/** A client that is widely used for X. */
describe("the simulated X, to a client that others have written", () => {
  let x: XSimulator

  beforeAll(async () => {
    x = await startX(0)
  })
  afterAll(() => x.close())
  beforeEach(() => {
    x.reset()
    x.state.names = "tweet"
  })
  let clock: NodeJS.Timeout | undefined
  afterEach(() => {
    clearInterval(clock)
    jest.useRealTimers()
  })

  const here = (url: string) =>
    url.replace(/^https:\/\/(?:api\.)?x\.com/, () => x.url)

  /** It knows X's own hosts only: each request is sent here before it is signed. */
  const clientWith = (
    tokens: string | TwitterApiTokens | { clientId: string }
  ): TwitterApi =>
    new TwitterApi(tokens as TwitterApiTokens, {
      httpAgent: new Agent(),
      plugins: [
        {
          onBeforeRequestConfig: ({ url, params }) => {
            params.url = here(params.url)
            // It knows by X's host that these responses are forms.
            if (url.pathname.startsWith("/oauth/")) {
              params.forceParseMode = "url"
            }
          },
        },
      ],
    })

  const client = () => clientWith(x.makeTokens().access_token)

  it("lets a person in by OAuth 2, refreshes once for each refresh token, and revokes", async () => {
    const app = clientWith({
      clientId: APP.client_id,
      clientSecret: APP.client_secret,
    } as { clientId: string })
    const link = app.generateOAuth2AuthLink(redirectUri, {
      scope: ["tweet.read", "users.read", "offline.access"],
    })
    const back = new URL(await approveConsent(here(link.url)))
    expect(back.searchParams.get("state")).toBe(link.state)
    const first = await app.loginWithOAuth2({
      code: back.searchParams.get("code") ?? "",
      codeVerifier: link.codeVerifier,
      redirectUri,
    })
    expect((await first.client.v2.me()).data.username).toBe("adasshop")
    const next = await app.refreshOAuth2Token(first.refreshToken ?? "")
    expect(next).toMatchObject({
      expiresIn: 7200,
      scope: ["tweet.read", "users.read", "offline.access"],
    })
    await expect(
      app.refreshOAuth2Token(first.refreshToken ?? "")
    ).rejects.toMatchObject({ code: 400, data: { error: "invalid_request" } })
    await app.revokeOAuth2Token(next.accessToken)
    await expect(next.client.v2.me()).rejects.toMatchObject({ code: 401 })
  })

  it("lets a person in by OAuth 1.0a, and checks each signature", async () => {
    const app = { appKey: APP.consumer_key, appSecret: APP.consumer_secret }
    const asked = await clientWith(app).generateAuthLink(redirectUri, {
      linkMode: "authorize",
    })
    const pressed = await fetch(
      `${x.url}/oauth/authorize/${new URL(asked.url).searchParams.get("oauth_token")}`,
      {
        method: "POST",
        redirect: "manual",
        body: new URLSearchParams({ decision: "allow" }),
      }
    )
    const back = new URL(pressed.headers.get("location") ?? "")
    const { client, screenName, accessToken } = await clientWith({
      ...app,
      accessToken: asked.oauth_token,
      accessSecret: asked.oauth_token_secret,
    }).login(back.searchParams.get("oauth_verifier") ?? "")
    expect(screenName).toBe("adasshop")
    const { data } = await client.v2.tweet("Café & crème (100 %)!")
    expect(x.posts()).toMatchObject([
      { id: data.id, text: "Café & crème (100 %)!" },
    ])
    const { data: found } = await client.v2.singleTweet(data.id, {
      "tweet.fields": ["public_metrics", "created_at"],
    })
    expect(found).toMatchObject({
      edit_history_tweet_ids: [data.id],
      public_metrics: { like_count: 7, retweet_count: 2 },
    })
    const forged = clientWith({ ...app, accessToken, accessSecret: "other" })
    await expect(forged.v2.me()).rejects.toMatchObject({
      code: 401,
      errors: [{ code: 32 }],
    })
  })

  it("takes a picture with its alternative text in the first post of a thread, lists it and removes it", async () => {
    const { v2 } = client()
    const picture = await v2.uploadMedia(Buffer.from("picture"), {
      media_type: "image/png",
    })
    await v2.createMediaMetadata(picture, { alt_text: { text: "A scarf" } })
    const thread = await v2.tweetThread([
      { text: "One", media: { media_ids: [picture] } },
      "Two",
    ])
    const [one, two] = thread.map(({ data }) => data.id)
    expect(x.posts()).toMatchObject([
      { id: one, in_reply_to: null, media: [{ alt_text: "A scarf" }] },
      { id: two, in_reply_to: one, conversation_id: one },
    ])
    const listed = await v2.userTimeline(x.state.user.id, {
      max_results: 5,
      "tweet.fields": ["attachments", "conversation_id"],
    })
    expect(listed.tweets).toMatchObject([
      { id: two, conversation_id: one },
      { id: one, attachments: { media_keys: [`3_${picture}`] } },
    ])
    expect((await v2.deleteTweet(two)).data.deleted).toBe(true)
    const { data, errors } = await v2.singleTweet(two)
    expect(data).toBeUndefined()
    expect(errors).toMatchObject([{ title: "Not Found Error", value: two }])
  })

  it("takes a video in pieces, and says when it is processed, or that it cannot be", async () => {
    jest.useFakeTimers({
      doNotFake: ["nextTick", "setImmediate", "queueMicrotask", "setInterval"],
    })
    clock = setInterval(
      () => jest.getTimerCount() && jest.advanceTimersByTime(1_000),
      1
    )
    const video = Buffer.alloc(2_500, 7)
    const upload = () =>
      client().v2.uploadMedia(video, { media_type: "video/mp4" }, 1_000)
    const id = await upload()
    expect(x.state.media).toMatchObject([{ id, category: "tweet_video" }])
    expect(x.state.media[0].pieces.size).toBe(3)
    expect(
      countRequests(x, "GET", /^\/2\/media\/upload$/)
    ).toBeGreaterThanOrEqual(2)
    await client().v2.tweet({ text: "Watch", media: { media_ids: [id] } })
    x.state.processing_ms = null
    await expect(upload()).rejects.toThrow("Video codec is not supported")
  })

  it("says what is wrong in a form that the client can read", async () => {
    const { v2 } = client()
    x.state.limit = 1
    await v2.tweet("Hello")
    const limited = await v2.tweet("Again").catch((error: unknown) => error)
    expect(limited).toMatchObject({
      rateLimitError: true,
      rateLimit: { limit: 1, remaining: 0, day: { limit: 10_000 } },
    })
    x.state.limit = 100
    await expect(v2.tweet("Hello")).rejects.toMatchObject({
      code: 403,
      data: { detail: expect.stringContaining("duplicate content") },
    })
    await expect(
      v2.userTimeline(x.state.user.id, { max_results: 3 })
    ).rejects.toThrow("Invalid Request")
  })
})
