import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { approveConsent } from "../../sandbox/consent-client"
import { countRequests } from "../../sandbox/networks/simulator"
import { startX, type XSimulator } from "../../sandbox/networks/x/server"
import { APP } from "../../sandbox/networks/x/state"
import { accountOf, type Admin, createAdmin, sql } from "./support/application"
import { storedPlatform } from "./support/database"
import { type FileServer, startFileServer } from "./support/file-server"
import { type PictureServer, startPictureServer } from "./support/pictures"
import {
  createPost,
  letTimeCome,
  makeDue,
  publish,
  readPost,
  runPublishing,
} from "./support/posts"
import { makeVideo } from "./support/videos"

jest.setTimeout(120_000)

/** The call that makes a post public. */
const SENDS = /^\/2\/tweets$/

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let x: XSimulator
    let pictures: PictureServer
    let files: FileServer

    beforeAll(async () => {
      x = await startX(0)
      pictures = await startPictureServer()
      files = await startFileServer()
      files.files.set("film.mp4", {
        body: await makeVideo(),
        type: "video/mp4",
      })
    })
    afterAll(async () => {
      await x.close()
      await pictures.close()
      await files.close()
    })
    beforeEach(async () => {
      x.reset()
      x.state.processing_ms = 0
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const createPlatform = async (
      auth_type: "oauth2" | "oauth1",
      api_config: object
    ): Promise<string> => {
      const { status, data } = await admin.post("/admin/social-platforms", {
        name: "Our X",
        provider: "x",
        auth_type,
        api_config: { base_url: x.url, ...api_config },
      })
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_platform.id
    }
    const begin = async (id: string): Promise<string> =>
      (await admin.get(`/admin/oauth/x?platform_id=${id}`)).data.location
    const finish = async (answer: URLSearchParams) => {
      const { status, data } = await admin.post(
        "/admin/oauth/x/callback",
        Object.fromEntries(answer)
      )
      expect([status, data.message]).toEqual([200, undefined])
    }
    const connect = async (): Promise<string> => {
      const id = await createPlatform("oauth2", {
        client_id: APP.client_id,
        client_secret: APP.client_secret,
      })
      const { searchParams } = new URL(await approveConsent(await begin(id)))
      // It comes back to an address of the platform's own.
      searchParams.set("platform_id", id)
      await finish(searchParams)
      return id
    }
    const connectSigned = async (): Promise<string> => {
      const id = await createPlatform("oauth1", {
        consumer_key: APP.consumer_key,
        consumer_secret: APP.consumer_secret,
      })
      const page = await fetch(await begin(id))
      const [, action] = /action="([^"]+)"/.exec(await page.text()) ?? []
      const pressed = await fetch(new URL(action, x.url), {
        method: "POST",
        redirect: "manual",
        body: new URLSearchParams({ decision: "allow" }),
      })
      const back = new URL(pressed.headers.get("location") ?? "")
      const { headers } = await api.get(`${back.pathname}${back.search}`, {
        maxRedirects: 0,
        validateStatus: () => true,
      })
      const { hash } = new URL(headers.location)
      await finish(new URLSearchParams(hash.slice(1)))
      return id
    }
    const account = async (id?: string): Promise<string> =>
      accountOf(admin, id ?? (await connect()), x.state.user.id)
    const write = async (body: object = {}, settings: object = {}) =>
      createPost(admin, {
        account_ids: [],
        publications: [{ account_id: await account(), settings }],
        ...body,
      })
    const out = async (body: object = {}, settings: object = {}) =>
      publish(admin, await write(body, settings))
    const goOn = async (id: string) => {
      await makeDue(getContainer(), id)
      await runPublishing(getContainer())
      return (await readPost(admin, id)).publications[0]
    }

    describe("connecting", () => {
      it("asks with each login for what the Developer Console gives for it", async () => {
        const { data } = await admin.get("/admin/social-providers")
        const { setting_fields, credential_fields } =
          data.social_providers.find(
            ({ identifier }: { identifier: string }) => identifier === "x"
          )
        const required = (authType: string) =>
          [...setting_fields, ...credential_fields]
            .filter(
              (field) =>
                field.required &&
                (!field.auth_types || field.auth_types.includes(authType))
            )
            .map(({ name }) => name)
        expect(required("oauth2")).toEqual(["client_id", "client_secret"])
        expect(required("oauth1")).toEqual(["consumer_key", "consumer_secret"])
      })

      it("connects for good by OAuth 2, and ends both tokens at X when it is disconnected", async () => {
        const id = await connect()
        const { data } = await admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect(data.verification.message).toBe(
          "The credentials belong to Ada's shop (@adasshop)."
        )
        const [[refresh_token, { scopes }]] = x.state.refresh_tokens
        expect(scopes).toEqual([
          "tweet.read",
          "tweet.write",
          "users.read",
          "media.write",
          "offline.access",
        ])
        const { api_config } = await storedPlatform(getContainer(), id)
        expect(Object.keys(api_config)).toContain("refresh_token_encrypted")
        expect(JSON.stringify(api_config)).not.toContain(refresh_token)

        await admin.post(`/admin/social-platforms/${id}/disconnect`)
        expect(x.state.tokens.size).toBe(0)
        expect(x.state.refresh_tokens.size).toBe(0)
        expect(countRequests(x, "POST", /invalidate_token/)).toBe(0)
      })

      it("goes on with the new refresh token each time that an access token has ended", async () => {
        const id = await connect()
        for (let turn = 0; turn < 2; turn++) {
          const [used] = x.state.refresh_tokens.keys()
          x.state.tokens.clear()
          const { data } = await admin.post(
            `/admin/social-platforms/${id}/verify`
          )
          expect(data.verification).toMatchObject({ ok: true })
          expect(x.state.refresh_tokens.has(used)).toBe(false)
          expect(x.state.refresh_tokens.size).toBe(1)
        }
      })

      it("says that it has to be connected again when X has ended the grant", async () => {
        const id = await connect()
        x.state.tokens.clear()
        x.state.refresh_tokens.clear()
        const { data } = await admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect(data.verification).toMatchObject({ ok: false })
        expect(await storedPlatform(getContainer(), id)).toMatchObject({
          status: "error",
          token_validity: "false",
        })
      })

      it("takes the tokens that the Developer Console makes for the app's own account, without a consent", async () => {
        const id = await createPlatform("oauth1", {
          consumer_key: APP.consumer_key,
          consumer_secret: APP.consumer_secret,
          ...x.makeSignedTokens(),
        })
        const { status } = await admin.post(
          "/admin/socials/sync-platform-data",
          { platform_id: id }
        )
        expect(status).toBe(200)
        const { publications } = await publish(
          admin,
          await createPost(admin, { account_ids: [await account(id)] })
        )
        expect(publications[0].state).toBe("published")
      })

      it("connects by OAuth 1.0a, signs all that it sends, and ends the token at X", async () => {
        const id = await connectSigned()
        const { publications } = await publish(
          admin,
          await createPost(admin, {
            account_ids: [await account(id)],
            media: [{ url: pictures.url, alt_text: "A red scarf" }],
          })
        )
        expect(publications[0].state).toBe("published")
        expect(x.posts()[0].media[0].alt_text).toBe("A red scarf")
        await admin.post(`/admin/social-platforms/${id}/disconnect`)
        expect(x.state.signed_tokens.size).toBe(0)
      })
    })

    describe("publishing", () => {
      it("says what a post costs before it goes out", async () => {
        const account_id = await account()
        const warningsOf = async (body: object) => {
          const { data } = await admin.post("/admin/social-posts/check", {
            caption: "New in the shop",
            account_ids: [account_id],
            ...body,
          })
          return data.publications[0].warnings
        }
        const link = "https://shop.example.com/scarf"
        expect(await warningsOf({})).toMatchObject([
          {
            code: "price",
            message: "Publishing on Ada's shop (Our X) costs $0.015.",
          },
        ])
        expect(await warningsOf({ link })).toMatchObject([
          {
            message:
              "Publishing on Ada's shop (Our X) costs $0.20, and $0.015 without its link.",
          },
        ])
        expect(
          await warningsOf({ link, parts: [{ text: "More" }] })
        ).toMatchObject([
          {
            message:
              "Publishing on Ada's shop (Our X) costs $0.215: $0.20 for each part with a link, $0.015 for each other one.",
          },
        ])
      })

      it("counts as X does, and by what the account is subscribed to", async () => {
        const caption = "猫".repeat(141)
        const refused = await admin.post("/admin/social-posts", {
          caption,
          account_ids: [await account()],
        })
        expect([refused.status, refused.data.message]).toEqual([
          400,
          expect.stringContaining("The text is 282 characters"),
        ])
        x.state.user.subscription_type = "Premium"
        expect((await out({ caption })).status).toBe("published")
      })

      it("publishes pictures with their descriptions, a link and the chosen settings", async () => {
        const { publications } = await out(
          {
            link: "https://shop.example.com/scarf",
            media: [{ url: pictures.url, alt_text: "A red scarf" }],
          },
          { reply_settings: "mentionedUsers", paid_partnership: true }
        )
        const [post] = x.posts()
        expect(publications[0]).toMatchObject({
          state: "published",
          external_id: post.id,
          external_url: `${x.url}/adasshop/status/${post.id}`,
        })
        expect(post).toMatchObject({
          text: "The autumn collection is here\n\nhttps://shop.example.com/scarf",
          reply_settings: "mentionedUsers",
          paid_partnership: true,
          media: [{ media_type: "image/png", alt_text: "A red scarf" }],
        })
      })

      it("publishes a thread once, although the answer to each part gets lost", async () => {
        x.fault({ method: "POST", path: SENDS, kind: "drop_reply", times: 3 })
        const { publications } = await out({
          caption: "First",
          parts: [{ text: "Second" }, { text: "Third" }],
        })
        expect(publications[0].state).toBe("published")
        const [first, second, third] = x.posts()
        expect([second.in_reply_to, third.in_reply_to]).toEqual([
          first.id,
          second.id,
        ])
        expect(countRequests(x, "POST", SENDS)).toBe(3)
      })

      it("sends a video ahead of its time, and makes one call when that has come", async () => {
        x.state.processing_ms = 60_000
        const id = await write({
          media: [{ url: `${files.url}/film.mp4` }],
          scheduled_at: new Date(Date.now() + 300_000).toISOString(),
        })
        await runPublishing(getContainer())
        expect((await readPost(admin, id)).publications[0]).toMatchObject({
          state: "waiting",
          waiting: { why: "X processes the file", done: 50, of: 100 },
        })
        x.state.media[0].ready_at = 0
        expect((await goOn(id)).state).toBe("waiting")
        expect(x.posts()).toEqual([])

        await letTimeCome(getContainer(), id)
        x.requests.length = 0
        await runPublishing(getContainer())
        expect((await readPost(admin, id)).publications[0].state).toBe(
          "published"
        )
        expect(x.requests).toMatchObject([
          { method: "POST", path: "/2/tweets" },
        ])
      })

      it("asks X's list again before it sends what X never got, and sends it once more", async () => {
        x.fault({ method: "POST", path: SENDS, kind: "drop_request" })
        const { id, publications } = await out()
        expect(publications[0].state).toBe("unknown")
        expect((await goOn(id)).state).toBe("unknown")
        expect(countRequests(x, "POST", SENDS)).toBe(1)
        await letArmedTimePass(id)
        await goOn(id)
        expect((await goOn(id)).state).toBe("published")
        expect(x.posts()).toHaveLength(1)
        expect(countRequests(x, "POST", SENDS)).toBe(2)
      })

      it("refuses a repetition in X's words, with what to do", async () => {
        const id = await write()
        await publish(admin, id)
        const { publications } = await out()
        expect(publications[0]).toMatchObject({
          state: "failed",
          last_error: {
            class: "duplicate",
            message:
              "X answered 403 (http_403): You are not allowed to create a Tweet with duplicate content. Change the text: the account has posted just this before.",
          },
        })
        expect(x.posts()).toHaveLength(1)
      })

      it("waits for the end of X's limit, and goes on then", async () => {
        x.state.limit = 0
        const { id, publications } = await out()
        expect(publications[0]).toMatchObject({
          state: "pending",
          last_error: { class: "rate_limited" },
        })
        const wait = Date.parse(publications[0].next_attempt_at!) - Date.now()
        expect(wait).toBeGreaterThan(14 * 60_000)
        x.state.limit = 100
        expect((await goOn(id)).state).toBe("published")
      })

      it("removes a post at X", async () => {
        const { id, publications } = await out()
        const { status } = await admin.post(
          `/admin/social-posts/${id}/publications/${publications[0].id}/remove`
        )
        expect(status).toBe(200)
        expect(x.posts()).toEqual([])
      })
    })

    /** Lets the time pass that X's list may be behind. */
    const letArmedTimePass = (id: string) =>
      sql(
        getContainer(),
        "update social_publication set armed_at = armed_at - interval '5 minutes' where post_id = ?",
        [id]
      )
  },
})
