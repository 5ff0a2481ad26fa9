import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  type MetaSimulator,
  startMeta,
} from "../../sandbox/networks/meta/server"
import { INSTAGRAM, PAGE, PROFILE } from "../../sandbox/networks/meta/state"
import { countRequests } from "../../sandbox/networks/simulator"
import { socialsModule } from "../../src/credentials/modules"
import { type Admin, createAdmin, sql } from "./support/application"
import { dumpDatabase, storedPlatform } from "./support/database"
import { INSTAGRAM_SCOPES } from "../../src/providers/meta/instagram/provider"
import { connectMeta, consentAtMeta, createMetaPlatform } from "./support/meta"
import { type PictureServer, startPictureServer } from "./support/pictures"
import { createPost, publish, readPost } from "./support/posts"

jest.setTimeout(120_000)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let meta: MetaSimulator
    let pictures: PictureServer

    beforeAll(async () => {
      meta = await startMeta(0)
      pictures = await startPictureServer()
      const options = await socialsModule(getContainer()).getOptions()
      options.backend_url = String(api.defaults.baseURL)
    })
    afterAll(async () => {
      await pictures.close()
      await meta.close()
    })
    beforeEach(async () => {
      meta.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const create = (provider: string) =>
      createMetaPlatform(admin, meta, provider)
    const finish = (provider: string, id: string) =>
      consentAtMeta(admin, provider, id)
    const connect = (provider: string, apiConfig: object = {}) =>
      connectMeta(admin, meta, provider, apiConfig)
    const platformOf = async (id: string) =>
      (await admin.get(`/admin/social-platforms/${id}`)).data.social_platform
    const accountOf = async (platform: string) =>
      (await admin.get(`/admin/social-accounts?platform_id=${platform}`)).data
        .social_accounts[0]
    const postOn = async (
      provider: string,
      body: object = {},
      apiConfig: object = {}
    ) => {
      const { id } = await accountOf(await connect(provider, apiConfig))
      return publish(
        admin,
        await createPost(admin, {
          account_ids: [id],
          ...body,
        })
      )
    }
    const picture = () => ({ url: pictures.url, alt_text: "A red scarf" })

    it.each([
      ["facebook", PAGE.id],
      ["instagram", INSTAGRAM.id],
      ["instagram_login", INSTAGRAM.id],
      ["threads", PROFILE.id],
    ])(
      "connects %s by consent, and keeps a token of sixty days that nobody sees",
      async (provider, account) => {
        const id = await connect(provider)
        const platform = await platformOf(id)
        const days =
          (Date.parse(platform.token_expires_at) - Date.now()) / 86_400_000
        expect(days).toBeGreaterThan(59)
        expect(await accountOf(id)).toMatchObject({ external_id: account })

        const tokens = [...meta.state.tokens]
        expect(tokens.map(([, { kind }]) => kind)).toEqual(
          expect.arrayContaining(["short", "long"])
        )
        const { api_config } = await storedPlatform(getContainer(), id)
        expect(api_config).toHaveProperty("access_token_encrypted")
        const seen = `${JSON.stringify(platform)}${await dumpDatabase(getContainer())}`
        for (const [token] of tokens) {
          expect(seen).not.toContain(token)
        }
        const tested = await admin.post(`/admin/social-platforms/${id}/verify`)
        expect(tested.data.verification.message).toMatch(/belongs? to Ada/)
      }
    )

    it.each(["facebook", "instagram", "instagram_login"])(
      "stores nothing of %s when the right to publish was not granted",
      async (provider) => {
        meta.state.refused_scopes = [
          "pages_manage_posts",
          "instagram_content_publish",
          "instagram_business_content_publish",
        ]
        const id = await create(provider)
        const { status, data } = await finish(provider, id)
        expect(status).toBeGreaterThanOrEqual(400)
        expect(data.message).toMatch(/did not grant .*(?:publish|posts)/)
        const { api_config } = await storedPlatform(getContainer(), id)
        expect(api_config).not.toHaveProperty("access_token_encrypted")
      }
    )

    const factsOf = async (platform: string) => {
      const { id } = await accountOf(platform)
      return (await admin.get(`/admin/social-accounts/${id}/publishing`)).data
        .facts
    }

    it("has itself told what becomes of a page's posts, beside what the app is told already", async () => {
      meta.state.subscribed_fields = ["messages"]
      const id = await connect("facebook")
      expect(meta.state.subscribed_fields).toEqual(["messages", "feed"])
      expect(await factsOf(id)).toEqual({ told_of_removals: true })
      await admin.post("/admin/socials/sync-platform-data", { platform_id: id })
      expect(countRequests(meta, "POST", /\/subscribed_apps$/)).toBe(1)
    })

    it("publishes on a page without the right to be told of removals, and says what to do", async () => {
      meta.state.refused_scopes = ["pages_manage_metadata"]
      const id = await connect("facebook")
      expect(meta.state.subscribed_fields).toEqual([])
      expect(await factsOf(id)).toEqual({
        told_of_removals: false,
        note: expect.stringContaining("pages_manage_metadata was not granted"),
      })
      const tested = await admin.post(`/admin/social-platforms/${id}/verify`)
      expect(tested.data.verification.message).toContain(
        "It was not granted pages_manage_metadata"
      )
    })

    const removeFrom = async (post: Awaited<ReturnType<typeof postOn>>) => {
      const [{ id }] = post.publications
      const path = `/admin/social-posts/${post.id}/publications/${id}/remove`
      const { status, data } = await admin.post(path)
      return [status, data.message, meta.posts().length]
    }

    it.each(["facebook", "instagram", "threads"])(
      "takes a post back at %s",
      async (provider) => {
        const scopes = [...INSTAGRAM_SCOPES, "instagram_manage_contents"]
        const post = await postOn(
          provider,
          { media: [picture()] },
          provider === "instagram" ? { scopes: scopes.join(" ") } : {}
        )
        expect(meta.posts()).toHaveLength(1)
        expect(await removeFrom(post)).toEqual([200, undefined, 0])
      }
    )

    it("says which permission deleting takes at Instagram, for which it does not ask by itself", async () => {
      const post = await postOn("instagram", { media: [picture()] })
      expect(await removeFrom(post)).toEqual([
        400,
        expect.stringContaining("the permission instagram_manage_contents"),
        1,
      ])
    })

    it("takes a post for removed that somebody has deleted at Facebook before", async () => {
      const { id, publications } = await postOn("facebook")
      meta.state.posts = []
      const { status } = await admin.post(
        `/admin/social-posts/${id}/publications/${publications[0].id}/remove`
      )
      expect(status).toBe(200)
    })

    it("says that the app secret is wrong, and not that the code is", async () => {
      const id = await create("facebook")
      meta.state.apps.facebook.secret = "another"
      const { data } = await finish("facebook", id)
      expect(data.message).toContain("client secret is not accepted")
    })

    it("publishes on a page with the page's own token: photos, then a first comment", async () => {
      const post = await postOn("facebook", {
        caption: "Scarves",
        media: [picture()],
        parts: [{ text: "Which colour?" }],
      })
      expect(post.status).toBe("published")
      const [photo, comment] = meta.posts()
      expect(photo).toMatchObject({
        text: "Scarves",
        files: [{ content_type: "image/jpeg", alt_text: "A red scarf" }],
      })
      expect(comment).toMatchObject({ kind: "comment", reply_to: photo.id })
      expect(post.publications[0]).toMatchObject({
        external_id: photo.id,
        external_url: `https://www.facebook.com/${photo.id}`,
      })
    })

    it("publishes a text on a page once when the answer gets lost", async () => {
      const { id } = await accountOf(await connect("facebook"))
      meta.fault({ method: "POST", path: /\/feed$/, kind: "drop_reply" })
      const post = await publish(
        admin,
        await createPost(admin, { account_ids: [id] })
      )
      expect(post.status).toBe("published")
      expect(meta.posts()).toHaveLength(1)
      expect(post.publications[0].external_id).toBe(meta.posts()[0].id)
    })

    it("has Instagram fetch a JPEG from the store's signed address, whatever the file is", async () => {
      const post = await postOn("instagram_login", { media: [picture()] })
      expect(post.publications[0].last_error).toBeNull()
      const [published] = meta.posts()
      expect(published).toMatchObject({
        files: [{ content_type: "image/jpeg", alt_text: "A red scarf" }],
        fields: { caption: "The autumn collection is here" },
      })
      expect(published.fields.image_url).toContain("/social-media/")
      expect(post.publications[0]).toMatchObject({
        external_id: published.id,
        external_url: `${meta.url}/posts/${published.id}`,
      })
    })

    it("publishes a carousel on Instagram once when the answer gets lost", async () => {
      const { id } = await accountOf(await connect("instagram"))
      meta.fault({ path: /media_publish$/, kind: "drop_reply" })
      const post = await publish(
        admin,
        await createPost(admin, {
          account_ids: [id],
          media: [picture(), { url: `${pictures.url}?2`, alt_text: "A hat" }],
        })
      )
      expect(post.status).toBe("published")
      expect(meta.posts()).toMatchObject([{ files: [{}, {}] }])
      expect(countRequests(meta, "POST", /media_publish$/)).toBe(1)
    })

    it("publishes a chain on Threads, with an address for each of its parts", async () => {
      const post = await postOn("threads", {
        caption: "Scarves",
        media: [picture()],
        parts: [{ text: "They are made of wool" }],
      })
      expect(post.status).toBe("published")
      const [first, second] = meta.posts()
      expect(second).toMatchObject({ kind: "reply", reply_to: first.id })
      expect(post.publications[0].parts).toMatchObject(
        [first, second].map(({ id }) => ({
          external_id: id,
          url: `${meta.url}/posts/${id}`,
        }))
      )
    })

    it("waits until the day's posts are free again, and says so", async () => {
      const { id } = await accountOf(await connect("threads"))
      await publish(admin, await createPost(admin, { account_ids: [id] }))
      meta.state.quota.threads = 1
      const post = await publish(
        admin,
        await createPost(admin, { account_ids: [id], caption: "One more" })
      )
      expect(post.publications[0]).toMatchObject({
        state: "waiting",
        attempts: 0,
        waiting: {
          why: "Ada's shop has had its 1 posts of the day at Threads",
        },
      })
      expect(meta.posts()).toHaveLength(1)
    })

    it("asks for a new connection when somebody has withdrawn the access, and nothing went out", async () => {
      const platform = await connect("threads")
      const { id } = await accountOf(platform)
      for (const token of meta.state.tokens.values()) {
        token.is_revoked = true
      }
      const post = await createPost(admin, { account_ids: [id] })
      await publish(admin, post)
      const { publications } = await readPost(admin, post)
      expect(publications[0]).toMatchObject({
        state: "failed",
        last_error: { class: "token_invalid" },
      })
      expect(meta.posts()).toEqual([])
      expect((await platformOf(platform)).token_validity).toBe("false")
    })

    it("exchanges the token ahead of its end", async () => {
      const platform = await connect("threads")
      await sql(
        getContainer(),
        "update social_platform set token_expires_at = now() + interval '1 day', connected_at = now() - interval '59 days' where id = ?",
        [platform]
      )
      for (const token of meta.state.tokens.values()) {
        token.issued_at -= 59 * 86_400_000
      }
      await admin.post("/admin/socials/sync-platform-data", {
        platform_id: platform,
      })
      const deadline = Date.now() + 10_000
      let days = 0
      while (days < 59 && Date.now() < deadline) {
        const { token_expires_at } = await platformOf(platform)
        days = (Date.parse(token_expires_at) - Date.now()) / 86_400_000
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      expect(days).toBeGreaterThan(59)
      expect(countRequests(meta, "GET", /refresh_access_token$/)).toBe(1)
    })

    it("takes back at Facebook what was granted when it is disconnected", async () => {
      const id = await connect("facebook")
      await admin.post(`/admin/social-platforms/${id}/disconnect`)
      expect(
        [...meta.state.tokens.values()].every(({ is_revoked }) => is_revoked)
      ).toBe(true)
    })
  },
})
