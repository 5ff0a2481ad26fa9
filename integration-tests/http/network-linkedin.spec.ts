import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { approveConsent, refuseConsent } from "../../sandbox/consent-client"
import {
  type LinkedInSimulator,
  startLinkedIn,
} from "../../sandbox/networks/linkedin/server"
import {
  CLIENT_ID,
  CLIENT_SECRET,
  MEMBER,
  PAGE,
  PAGE_SCOPES,
  PROFILE_SCOPES,
} from "../../sandbox/networks/linkedin/state"
import { countRequests } from "../../sandbox/networks/simulator"
import { accountOf, type Admin, createAdmin, sql } from "./support/application"
import { dumpDatabase, storedPlatform } from "./support/database"
import { type FileServer, startFileServer } from "./support/file-server"
import { PNG } from "./support/pictures"
import {
  createPost,
  makeDue,
  publish,
  readPost,
  retry,
  runPublishing,
} from "./support/posts"

jest.setTimeout(120_000)

/** The call that makes a post public. */
const POSTS = /^\/rest\/posts$/

const PDF = Buffer.from(`%PDF-1.4\n${" ".repeat(64)}\n%%EOF\n`)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let linkedin: LinkedInSimulator
    let files: FileServer

    beforeAll(async () => {
      linkedin = await startLinkedIn(0)
      files = await startFileServer()
      files.files.set("scarf.png", { body: PNG, type: "image/png" })
      files.files.set("hat.png", { body: PNG, type: "image/png" })
      files.files.set("autumn.pdf", { body: PDF, type: "application/pdf" })
    })
    afterAll(async () => {
      await linkedin.close()
      await files.close()
    })
    beforeEach(async () => {
      linkedin.reset()
      linkedin.state.processing_ms = 0
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const begin = async (settings: object = {}) => {
      const { status, data } = await admin.post("/admin/social-platforms", {
        name: "Our LinkedIn",
        provider: "linkedin",
        api_config: {
          base_url: linkedin.url,
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          ...settings,
        },
      })
      expect([status, data.message]).toEqual([200, undefined])
      const { id } = data.social_platform
      const begun = await admin.get(`/admin/oauth/linkedin?platform_id=${id}`)
      return { id, location: begun.data.location as string }
    }
    const finish = async (id: string, location: string) => {
      const { searchParams } = new URL(location)
      return admin.post("/admin/oauth/linkedin/callback", {
        ...Object.fromEntries(searchParams),
        platform_id: id,
      })
    }
    const connect = async (
      settings: object = { publishes_on: "profile and pages" }
    ): Promise<string> => {
      const { id, location } = await begin(settings)
      const { status, data } = await finish(id, await approveConsent(location))
      expect([status, data.message]).toEqual([200, undefined])
      return id
    }
    const onPage = async () => accountOf(admin, await connect(), PAGE.urn)
    const write = async (body: object = {}, account?: string) =>
      createPost(admin, {
        account_ids: [account ?? (await onPage())],
        ...body,
      })
    const verify = async (id: string) =>
      (await admin.post(`/admin/social-platforms/${id}/verify`)).data

    it("connects a profile with what every app may ask for, sealed, and says in time that nothing extends it", async () => {
      linkedin.state.app_scopes = PROFILE_SCOPES
      const id = await connect({})
      const { data } = await admin.get(`/admin/social-platforms/${id}`)
      const platform = data.social_platform
      expect(platform).toMatchObject({
        scopes: ["openid", "profile", "w_member_social"],
      })
      expect(JSON.stringify(platform)).toContain('"missing_scopes":[]')
      const days =
        (Date.parse(platform.token_expires_at) - Date.now()) / 86_400_000
      expect(days).toBeGreaterThan(59)
      expect((await verify(id)).verification.message).toBe(
        "The credentials belong to Ada Lovelace."
      )
      const { data: accounts } = await admin.get(
        `/admin/social-accounts?platform_id=${id}`
      )
      expect(accounts.social_accounts).toEqual([
        expect.objectContaining({ external_id: MEMBER.urn, kind: "profile" }),
      ])
      const [token] = linkedin.state.tokens.keys()
      expect(await dumpDatabase(getContainer())).not.toContain(token)

      // Nothing refreshes it: a person is told in time.
      await sql(
        getContainer(),
        "update social_platform set token_expires_at = now() + interval '3 days' where id = ?",
        [id]
      )
      const { data: health } = await admin.get("/admin/socials/health")
      const said = JSON.stringify(health)
      expect(said).toContain(
        'The access of \\"Our LinkedIn\\" ends soon, and only a person can extend it.'
      )
      expect(said).toContain("before its access ends")

      await admin.post(`/admin/social-platforms/${id}/disconnect`)
      expect(linkedin.state.tokens.size).toBe(0)
    })

    it("extends the access by itself where LinkedIn gives a refresh token, whose year does not move", async () => {
      linkedin.state.gives_refresh_tokens = true
      const id = await connect()
      const before = await storedPlatform(getContainer(), id)
      expect(before.api_config).toHaveProperty("refresh_token_encrypted")
      await sql(
        getContainer(),
        "update social_platform set token_expires_at = now() - interval '1 minute', connected_at = now() - interval '60 days' where id = ?",
        [id]
      )
      const tokens = linkedin.state.tokens.size
      expect((await verify(id)).verification.message).toContain("Ada Lovelace")
      expect(linkedin.state.tokens.size).toBe(tokens + 1)
      const after = await storedPlatform(getContainer(), id)
      expect(after.token_expires_at!.getTime()).toBeGreaterThan(
        Date.now() + 59 * 86_400_000
      )
    })

    it("says that the app lacks a product when LinkedIn refuses a scope, or that a person has cancelled", async () => {
      linkedin.state.app_scopes = PROFILE_SCOPES
      const { id, location } = await begin({
        publishes_on: "profile and pages",
      })
      const response = await fetch(location, { redirect: "manual" })
      const { status, data } = await finish(
        id,
        response.headers.get("location")!
      )
      expect(status).toBeGreaterThanOrEqual(400)
      expect(data.message).toBe(
        'The service does not let the application ask for all that "Our LinkedIn" needs (unauthorized_scope_error). Give the application more permissions there, or have the platform ask for less in its settings. "Our LinkedIn" stays as it was.'
      )
      linkedin.state.app_scopes = PAGE_SCOPES
      const again = await admin.get(`/admin/oauth/linkedin?platform_id=${id}`)
      const left = await finish(id, await refuseConsent(again.data.location))
      expect(left.data.message).toContain("Access was refused at the service.")
      expect(linkedin.state.tokens.size).toBe(0)
    })

    it("publishes on a page: hashtags, images with their texts, a comment", async () => {
      const post = await publish(
        admin,
        await write({
          caption: "New (2026): #scarf_1",
          media: [
            { url: `${files.url}/scarf.png`, alt_text: "A red scarf" },
            { url: `${files.url}/hat.png`, alt_text: "A hat" },
          ],
          parts: [{ text: "Here: https://shop.example.com/scarf_1" }],
        })
      )
      const [out] = linkedin.posts()
      expect(post.publications[0]).toMatchObject({
        state: "published",
        external_id: out.id,
        external_url: `${linkedin.url}/feed/update/${out.id}/`,
      })
      expect(out).toMatchObject({
        author: PAGE.urn,
        text: "New (2026): #scarf_1",
        content: {
          multiImage: {
            images: [{ altText: "A red scarf" }, { altText: "A hat" }],
          },
        },
      })
      expect(linkedin.state.comments).toEqual([
        expect.objectContaining({
          post: out.id,
          text: "Here: https://shop.example.com/scarf_1",
        }),
      ])
    })

    it("publishes a document under its title, and a poll", async () => {
      const account = await onPage()
      const document = await publish(
        admin,
        await createPost(admin, {
          account_ids: [],
          media: [{ url: `${files.url}/autumn.pdf` }],
          publications: [
            { account_id: account, settings: { title: "Autumn 2026" } },
          ],
        })
      )
      expect(document.publications[0].state).toBe("published")
      const poll = await publish(
        admin,
        await createPost(admin, {
          account_ids: [],
          caption: "Which one?",
          publications: [
            {
              account_id: account,
              settings: {
                poll: { question: "Which colour?", options: ["Red", "Blue"] },
              },
            },
          ],
        })
      )
      expect(poll.publications[0].state).toBe("published")
      expect(linkedin.posts().map(({ content }) => content)).toEqual([
        { media: { id: expect.any(String), title: "Autumn 2026" } },
        {
          poll: {
            question: "Which colour?",
            options: [{ text: "Red" }, { text: "Blue" }],
            settings: { duration: "THREE_DAYS" },
          },
        },
      ])
    })

    it("publishes a link as a card", async () => {
      await publish(
        admin,
        await write({ link: "https://shop.example.com/scarf" })
      )
      expect(linkedin.posts()[0]).toMatchObject({
        text: "The autumn collection is here",
        content: {
          article: {
            source: "https://shop.example.com/scarf",
            title: "shop.example.com",
          },
        },
      })
    })

    it("waits while LinkedIn processes a file, and keeps its address nowhere in clear", async () => {
      linkedin.state.processing_ms = 60_000
      const id = await write({ media: [{ url: `${files.url}/scarf.png` }] })
      await publish(admin, id)
      expect((await readPost(admin, id)).publications[0]).toMatchObject({
        state: "waiting",
        waiting: { why: "LinkedIn processes the image" },
      })
      expect(await dumpDatabase(getContainer())).not.toContain("dms-uploads")
      const [asset] = linkedin.state.assets.values()
      asset.ready_at = 0
      await makeDue(getContainer(), id)
      await runPublishing(getContainer())
      expect((await readPost(admin, id)).publications[0].state).toBe(
        "published"
      )
      expect(linkedin.state.assets.size).toBe(1)
    })

    it("publishes once on a page when the answer gets lost", async () => {
      linkedin.fault({ method: "POST", path: POSTS, kind: "drop_reply" })
      const { publications } = await publish(admin, await write())
      expect(publications[0]).toMatchObject({
        state: "published",
        external_id: linkedin.posts()[0].id,
      })
      expect(linkedin.posts()).toHaveLength(1)
      expect(countRequests(linkedin, "POST", POSTS)).toBe(1)
    })

    it("asks a person on a profile when the answer gets lost, and sending it again makes no second post", async () => {
      const account = await accountOf(admin, await connect({}), MEMBER.urn)
      linkedin.fault({ method: "POST", path: POSTS, kind: "drop_reply" })
      const id = await write({}, account)
      const { publications } = await publish(admin, id)
      expect(publications[0].state).toBe("unknown")
      expect(countRequests(linkedin, "POST", POSTS)).toBe(1)

      const { status } = await admin.post(
        `/admin/social-posts/${id}/publications/${publications[0].id}/resolve`,
        { outcome: "not_published" }
      )
      expect(status).toBe(200)
      const again = (await retry(admin, id)).publications[0]
      expect(again).toMatchObject({
        state: "published",
        external_id: linkedin.posts()[0].id,
      })
      expect(linkedin.posts()).toHaveLength(1)
    })

    it("names the post that a second one repeats, and publishes it once it differs", async () => {
      const account = await onPage()
      await publish(admin, await write({}, account))
      const id = await write({}, account)
      const { publications } = await publish(admin, id)
      expect(publications[0]).toMatchObject({
        state: "failed",
        last_error: {
          class: "duplicate",
          message: expect.stringContaining(linkedin.posts()[0].id),
        },
      })
      const changed = await admin.post(
        `/admin/social-posts/${id}/publications/${publications[0].id}`,
        { variant: { caption: "The autumn collection is still here" } }
      )
      expect([changed.status, changed.data.message]).toEqual([200, undefined])
      const [repaired] = (await retry(admin, id)).publications
      expect([repaired.state, repaired.last_error]).toEqual(["published", null])
      expect(linkedin.posts()).toHaveLength(2)
    })

    it("says what to do when the version has ended, and goes on with a newer one", async () => {
      const platform = await connect()
      const id = await write({}, await accountOf(admin, platform, PAGE.urn))
      linkedin.state.versions = { first: "202610", last: "202612" }
      const { publications } = await publish(admin, id)
      expect(publications[0]).toMatchObject({
        state: "failed",
        last_error: {
          class: "config_error",
          message: expect.stringContaining("enter a newer one"),
        },
      })
      const changed = await admin.post(`/admin/social-platforms/${platform}`, {
        api_config: { api_version: "202611" },
      })
      expect(changed.status).toBe(200)
      expect((await retry(admin, id)).publications[0].state).toBe("published")
    })

    it("waits for the next day when the member's requests are used up", async () => {
      const account = await onPage()
      const id = await write({}, account)
      linkedin.state.requests_a_day.limit = linkedin.state.requests_a_day.used
      const { publications } = await publish(admin, id)
      expect(publications[0].last_error).toMatchObject({
        class: "rate_limited",
        message: expect.stringContaining("midnight UTC"),
      })
      expect(linkedin.posts()).toEqual([])
    })

    it("keeps the connection when LinkedIn restricts the member", async () => {
      const platform = await connect()
      linkedin.state.restricted = true
      expect(JSON.stringify(await verify(platform))).toContain(
        "Log in at LinkedIn"
      )
      const stored = await storedPlatform(getContainer(), platform)
      expect(stored.api_config).toHaveProperty("access_token_encrypted")
      expect(stored.token_validity).not.toBe("false")
    })

    it("removes a post with its comments at LinkedIn", async () => {
      const { id, publications } = await publish(
        admin,
        await write({ parts: [{ text: "A comment" }] })
      )
      const { status } = await admin.post(
        `/admin/social-posts/${id}/publications/${publications[0].id}/remove`
      )
      expect(status).toBe(200)
      expect(linkedin.posts()).toEqual([])
      expect(linkedin.state.comments).toEqual([])
    })
  },
})
