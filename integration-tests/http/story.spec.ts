import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  accountOf,
  type Admin,
  approve,
  createAdmin,
  createSandboxPlatform,
  sql,
} from "./support/application"
import { type PictureServer, startPictureServer } from "./support/pictures"
import { publish } from "./support/posts"
import { sandbox } from "./support/sandbox"

jest.setTimeout(120_000)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    describe("the first hour of a merchant", () => {
      let admin: Admin
      let pictures: PictureServer

      beforeAll(async () => {
        pictures = await startPictureServer()
      })
      afterAll(() => pictures.close())

      beforeEach(async () => {
        await sandbox.reset()
        admin = await createAdmin(api, getContainer(), "ada@example.com")
      })

      it("connects, publishes with an image and a link, and syncs", async () => {
        const id = await createSandboxPlatform(admin)
        const before = await admin.get(`/admin/social-platforms/${id}`)
        expect(before.data.social_platform).toMatchObject({
          status: "pending",
          connection: "not_connected",
          category: "social",
          auth_type: "oauth2",
        })

        const connected = await admin.post(
          "/admin/oauth/sandbox/callback",
          await approve(admin, id)
        )
        expect(connected.status).toBe(200)
        expect(connected.data.social_platform).toMatchObject({
          id,
          status: "active",
          connection: "connected",
          token_validity: "true",
          profile: { username: "ada" },
          credentials: expect.arrayContaining([
            {
              name: "access_token",
              configured: true,
              storage: "encrypted",
              key_version: 1,
            },
            {
              name: "refresh_token",
              configured: true,
              storage: "encrypted",
              key_version: 1,
            },
          ]),
        })

        const [row] = await sql(
          getContainer(),
          "select api_config, key_version from social_platform where id = ?",
          [id]
        )
        expect(Object.keys(row.api_config).sort()).toEqual([
          "access_token_encrypted",
          "refresh_token_encrypted",
        ])
        expect(row.api_config.access_token_encrypted).toEqual({
          v: 2,
          ctx: 2,
          encrypted: expect.any(String),
          iv: expect.any(String),
          authTag: expect.any(String),
          keyVersion: 1,
          kid: expect.any(String),
        })

        const accounts = await admin.get(
          `/admin/social-accounts?platform_id=${id}`
        )
        expect(accounts.data.count).toBe(3)

        const created = await admin.post("/admin/social-posts", {
          caption: "The autumn collection is here",
          link: "https://shop.example.com/autumn",
          media: [{ url: pictures.url, alt_text: "A red scarf" }],
          account_ids: [await accountOf(admin, id)],
        })
        expect(created.status).toBe(200)
        expect(created.data.social_post.status).toBe("draft")

        const published = await publish(admin, created.data.social_post.id)
        expect(published.status).toBe("published")
        const [publication] = published.publications
        expect(publication).toMatchObject({
          state: "published",
          last_error: null,
          account: { name: "Ada's Shop" },
        })

        const page = await fetch(publication.external_url!)
        expect(page.status).toBe(200)
        expect(await page.text()).toContain("The autumn collection is here")
        const [post] = await sandbox.posts()
        expect(post).toMatchObject({
          account_id: "page_main",
          link: "https://shop.example.com/autumn",
          media: [{ alt_text: "A red scarf" }],
        })

        const synced = await admin.post("/admin/socials/sync-platform-data", {
          platform_id: id,
        })
        expect(synced.status).toBe(200)
        expect(synced.data.sync.accounts).toEqual({
          created: 0,
          updated: 3,
          removed: 0,
        })
        expect(synced.data.social_platform.last_synced_at).toEqual(
          expect.any(String)
        )
      })
    })
  },
})
