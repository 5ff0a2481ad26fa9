import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { approveConsent, refuseConsent } from "../../sandbox/consent-client"
import { countRequests } from "../../sandbox/networks/simulator"
import {
  startTikTok,
  type TikTokSimulator,
} from "../../sandbox/networks/tiktok/server"
import {
  CLIENT_KEY,
  CLIENT_SECRET,
  CREATOR,
} from "../../sandbox/networks/tiktok/state"
import { socialsModule } from "../../src/credentials/modules"
import { accountOf, type Admin, createAdmin } from "./support/application"
import { storedPlatform } from "./support/database"
import { type FileServer, startFileServer } from "./support/file-server"
import {
  createPost,
  letTimeCome,
  makeDue,
  publish,
  readPost,
  retry,
  runPublishing,
} from "./support/posts"
import { PNG } from "./support/pictures"
import { makeVideo } from "./support/videos"

jest.setTimeout(120_000)

/** The pieces of a file. */
const PIECES = /^\/video\/$/
const STATUS = /status\/fetch/

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let tiktok: TikTokSimulator
    let files: FileServer
    let backendUrl: string | null

    beforeAll(async () => {
      const options = await socialsModule(getContainer()).getOptions()
      backendUrl = options.backend_url
      options.backend_url = String(api.defaults.baseURL)
      tiktok = await startTikTok(0)
      files = await startFileServer()
      files.files.set("film.mp4", {
        body: await makeVideo({ width: 720, height: 1280 }),
        type: "video/mp4",
      })
    })
    afterAll(async () => {
      const options = await socialsModule(getContainer()).getOptions()
      options.backend_url = backendUrl
      await tiktok.close()
      await files.close()
    })
    beforeEach(async () => {
      tiktok.reset()
      tiktok.state.processing_ms = 0
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const begin = async (config: object = {}) => {
      const { data } = await admin.post("/admin/social-platforms", {
        name: "Our TikTok",
        provider: "tiktok",
        api_config: {
          base_url: tiktok.url,
          client_id: CLIENT_KEY,
          client_secret: CLIENT_SECRET,
          ...config,
        },
      })
      const { id } = data.social_platform
      const begun = await admin.get(`/admin/oauth/tiktok?platform_id=${id}`)
      return { id, location: begun.data.location as string }
    }
    const finish = async (platform_id: string, redirect: string) => {
      const { searchParams } = new URL(redirect)
      return admin.post("/admin/oauth/tiktok/callback", {
        state: searchParams.get("state"),
        code: searchParams.get("code") ?? undefined,
        error: searchParams.get("error") ?? undefined,
        platform_id,
      })
    }
    const connect = async (config: object = {}): Promise<string> => {
      const { id, location } = await begin(config)
      const { status, data } = await finish(id, await approveConsent(location))
      expect([status, data.message]).toEqual([200, undefined])
      return id
    }
    const profile = async (): Promise<string> =>
      accountOf(admin, await connect(), CREATOR.open_id)

    const write = async (settings: object = {}, body: object = {}) =>
      createPost(admin, {
        account_ids: [],
        publications: [
          {
            account_id: await profile(),
            settings: { privacy_level: "PUBLIC_TO_EVERYONE", ...settings },
          },
        ],
        caption: "The autumn scarf #scarf",
        media: [{ url: `${files.url}/film.mp4` }],
        ...body,
      })

    describe("TikTok", () => {
      it("connects by its client key, refreshes with the newest refresh token, and ends the grant", async () => {
        const id = await connect()
        const { data } = await admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect(data.verification.message).toBe(
          "The credentials belong to Ada's shop (@adasshop)."
        )
        const first = [...tiktok.state.refresh_tokens.keys()]
        for (const token of tiktok.state.tokens.values()) {
          token.ends_at = 0
        }
        const synced = await admin.post("/admin/socials/sync-platform-data", {
          platform_id: id,
        })
        expect(synced.status).toBe(200)
        const second = [...tiktok.state.refresh_tokens.keys()]
        expect([first.length, second.length]).toEqual([1, 1])
        expect(second).not.toEqual(first)

        const { api_config } = await storedPlatform(getContainer(), id)
        expect(api_config).toMatchObject({ open_id: CREATOR.open_id })
        expect(JSON.stringify(api_config)).not.toContain(second[0])
        await admin.post(`/admin/social-platforms/${id}/disconnect`)
        expect(tiktok.state.refresh_tokens.size).toBe(0)
      })

      it("connects an app for a desktop with PKCE as TikTok has it", async () => {
        const { id, location } = await begin({ app_type: "desktop" })
        expect(new URL(location).searchParams.get("code_challenge")).toMatch(
          /^[0-9a-f]{64}$/
        )
        const { status } = await finish(id, await approveConsent(location))
        expect(status).toBe(200)
      })

      it("stores nothing when the grant is refused", async () => {
        const { id, location } = await begin()
        const { status, data } = await finish(id, await refuseConsent(location))
        expect(status).toBeGreaterThanOrEqual(400)
        expect(JSON.stringify(data)).toContain(
          "Access was refused at the service"
        )
        const { api_config } = await storedPlatform(getContainer(), id)
        expect(Object.keys(api_config)).not.toContain("access_token_encrypted")
      })

      it("asks who can see a post, and offers what the account has", async () => {
        const account_id = await profile()
        const check = async (settings: object) =>
          JSON.stringify(
            (
              await admin.post("/admin/social-posts/check", {
                caption: "A scarf",
                media: [{ url: `${files.url}/film.mp4` }],
                publications: [{ account_id, settings }],
              })
            ).data
          )
        expect(await check({})).toContain("(privacy_level) is missing.")
        expect(
          await check({ privacy_level: "SELF_ONLY", branded_content: true })
        ).toContain("must not be SELF_ONLY for a paid partnership")
        const { data } = await admin.get(
          `/admin/social-accounts/${account_id}/lookups/privacy_levels`
        )
        expect(JSON.stringify(data)).toContain('"SELF_ONLY"')
        expect(JSON.stringify(data)).not.toContain("FOLLOWER_OF_CREATOR")
      })

      it("publishes a video with what its settings say", async () => {
        const { publications } = await publish(
          admin,
          await write({ allow_comments: true, your_brand: true })
        )
        const [video] = tiktok.posts()
        expect(publications[0]).toMatchObject({
          state: "published",
          external_id: video.id,
          external_url: `${tiktok.url}/@adasshop/video/${video.id}`,
        })
        expect(video.info).toMatchObject({
          title: "The autumn scarf #scarf",
          disable_comment: false,
          disable_duet: true,
          brand_organic_toggle: true,
        })
      })

      it("has photos fetched from the store's own address, as JPEG", async () => {
        files.files.set("scarf.png", { body: PNG, type: "image/png" })
        const photos = {
          media: [
            { url: `${files.url}/scarf.png` },
            { url: `${files.url}/scarf.png` },
          ],
        }
        const { publications } = await publish(
          admin,
          await write({ title: "Autumn" }, photos)
        )
        const [post] = tiktok.posts()
        expect(publications[0]).toMatchObject({
          state: "published",
          external_url: `${tiktok.url}/@adasshop/photo/${post.id}`,
        })
        expect(post.addresses[0]).toContain("/social-media/")
        expect(post.files.map(({ content_type }) => content_type)).toEqual([
          "image/jpeg",
          "image/jpeg",
        ])

        tiktok.state.verified_prefix = "https://verified.example.com/"
        const refused = await publish(admin, await write({}, photos))
        expect(refused.publications[0]).toMatchObject({
          state: "failed",
          last_error: {
            code: "url_ownership_unverified",
            message: expect.stringContaining("/social-media/ at TikTok"),
          },
        })
      })

      it("says while TikTok works on a video, which nobody can edit or send again", async () => {
        tiktok.state.processing_ms = 60_000
        const id = await write()
        const { status, publications } = await publish(admin, id)
        const [{ id: publication_id, ...publication }] = publications
        expect([status, publication]).toEqual([
          "publishing",
          expect.objectContaining({
            state: "waiting",
            waiting: expect.objectContaining({
              why: "TikTok processes the video",
            }),
            last_error: null,
            attempts: 0,
          }),
        ])
        const edited = await admin.post(
          `/admin/social-posts/${id}/publications/${publication_id}`,
          { settings: { privacy_level: "SELF_ONLY" } }
        )
        expect(edited.status).toBeGreaterThanOrEqual(400)

        // TikTok cannot be asked for a moment: nothing is lost by that.
        tiktok.fault({
          path: STATUS,
          kind: "reply",
          reply: { status: 503, headers: {}, body: "" },
        })
        await makeDue(getContainer(), id)
        await runPublishing(getContainer())
        expect((await readPost(admin, id)).publications[0].state).toBe(
          "waiting"
        )
        tiktok.state.posts[0].done_at = 0
        tiktok.state.posts[0].reviewed_at = 0
        await makeDue(getContainer(), id)
        await runPublishing(getContainer())
        expect((await readPost(admin, id)).publications[0].state).toBe(
          "published"
        )
        expect(countRequests(tiktok, "PUT", PIECES)).toBe(1)
      })

      it("sends nothing before its time but what nobody sees", async () => {
        const in_five_minutes = new Date(Date.now() + 300_000).toISOString()
        const id = await write({}, { scheduled_at: in_five_minutes })
        await runPublishing(getContainer())
        expect(tiktok.state.posts).toHaveLength(1)
        expect(countRequests(tiktok, "PUT", PIECES)).toBe(0)
        await letTimeCome(getContainer(), id)
        await runPublishing(getContainer())
        await makeDue(getContainer(), id)
        await runPublishing(getContainer())
        expect((await readPost(admin, id)).publications[0].state).toBe(
          "published"
        )
        expect(tiktok.state.posts).toHaveLength(1)
      })

      it("publishes once when the answer to the last piece gets lost", async () => {
        tiktok.fault({ method: "PUT", path: PIECES, kind: "drop_reply" })
        const { publications } = await publish(admin, await write())
        expect(publications[0].state).toBe("published")
        expect(tiktok.state.posts).toHaveLength(1)
        expect(countRequests(tiktok, "PUT", PIECES)).toBe(1)
      })

      it("fails with TikTok's reason, also when that comes late, and can be repaired", async () => {
        tiktok.state.fates = [{ fail_reason: "spam_risk_text" }]
        const id = await write()
        const { publications } = await publish(admin, id)
        expect(publications[0]).toMatchObject({
          state: "failed",
          last_error: {
            class: "content_rejected",
            code: "spam_risk_text",
            message: expect.stringContaining("Change it before"),
          },
        })
        expect(tiktok.posts()).toEqual([])
        expect((await retry(admin, id)).publications[0].state).toBe("published")
      })

      it("refuses before anything is sent what TikTok's audit forbids", async () => {
        tiktok.state.audited = false
        const { publications } = await publish(admin, await write())
        expect(publications[0]).toMatchObject({
          state: "failed",
          last_error: {
            class: "config_error",
            message: expect.stringContaining("has not audited the app yet"),
          },
        })
        expect(countRequests(tiktok, "PUT", PIECES)).toBe(0)
      })

      it("waits when the account has had its posts for the day", async () => {
        const id = await write()
        tiktok.state.posts_left = 0
        const { publications } = await publish(admin, id)
        expect(publications[0]).toMatchObject({
          state: "pending",
          last_error: {
            class: "rate_limited",
            code: "spam_risk_too_many_posts",
          },
        })
        const next = Date.parse(publications[0].next_attempt_at ?? "")
        expect(next - Date.now()).toBeGreaterThan(50 * 60_000)
      })

      it("leaves to a person what lies in the inbox", async () => {
        const { status, publications } = await publish(
          admin,
          await write({ post_mode: "inbox", privacy_level: undefined })
        )
        expect([status, publications[0]]).toEqual([
          "needs_attention",
          expect.objectContaining({
            state: "handed_over",
            waiting: {
              why: expect.stringContaining("TikTok inbox of Ada's shop"),
            },
          }),
        ])
        expect([tiktok.posts(), tiktok.inbox().length]).toEqual([[], 1])
      })
    })
  },
})
