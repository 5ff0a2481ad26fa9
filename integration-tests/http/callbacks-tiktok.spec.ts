import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { approveConsent } from "../../sandbox/consent-client"
import { signEvent } from "../../sandbox/networks/tiktok/callbacks"
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
import {
  callbacksDone,
  callbacksOf,
  sendCallback,
  type Sent,
} from "./support/callbacks"
import { type FileServer, startFileServer } from "./support/file-server"
import { createPost, publish, readPost, runPublishing } from "./support/posts"
import { makeVideo } from "./support/videos"

jest.setTimeout(120_000)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let tiktok: TikTokSimulator
    let files: FileServer
    let backendUrl: string | null

    beforeAll(async () => {
      tiktok = await startTikTok(0)
      files = await startFileServer()
      files.files.set("film.mp4", {
        body: await makeVideo({ width: 720, height: 1280 }),
        type: "video/mp4",
      })
      const options = await socialsModule(getContainer()).getOptions()
      backendUrl = options.backend_url
      options.backend_url = String(api.defaults.baseURL)
    })
    afterAll(async () => {
      const options = await socialsModule(getContainer()).getOptions()
      options.backend_url = backendUrl
      await tiktok.close()
      await files.close()
    })
    beforeEach(async () => {
      tiktok.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const connect = async (): Promise<string> => {
      const { data } = await admin.post("/admin/social-platforms", {
        name: "Our TikTok",
        provider: "tiktok",
        api_config: {
          base_url: tiktok.url,
          client_id: CLIENT_KEY,
          client_secret: CLIENT_SECRET,
        },
      })
      const { id } = data.social_platform
      const begun = await admin.get(`/admin/oauth/tiktok?platform_id=${id}`)
      const { searchParams } = new URL(
        await approveConsent(begun.data.location)
      )
      await admin.post("/admin/oauth/tiktok/callback", {
        state: searchParams.get("state"),
        code: searchParams.get("code"),
        platform_id: id,
      })
      return id
    }
    const platformOf = async (id: string) =>
      (await admin.get(`/admin/social-platforms/${id}`)).data.social_platform
    /** Sends an event to the address that the platform's page shows. */
    const tell = async (platform: string, sent: Sent): Promise<number> => {
      const [{ url }] = await callbacksOf(admin, platform)
      const { status } = await sendCallback(url, sent)
      await callbacksDone(getContainer())
      return status
    }
    const publishOn = async (platform: string) =>
      publish(
        admin,
        await createPost(admin, {
          account_ids: [],
          publications: [
            {
              account_id: await accountOf(admin, platform, CREATOR.open_id),
              settings: { privacy_level: "PUBLIC_TO_EVERYONE" },
            },
          ],
          media: [{ url: `${files.url}/film.mp4` }],
        })
      )

    it("asks about a post at once when TikTok says that it is out", async () => {
      tiktok.state.processing_ms = 3_600_000
      const platform = await connect()
      const { id, publications } = await publishOn(platform)
      const [waiting] = publications
      expect(waiting.state).toBe("waiting")
      expect(Date.parse(waiting.next_attempt_at!)).toBeGreaterThan(Date.now())

      const [post] = tiktok.state.posts
      post.done_at = post.reviewed_at = Date.now()
      const { publish_id } = post
      const told = signEvent(tiktok.state, "post.publish.complete", {
        publish_id,
      })
      expect(await tell(platform, told)).toBe(200)
      await runPublishing(getContainer())
      const after = await readPost(admin, id)
      expect(after.publications[0]).toMatchObject({
        state: "published",
        external_id: post.id,
      })
    })

    it("shows on the post that it is no longer public", async () => {
      tiktok.state.processing_ms = 0
      const platform = await connect()
      const { id, publications } = await publishOn(platform)
      const told = signEvent(
        tiktok.state,
        "post.publish.no_longer_publicaly_available",
        { post_id: publications[0].external_id }
      )
      expect(await tell(platform, told)).toBe(200)
      const after = await readPost(admin, id)
      expect(after.publications[0].removed_by_network).toMatchObject({
        part: 0,
        reason: "TikTok no longer shows it to the public.",
      })
    })

    it("marks the platform of somebody who has removed the app, and only if TikTok has said so now", async () => {
      const platform = await connect()
      const now = Math.floor(Date.now() / 1000)
      const removed = (time = now) =>
        signEvent(tiktok.state, "authorization.removed", { reason: 1 }, time)
      const { headers } = removed()
      const changed = signEvent(tiktok.state, "authorization.removed", {})
      expect([
        await tell(platform, removed(now - 3_600)),
        await tell(platform, { ...changed, headers }),
      ]).toEqual([403, 403])
      expect((await platformOf(platform)).connection).toBe("connected")

      expect(await tell(platform, removed())).toBe(200)
      expect(await platformOf(platform)).toMatchObject({
        connection: "reauthorization_required",
        last_error: {
          message: "The person who connected it has removed the app at TikTok.",
        },
      })
    })
  },
})
