import { globalAgent } from "node:https"
import { connect } from "node:net"
import { Client } from "snoots"
import { approveConsent } from "../../../../sandbox/consent-client"
import {
  type RedditSimulator,
  startReddit,
} from "../../../../sandbox/networks/reddit/server"
import {
  CLIENT_ID,
  CLIENT_SECRET,
  USER,
} from "../../../../sandbox/networks/reddit/state"

const redirectUri = "https://shop.example.com/callback"

describe("the simulated Reddit, to a client that others have written", () => {
  let reddit: RedditSimulator

  beforeAll(async () => {
    reddit = await startReddit(0)
  })
  afterAll(() => reddit.close())
  beforeEach(() => {
    reddit.reset()
    // It knows Reddit's own hosts only: its connections lead here.
    const { hostname, port } = new URL(reddit.url)
    jest
      .spyOn(globalAgent, "createConnection")
      .mockImplementation(() => connect(Number(port), hostname))
  })
  afterEach(() => jest.restoreAllMocks())

  const options = {
    userAgent: "node:shop.example.com:1.0 (by /u/ada)",
    creds: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET },
  }

  const client = () =>
    new Client({
      ...options,
      auth: { refreshToken: reddit.makeTokens().refresh_token },
    })

  it("lets a person in, and gives new access for the refresh token", async () => {
    const asked = Client.makeAuthUrl(
      CLIENT_ID,
      ["identity", "submit"],
      redirectUri,
      "a-state"
    )
    const back = new URL(
      await approveConsent(
        asked.replace("https://www.reddit.com", () => reddit.url)
      )
    )
    expect(back.searchParams.get("state")).toBe("a-state")
    const first = await Client.fromAuthCode(
      options,
      back.searchParams.get("code") ?? "",
      redirectUri
    )
    expect(first.getAuthorizedScopes()).toEqual(["identity", "submit"])
    const refreshToken = first.getRefreshToken() ?? ""
    const later = new Client({ ...options, auth: { refreshToken } })
    expect(await later.me.fetch()).toMatchObject({ name: USER.name })
    expect(later.rateLimit?.remaining).toBe(999)
  })

  it("takes a text, a link and a comment, lists them and removes them", async () => {
    const { subreddits, posts, comments, users } = client()
    const text = await subreddits.postText(
      "scarves",
      "Warm & light",
      "A *scarf*"
    )
    const link = await subreddits.postLink(
      "scarves",
      "The shop",
      "https://shop.example.com/"
    )
    expect(reddit.posts()).toMatchObject([
      { id: text, kind: "self", title: "Warm & light", text: "A *scarf*" },
      { id: link, kind: "link", url: "https://shop.example.com/" },
    ])
    const comment = await posts.reply(text, "Which colour?")
    expect(await comments.fetch(comment.id)).toMatchObject({
      body: "Which colour?",
      author: USER.name,
    })
    const listed: string[] = []
    for await (const post of users.getPosts(USER.name)) {
      listed.push(post.id)
    }
    expect(listed).toEqual([link, text])
    await posts.delete(text)
    expect(reddit.posts()).toMatchObject([{ id: link }])
  })

  it("says what is wrong in a form that the client can read", async () => {
    const { subreddits } = client()
    await expect(
      subreddits.postText("inner_circle", "Hello", "All")
    ).rejects.toThrow("SUBREDDIT_NOTALLOWED")
    const stranger = new Client({ ...options, auth: { refreshToken: "none" } })
    await expect(stranger.me.fetch()).rejects.toThrow("400")
  })
})
