import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  type BlueskySimulator,
  startBluesky,
} from "../../sandbox/networks/bluesky"
import collectMetrics from "../../src/jobs/collect-metrics"
import { countRequests } from "../../sandbox/networks/simulator"
import { accountOf, type Admin, createAdmin, sql } from "./support/application"
import { type FileServer, startFileServer } from "./support/file-server"
import { type PictureServer, startPictureServer } from "./support/pictures"
import {
  createPost,
  makeDue,
  publish,
  retry,
  runPublishing,
  settled,
} from "./support/posts"
import { makeVideo } from "./support/videos"

jest.setTimeout(120_000)

const WRITES = /createRecord|applyWrites/

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let bluesky: BlueskySimulator
    let pictures: PictureServer
    let files: FileServer
    let platform: string
    let account: string

    const create = async (change: object = {}) => {
      const { status, data } = await admin.post("/admin/social-platforms", {
        name: "Ada at Bluesky",
        provider: "bluesky",
        auth_type:
          "app_password" in change && !change.app_password ? "oauth2" : "basic",
        base_url: bluesky.url,
        api_config: {
          handle: "@ada.bsky.test",
          app_password: bluesky.state.ada.appPasswords[0],
          video_service: bluesky.url,
          ...change,
        },
      })
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_platform
    }
    const verify = async (id: string) =>
      JSON.stringify(
        (await admin.post(`/admin/social-platforms/${id}/verify`)).data
      )

    beforeAll(async () => {
      bluesky = await startBluesky()
      pictures = await startPictureServer()
      files = await startFileServer()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      platform = (await create()).id
      account = await accountOf(admin, platform, bluesky.state.ada.did)
    })
    beforeEach(() => bluesky.reset())
    afterAll(async () => {
      await bluesky.close()
      await pictures.close()
      await files.close()
    })

    const post = (body: object = {}) =>
      createPost(admin, { account_ids: [account], ...body })

    describe("connected by OAuth", () => {
      let connected: string
      const setUp = async () =>
        (
          await create({
            app_password: undefined,
            plc_directory: bluesky.url,
          })
        ).id
      /** Goes to the consent page and decides there, as a person does. */
      const decide = async (
        id: string,
        choice: Record<string, string> = { decision: "approve" }
      ) => {
        const { status, data } = await admin.get(
          `/admin/oauth/bluesky?platform_id=${id}`
        )
        expect([status, data.message]).toEqual([200, undefined])
        const location = new URL(data.location)
        expect([...location.searchParams.keys()]).toEqual([
          "client_id",
          "request_uri",
        ])
        const response = await fetch(`${bluesky.url}/oauth/authorize`, {
          method: "POST",
          redirect: "manual",
          body: new URLSearchParams({
            request_uri: location.searchParams.get("request_uri")!,
            ...choice,
          }),
        })
        const { searchParams } = new URL(response.headers.get("location")!)
        return admin.post("/admin/oauth/bluesky/callback", {
          state: searchParams.get("state"),
          iss: searchParams.get("iss"),
          code: searchParams.get("code") ?? undefined,
          error: searchParams.get("error") ?? undefined,
        })
      }
      const publishAs = async (id: string, body: object = {}) =>
        publish(
          admin,
          await createPost(admin, {
            account_ids: [await accountOf(admin, id, bluesky.state.ada.did)],
            ...body,
          })
        )
      const storedOf = async (id: string) => {
        const [{ api_config }] = await sql(
          getContainer(),
          "select api_config from social_platform where id = ?",
          [id]
        )
        return api_config as Record<string, unknown>
      }

      beforeAll(async () => {
        connected = await setUp()
        const { status, data } = await decide(connected)
        expect([status, data.message]).toEqual([200, undefined])
      })

      it("finds the account's server and who gives access to it, and seals the key with the tokens", async () => {
        const stored = await storedOf(connected)
        expect(stored).toMatchObject({
          did: bluesky.state.ada.did,
          issuer: bluesky.url,
          pds: bluesky.url.replace("localhost", "127.0.0.1"),
          access_token_encrypted: { v: 2 },
          refresh_token_encrypted: { v: 2 },
          dpop_key_encrypted: { v: 2 },
        })
        expect(Object.keys(stored)).not.toContain("dpop_key")
        const { data } = await admin.get(`/admin/social-platforms/${connected}`)
        expect(data.social_platform.connection).toBe("connected")
        expect(JSON.stringify(data)).not.toContain('"kty"')
      })

      it("publishes with an image, under nonces that the servers change", async () => {
        bluesky.oauth.rotateNonces()
        const { status } = await publishAs(connected, {
          media: [{ url: pictures.url, alt_text: "A wool hat" }],
        })
        expect(status).toBe("published")
        bluesky.oauth.rotateNonces()
        expect((await publishAs(connected, { caption: "Two" })).status).toBe(
          "published"
        )
        expect(bluesky.posts()).toHaveLength(2)
      })

      it("refreshes with the same key, and keeps the new refresh token", async () => {
        const before = await storedOf(connected)
        bluesky.oauth.rotateNonces()
        bluesky.oauth.expire()
        expect((await publishAs(connected)).status).toBe("published")
        bluesky.oauth.expire()
        expect((await publishAs(connected, { caption: "On" })).status).toBe(
          "published"
        )
        const after = await storedOf(connected)
        expect(after.dpop_key_encrypted).toEqual(before.dpop_key_encrypted)
        expect(after.refresh_token_encrypted).not.toEqual(
          before.refresh_token_encrypted
        )
      })

      it("stores nothing when the grant is refused, or is for another account", async () => {
        const id = await setUp()
        const refused = await decide(id, { decision: "deny" })
        expect(refused.status).toBe(400)
        const other = await decide(id, {
          decision: "approve",
          account: "charles.bsky.test",
        })
        expect([other.status, other.data.message]).toEqual([
          400,
          expect.stringContaining("access to another account"),
        ])
        expect(Object.keys(await storedOf(id)).join()).not.toContain(
          "_encrypted"
        )
      })

      it("revokes the grant when disconnected, and erases the key", async () => {
        const id = await setUp()
        await decide(id)
        const grants = bluesky.oauth.grants().length
        await admin.post(`/admin/social-platforms/${id}/disconnect`)
        expect(bluesky.oauth.grants()).toHaveLength(grants - 1)
        expect(Object.keys(await storedOf(id)).join()).not.toContain(
          "_encrypted"
        )
      })

      it("tells who the application is at a public address", async () => {
        const { status, data } = await api.get(
          "/oauth/bluesky/client-metadata.json"
        )
        expect(status).toBe(200)
        expect(data).toMatchObject({
          client_id: expect.stringMatching(
            /\/oauth\/bluesky\/client-metadata\.json$/
          ),
          redirect_uris: [expect.stringMatching(/\/oauth\/bluesky\/callback$/)],
          grant_types: ["authorization_code", "refresh_token"],
          scope: "atproto transition:generic",
          token_endpoint_auth_method: "none",
          dpop_bound_access_tokens: true,
        })
        await expect(
          api.get("/oauth/mastodon/client-metadata.json")
        ).rejects.toMatchObject({ response: { status: 404 } })
      })
    })

    it("has its account as soon as the app password that is saved works", async () => {
      const { id } = await create({ app_password: "abcd-abcd-abcd-abcd" })
      const accounts = async () =>
        (await admin.get(`/admin/social-accounts?platform_id=${id}`)).data
          .social_accounts
      expect(await accounts()).toEqual([])
      const { status, data } = await admin.post(
        `/admin/social-platforms/${id}`,
        { api_config: { app_password: bluesky.state.ada.appPasswords[0] } }
      )
      expect([status, data.message]).toEqual([200, undefined])
      expect(await accounts()).toEqual([
        expect.objectContaining({ external_id: bluesky.state.ada.did }),
      ])
      await admin.delete(`/admin/social-platforms/${id}`)
    })

    it("says whose account it is, from the session that saving has begun", async () => {
      const said = await verify(platform)
      expect(said).toContain("The credentials belong to @ada.bsky.test.")
      expect(said).not.toContain("abcd-efgh")
      expect(countRequests(bluesky, "POST", /createSession/)).toBe(0)
    })

    it("tells a person with a wrong app password where to get one", async () => {
      const { id } = await create({ app_password: "none-none-none-none" })
      const said = await verify(id)
      expect(said).toContain("Create an app password at Bluesky")
      expect(said).not.toContain("none-none")
    })

    it("publishes a thread with an image, a card's link in the text, and settings, by one call", async () => {
      const id = await post({
        caption: "Autumn is here #wool",
        link: "https://shop.example/hat",
        media: [{ url: pictures.url, alt_text: "A wool hat" }],
        parts: [{ text: "Made by @charles.bsky.test" }],
        publications: [
          { account_id: account, settings: { who_can_reply: "followers" } },
        ],
      })
      const { publications } = await publish(admin, id)
      expect(publications).toMatchObject([
        {
          state: "published",
          external_id: expect.stringMatching(
            /^at:\/\/did:plc:adasshop\d+\/app.bsky.feed.post\//
          ),
          parts: [{ part: 0 }, { part: 1 }],
        },
      ])
      expect(countRequests(bluesky, "POST", WRITES)).toBe(1)
      const [first, second] = bluesky.posts()
      expect(first.text).toBe(
        "Autumn is here #wool\n\nhttps://shop.example/hat"
      )
      expect(first.embed.images).toMatchObject([
        { alt: "A wool hat", aspectRatio: { width: 1, height: 1 } },
      ])
      expect(second.reply.parent.uri).toBe(publications[0].external_id)
      expect([...bluesky.state.records.keys()].join()).toContain("threadgate")
      const page = await (await fetch(`${bluesky.url}/posts`)).text()
      expect(page).toContain("Autumn is here #wool")
    })

    it("shows a post's link as a card", async () => {
      await publish(admin, await post({ link: "https://shop.example/hat" }))
      const [{ text, embed }] = bluesky.posts()
      expect(text).not.toContain("shop.example")
      expect(embed.external.uri).toBe("https://shop.example/hat")
    })

    it("waits for a video to be processed, and publishes it then", async () => {
      files.files.set("film.mp4", {
        body: await makeVideo(),
        type: "video/mp4",
      })
      const id = await post({
        media: [{ url: `${files.url}/film.mp4`, alt_text: "A film" }],
      })
      const waiting = await publish(admin, id)
      expect(waiting.publications).toMatchObject([
        {
          state: "waiting",
          waiting: { why: "Bluesky processes the video", done: 40, of: 100 },
        },
      ])
      await makeDue(getContainer(), id)
      await runPublishing(getContainer())
      expect((await settled(admin, id)).status).toBe("published")
      expect(bluesky.posts()).toMatchObject([
        { embed: { $type: "app.bsky.embed.video", alt: "A film" } },
      ])
      expect(countRequests(bluesky, "POST", /uploadVideo/)).toBe(1)
    })

    it.each([
      ["a post", {}],
      ["a thread", { parts: [{ text: "Two" }, { text: "Three" }] }],
    ])("publishes %s once although the response is lost", async (_, body) => {
      bluesky.fault({ path: WRITES, kind: "drop_reply" })
      const { status } = await publish(admin, await post(body))
      expect(status).toBe("published")
      expect(countRequests(bluesky, "POST", WRITES)).toBe(1)
      expect(countRequests(bluesky, "GET", /getRecord/)).toBeGreaterThan(0)
    })

    it("goes on with a refreshed session when the access token has ended, without another login", async () => {
      bluesky.state.expire("access")
      const { status } = await publish(admin, await post())
      expect(status).toBe("published")
      expect(bluesky.posts()).toHaveLength(1)
      expect(countRequests(bluesky, "POST", /refreshSession/)).toBe(1)
      expect(countRequests(bluesky, "POST", /createSession/)).toBe(0)
    })

    it("refuses a text that is too long, and settings that there are not, before anything is stored", async () => {
      const tooLong = await admin.post("/admin/social-posts", {
        caption: "x".repeat(301),
        account_ids: [account],
      })
      expect([tooLong.status, tooLong.data.message]).toEqual([
        400,
        expect.stringContaining("300"),
      ])
      const unknown = await admin.post("/admin/social-posts", {
        caption: "Hello",
        account_ids: [account],
        publications: [
          { account_id: account, settings: { who_can_reply: "friends" } },
        ],
      })
      expect([unknown.status, unknown.data.message]).toEqual([
        400,
        expect.stringContaining("(who_can_reply) must be one of: everyone"),
      ])
    })

    it("says what Bluesky refuses, and publishes on the next try", async () => {
      bluesky.fault({
        path: WRITES,
        kind: "reply",
        reply: {
          status: 400,
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            error: "InvalidRequest",
            message: "Invalid app.bsky.feed.post record",
          }),
        },
      })
      const id = await post()
      const { publications } = await publish(admin, id)
      expect(publications).toMatchObject([
        {
          state: "failed",
          last_error: {
            class: "content_rejected",
            message: expect.stringContaining("Change the post as Bluesky says"),
          },
        },
      ])
      expect((await retry(admin, id)).status).toBe("published")
      expect(bluesky.posts()).toHaveLength(1)
    })

    it("reads the figures of a post, and removes it", async () => {
      const id = await post()
      const { publications } = await publish(admin, id)
      await sql(
        getContainer(),
        `update social_publication
         set published_at = published_at - interval '1 hour',
             metrics_due_at = metrics_due_at - interval '1 hour'
         where post_id = ?`,
        [id]
      )
      await collectMetrics(getContainer())
      const { data } = await admin.get(`/admin/social-posts/${id}/metrics`)
      expect(data.metrics[0].series).toMatchObject([
        { values: { likes: 5, reposts: 3, replies: 2, quotes: 1 } },
      ])
      const { status } = await admin.post(
        `/admin/social-posts/${id}/publications/${publications[0].id}/remove`
      )
      expect(status).toBe(200)
      expect(bluesky.posts()).toEqual([])
    })

    it("waits until the limit ends that Bluesky names", async () => {
      const reset = Math.floor(Date.now() / 1000) + 120
      bluesky.fault({
        path: WRITES,
        kind: "reply",
        reply: {
          status: 429,
          headers: {
            "content-type": "application/json",
            "ratelimit-reset": String(reset),
          },
          body: JSON.stringify({
            error: "RateLimitExceeded",
            message: "Rate Limit Exceeded",
          }),
        },
      })
      const { publications } = await publish(admin, await post())
      expect(publications).toMatchObject([
        { state: "pending", last_error: { class: "rate_limited" } },
      ])
      expect(Date.parse(publications[0].next_attempt_at!)).toBe(reset * 1000)
      expect(bluesky.posts()).toEqual([])
    })
  },
})
