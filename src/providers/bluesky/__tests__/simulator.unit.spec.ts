import { AtpAgent, RichText } from "@atproto/api"
import {
  type BlueskySimulator,
  startBluesky,
} from "../../../../sandbox/networks/bluesky"

/** The network's own client, which checks every response against the lexicons. */
describe("the simulated Bluesky, to the network's own client", () => {
  let bluesky: BlueskySimulator
  let agent: AtpAgent

  beforeAll(async () => {
    bluesky = await startBluesky()
  })
  afterAll(() => bluesky.close())
  beforeEach(async () => {
    bluesky.reset()
    agent = new AtpAgent({ service: bluesky.url })
    await agent.login({
      identifier: "ada.bsky.test",
      password: bluesky.state.ada.appPasswords[0],
    })
  })

  it("gives a session on the account's own server, and refreshes and ends it", async () => {
    expect(agent.did).toBe(bluesky.state.ada.did)
    expect(agent.pdsUrl?.hostname).toBe("127.0.0.1")
    bluesky.state.expire("access")
    const { data } = await agent.com.atproto.server.getSession()
    expect(data.handle).toBe("ada.bsky.test")
    await agent.logout()
    expect(agent.session).toBeUndefined()
  })

  it("takes a post with facets and an image, shows it and removes it", async () => {
    const { data } = await agent.uploadBlob(Buffer.from("picture"), {
      encoding: "image/png",
    })
    const text = new RichText({ text: "Hi @charles.bsky.test" })
    await text.detectFacets(agent)
    const { uri, cid } = await agent.post({
      text: text.text,
      facets: text.facets,
      embed: {
        $type: "app.bsky.embed.images",
        images: [{ image: data.blob, alt: "A picture" }],
      },
    })
    const { posts } = (await agent.getPosts({ uris: [uri] })).data
    expect(posts).toMatchObject([{ uri, cid, likeCount: 5 }])
    expect(text.facets?.[0].features).toMatchObject([
      { did: "did:plc:charlesworks424242424242" },
    ])
    await agent.deletePost(uri)
    expect(bluesky.posts()).toEqual([])
  })

  it("writes several records or none, and tells which one is missing", async () => {
    const repo = bluesky.state.ada.did
    const collection = "app.bsky.feed.post"
    const create = (rkey: string, text: string) => ({
      $type: "com.atproto.repo.applyWrites#create" as const,
      ...{ collection, rkey },
      value: { $type: collection, text, createdAt: new Date().toISOString() },
    })
    await expect(
      agent.com.atproto.repo.applyWrites({
        repo,
        writes: [
          create("3l4one22222aa", "One"),
          create("3l4two22222aa", "x".repeat(301)),
        ],
      })
    ).rejects.toThrow("300 graphemes")
    await expect(
      agent.com.atproto.repo.getRecord({
        ...{ repo, collection, rkey: "3l4one22222aa" },
      })
    ).rejects.toMatchObject({ error: "RecordNotFound" })
    await agent.com.atproto.repo.applyWrites({
      repo,
      writes: [create("3l4one22222aa", "One"), create("3l4two22222aa", "Two")],
    })
    expect(bluesky.posts()).toHaveLength(2)
  })

  it("tells the account's figures, and refuses a wrong app password by name", async () => {
    const { data } = await agent.getProfile({ actor: agent.did! })
    expect(data.followersCount).toBe(1815)
    const other = new AtpAgent({ service: bluesky.url })
    await expect(
      other.login({ identifier: "ada.bsky.test", password: "wrong" })
    ).rejects.toMatchObject({ error: "AuthenticationRequired", status: 401 })
  })
})
