import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { approveConsent } from "../../sandbox/consent-client"
import {
  type GoogleSimulator,
  startGoogle,
} from "../../sandbox/networks/google/server"
import {
  CHANNEL,
  CLIENT_ID,
  CLIENT_SECRET,
} from "../../sandbox/networks/google/state"
import { countRequests } from "../../sandbox/networks/simulator"
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
import { makeVideo } from "./support/videos"

jest.setTimeout(120_000)

/** The call that makes a video visible. */
const SHOWS = /^\/youtube\/v3\/videos$/

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let google: GoogleSimulator
    let files: FileServer

    beforeAll(async () => {
      google = await startGoogle(0)
      files = await startFileServer()
      files.files.set("film.mp4", {
        body: await makeVideo({ width: 180, height: 320 }),
        type: "video/mp4",
      })
    })
    afterAll(async () => {
      await google.close()
      await files.close()
    })
    beforeEach(async () => {
      google.reset()
      google.state.processing_ms = 0
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const begin = async (provider: string) => {
      const { data } = await admin.post("/admin/social-platforms", {
        name: "Our Google",
        provider,
        api_config: {
          base_url: google.url,
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
        },
      })
      const { id } = data.social_platform
      const begun = await admin.get(
        `/admin/oauth/${provider}?platform_id=${id}`
      )
      return { id, location: begun.data.location as string }
    }
    const connect = async (provider: string): Promise<string> => {
      const { id, location } = await begin(provider)
      const { searchParams } = new URL(await approveConsent(location))
      const { status, data } = await admin.post(
        `/admin/oauth/${provider}/callback`,
        {
          state: searchParams.get("state"),
          code: searchParams.get("code"),
          platform_id: id,
        }
      )
      expect([status, data.message]).toEqual([200, undefined])
      return id
    }

    describe("YouTube", () => {
      const channel = async (): Promise<string> =>
        accountOf(admin, await connect("youtube"), CHANNEL.id)

      const write = async (settings: object = {}, body: object = {}) =>
        createPost(admin, {
          account_ids: [],
          publications: [
            {
              account_id: await channel(),
              settings: { made_for_kids: "no", ...settings },
            },
          ],
          caption: "The autumn scarf\nWarm and light.",
          link: "https://shop.example.com/scarf",
          media: [{ url: `${files.url}/film.mp4` }],
          ...body,
        })

      it("connects for good, with the one scope that it needs, and ends the grant when it is disconnected", async () => {
        // A consent that was given before brings a refresh token all the same.
        google.state.has_consented = true
        const id = await connect("youtube")
        const { data } = await admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect(data.verification.message).toBe(
          "The credentials belong to the channel Ada's shop (@adasshop)."
        )
        const [[refresh_token, grant]] = google.state.refresh_tokens
        expect(grant.scopes).toEqual([
          "https://www.googleapis.com/auth/youtube",
        ])
        const { api_config } = await storedPlatform(getContainer(), id)
        expect(Object.keys(api_config)).toContain("refresh_token_encrypted")
        expect(JSON.stringify(api_config)).not.toContain(refresh_token)

        await admin.post(`/admin/social-platforms/${id}/disconnect`)
        expect(google.state.refresh_tokens.size).toBe(0)
      })

      it("asks whether a video is made for kids, and warns that it becomes a Short", async () => {
        const account_id = await channel()
        const { data } = await admin.post("/admin/social-media", {
          url: `${files.url}/film.mp4`,
        })
        const check = (settings: object) =>
          admin.post("/admin/social-posts/check", {
            caption: "The autumn scarf",
            media: [
              {
                url: `${files.url}/film.mp4`,
                media_id: data.social_media.id,
              },
            ],
            publications: [{ account_id, settings }],
          })
        const missing = await check({})
        expect(JSON.stringify(missing.data)).toContain(
          "(made_for_kids) must be one of: no, yes."
        )
        const { publications: checks } = (await check({ made_for_kids: "no" }))
          .data
        expect(checks[0]).toMatchObject({
          violations: [],
          warnings: [
            {
              code: "media_shown_as",
              message: expect.stringContaining("shows it as a Short"),
            },
          ],
        })
      })

      it("publishes a video with its title, link and playlist", async () => {
        const { publications } = await publish(
          admin,
          await write({ playlist: "PLsimulatedAutumn", tags: ["scarf"] })
        )
        const [video] = google.posts()
        expect(publications[0]).toMatchObject({
          state: "published",
          external_id: video.id,
          external_url: `${google.url}/watch?v=${video.id}`,
        })
        expect(video.snippet).toMatchObject({
          title: "The autumn scarf",
          description:
            "The autumn scarf\nWarm and light.\n\nhttps://shop.example.com/scarf",
          tags: ["scarf"],
        })
        expect(google.state.playlists[0].videos).toEqual([video.id])
      })

      it("sends a video ahead of its time, and shows it when that has come", async () => {
        google.state.processing_ms = 60_000
        const in_five_minutes = new Date(Date.now() + 300_000).toISOString()
        const id = await write({}, { scheduled_at: in_five_minutes })
        await runPublishing(getContainer())
        const { publications } = await readPost(admin, id)
        expect(publications[0]).toMatchObject({
          state: "waiting",
          waiting: { why: "YouTube processes the video", done: 400, of: 1000 },
        })
        expect(google.state.videos).toHaveLength(1)
        google.state.videos[0].processed_at = 0
        await makeDue(getContainer(), id)
        await runPublishing(getContainer())
        expect((await readPost(admin, id)).publications[0].state).toBe(
          "waiting"
        )
        expect(google.posts()).toEqual([])

        await letTimeCome(getContainer(), id)
        google.requests.length = 0
        await runPublishing(getContainer())
        expect((await readPost(admin, id)).publications[0].state).toBe(
          "published"
        )
        // Nothing but the armed call was left.
        expect(google.requests.map(({ method }) => method)).toEqual(["PUT"])
      })

      it("publishes once when the answer to the last call gets lost", async () => {
        google.fault({ method: "PUT", path: SHOWS, kind: "drop_reply" })
        const { publications } = await publish(admin, await write())
        expect(publications[0].state).toBe("published")
        expect(google.posts()).toHaveLength(1)
        expect(google.state.videos).toHaveLength(1)
        expect(countRequests(google, "PUT", SHOWS)).toBe(1)
      })

      it("keeps the address of an upload sealed", async () => {
        google.fault({
          method: "PUT",
          path: /^\/upload\//,
          kind: "reply",
          reply: { status: 503, headers: {}, body: "{}" },
        })
        const id = await write()
        await publish(admin, id)
        const [session] = google.state.sessions.keys()
        const said = JSON.stringify(
          (await admin.get(`/admin/social-posts/${id}`)).data
        )
        expect(said).not.toContain(session)
        await makeDue(getContainer(), id)
        await runPublishing(getContainer())
        expect(google.posts()).toHaveLength(1)
        expect(google.state.sessions.size).toBe(1)
      })

      it("waits until midnight by Pacific time when the day's units are used up", async () => {
        const id = await write()
        google.state.units.limit = google.state.units.used
        const { publications } = await publish(admin, id)
        expect(publications[0]).toMatchObject({
          last_error: {
            class: "rate_limited",
            message: expect.stringContaining("midnight, Pacific time"),
          },
        })
      })

      it("shows nothing that YouTube rejects, and can be repaired", async () => {
        google.state.fates = [
          { uploadStatus: "rejected", rejectionReason: "duplicate" },
        ]
        const id = await write()
        const { publications } = await publish(admin, id)
        expect(publications[0]).toMatchObject({
          state: "failed",
          last_error: {
            class: "content_rejected",
            message: expect.stringContaining("has this video already"),
          },
        })
        expect(google.posts()).toEqual([])
        expect((await retry(admin, id)).publications[0].state).toBe("published")
      })

      it("removes a video at YouTube", async () => {
        const { id, publications } = await publish(admin, await write())
        const { status } = await admin.post(
          `/admin/social-posts/${id}/publications/${publications[0].id}/remove`
        )
        expect(status).toBe(200)
        expect(google.state.videos).toEqual([])
      })
    })

    describe("Google Business Profile", () => {
      const location = async (): Promise<string> =>
        accountOf(
          admin,
          await connect("google_business_profile"),
          "accounts/1/locations/11"
        )

      it("publishes an offer with its coupon", async () => {
        const post = await publish(
          admin,
          await createPost(admin, {
            account_ids: [],
            publications: [
              {
                account_id: await location(),
                settings: {
                  topic: "offer",
                  title: "Ten per cent off",
                  starts: "2026-12-01",
                  ends: "2026-12-24",
                  coupon_code: "AUTUMN10",
                },
              },
            ],
            caption: "Warm scarves have come in.",
            link: "https://shop.example.com/scarf",
          })
        )
        const [offer] = google.state.local_posts
        expect(post.publications[0]).toMatchObject({
          state: "published",
          external_id: offer.name,
          external_url: offer.searchUrl,
        })
        expect(offer).toMatchObject({
          topicType: "OFFER",
          offer: {
            couponCode: "AUTUMN10",
            redeemOnlineUrl: "https://shop.example.com/scarf",
          },
        })
      })

      it("finds a post whose answer got lost among the location's", async () => {
        google.fault({
          method: "POST",
          path: /localPosts$/,
          kind: "drop_reply",
        })
        const { publications } = await publish(
          admin,
          await createPost(admin, { account_ids: [await location()] })
        )
        expect(publications[0].state).toBe("published")
        expect(google.state.local_posts).toHaveLength(1)
      })

      it("says that Google has to give access where the project has none", async () => {
        google.state.has_business_access = false
        const id = await connect("google_business_profile")
        const { data } = await admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect(JSON.stringify(data)).toContain("ask for it with Google's form")
      })
    })
  },
})
