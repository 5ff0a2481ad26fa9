import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  accountOf,
  type Admin,
  connectSandbox,
  createAdmin,
} from "./support/application"
import { storedPlatform } from "./support/database"
import { createPost } from "./support/posts"
import { sandbox } from "./support/sandbox"

jest.setTimeout(180_000)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin

    beforeAll(async () => {
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    describe("what a client can ask for", () => {
      let platform: string
      let account: string
      let post: string
      let product: string
      let hidden: string[]

      beforeAll(async () => {
        await sandbox.reset()
        platform = await connectSandbox(admin)
        account = await accountOf(admin, platform)
        const { data } = await admin.post("/admin/products", {
          title: "Scarf",
          options: [{ title: "Size", values: ["M"] }],
        })
        product = data.product.id
        post = await createPost(admin, {
          account_ids: [account],
          product_ids: [product],
        })
        const { api_config } = await storedPlatform(getContainer(), platform)
        // The members of the envelopes: enough to copy one, and to know one again.
        hidden = Object.values(api_config).flatMap((envelope) => {
          const { encrypted, iv, authTag, kid } = envelope as Record<
            string,
            string
          >
          return [encrypted, iv, authTag, kid]
        })
        expect(hidden).toHaveLength(8)
      })

      it("never includes an envelope, whatever fields it names, on any route", async () => {
        const wanted = [
          "api_config",
          "+api_config",
          "*api_config",
          "+*api_config",
          "api_config.*",
          "api_config.access_token_encrypted",
          "+api_config.access_token_encrypted.encrypted",
          "*",
          "+*",
          "**",
          "*.*",
          "id,api_config",
          "-id,+api_config,credentials_version",
          "social_platform.api_config",
          "*social_platform",
          "*platform",
          "platform.api_config",
          "*account",
          "*account.platform",
          "account.platform.api_config",
          "*publications",
          "*publications.account",
          "*publications.account.platform",
          "+publications.account.platform.api_config",
          "*publications.post.publications",
          "*products.social_posts.publications.account.platform",
          "*social_posts",
          "*social_posts.*",
          "social_posts.*",
          "*social_posts.publications",
          "*social_posts.publications.account",
          "*social_posts.publications.account.platform",
          "+social_posts.publications.account.platform.api_config",
          "*social_posts.publications.social_account.social_platform",
          "*social_posts.social_platform",
          "*social_post_link.*",
          "*variants.product.social_posts.publications",
        ]
        const routes = [
          "/admin/social-platforms",
          `/admin/social-platforms/${platform}`,
          "/admin/social-accounts",
          "/admin/social-posts",
          `/admin/social-posts/${post}`,
          "/admin/products",
          `/admin/products/${product}`,
          "/admin/product-variants",
        ]
        let answered = 0
        for (const route of routes) {
          for (const fields of wanted) {
            const { status, data, headers } = await admin.get(
              `${route}?fields=${encodeURIComponent(fields)}`
            )
            const said = JSON.stringify([data, headers])
            expect([
              route,
              fields,
              hidden.filter((h) => said.includes(h)),
            ]).toEqual([route, fields, []])
            answered += status === 200 ? 1 : 0
          }
        }
        // Most of these are harmless to ask: the test must not live on refusals.
        expect(answered).toBeGreaterThan(routes.length * 5)
      })

      it("never includes an envelope in the answer to a change", async () => {
        const changes: [string, object][] = [
          [`/admin/social-platforms/${platform}`, { name: "Renamed" }],
          [`/admin/social-platforms/${platform}/verify`, {}],
          ["/admin/socials/sync-platform-data", { platform_id: platform }],
          [`/admin/social-posts/${post}`, { caption: "Changed" }],
          [`/admin/social-posts/${post}/publish`, {}],
          [`/admin/social-platforms/${platform}/disconnect`, {}],
          ["/admin/social-platforms", { name: "New", provider: "sandbox" }],
        ]
        for (const [path, body] of changes) {
          const { status, data } = await admin.post(
            `${path}?fields=${encodeURIComponent("*,+api_config,*api_config,api_config.access_token_encrypted")}`,
            body
          )
          const said = JSON.stringify(data)
          expect([path, status]).toEqual([
            path,
            path.endsWith("/publish") ? 202 : 200,
          ])
          expect(hidden.filter((h) => said.includes(h))).toEqual([])
        }
      })

      it("offers no filter, order or search over credentials", async () => {
        const [envelope] = hidden
        for (const query of [
          "order=api_config",
          "order=-api_config",
          "order=api_config.access_token_encrypted.encrypted",
          "order=credentials_version",
          "order[]=name&order[]=api_config",
          "api_config=x",
          "api_config[access_token_encrypted][keyVersion]=1",
          "api_config[$like]=%25",
          "$or[0][api_config][access_token_encrypted][keyVersion]=1",
          "$and[0][$or][0][api_config]=x",
          "$not[api_config]=x",
          "name[$raw]=api_config",
          "credentials_version=1",
        ]) {
          const { status, data } = await admin.get(
            `/admin/social-platforms?${query}`
          )
          expect([query, status]).toEqual([query, 400])
          expect(data.social_platforms).toBeUndefined()
        }
        for (const path of [
          "/admin/social-accounts?order=platform.api_config",
          "/admin/social-accounts?platform[api_config]=x",
          "/admin/social-posts?order=publications.account.platform.api_config",
          "/admin/social-posts?publications[account][platform][api_config]=x",
          "/admin/social-accounts?userAccessToken=x",
          "/admin/social-platforms?access_token=x",
        ]) {
          const { status } = await admin.get(path)
          expect([path, status]).toEqual([path, 400])
        }
        for (const q of [envelope, envelope.slice(0, 6), "authTag"]) {
          const { data } = await admin.get(
            `/admin/social-platforms?q=${encodeURIComponent(q)}`
          )
          expect([q, data.count]).toEqual([q, 0])
        }
      })

      it("stays hidden from Medusa's own search and workflow pages", async () => {
        for (const path of [
          "/admin/search?q=sandbox",
          "/admin/search?entity=social_platform&q=sandbox",
          "/admin/workflows-executions?fields=*",
          "/admin/views/social_platform/columns",
          `/admin/products?social_posts[publications][account][platform][api_config]=x`,
          `/admin/products?order=social_posts.publications.account.platform.api_config`,
        ]) {
          const { data } = await admin.get(path)
          const said = JSON.stringify(data ?? null)
          expect([path, hidden.filter((h) => said.includes(h))]).toEqual([
            path,
            [],
          ])
        }
      })
    })
  },
})
