import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  accountOf,
  type Admin,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import { dumpDatabase, keepHistory, storedPlatform } from "./support/database"
import { type EchoNetwork, MARK, startEchoNetwork } from "./support/echo-network"
import { type PictureServer, startPictureServer } from "./support/pictures"
import { createPost } from "./support/posts"
import { sandbox } from "./support/sandbox"
import { leaksOf, startWatch, type Watch } from "./support/watch"

jest.setTimeout(180_000)

medusaIntegrationTestRunner({
  // A refused token is used again and again here: it must not be erased.
  env: { LOG_TOKEN_OPERATIONS: "true", AUTO_CLEAR_INVALID_TOKENS: "false" },
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
            expect([route, fields, hidden.filter((h) => said.includes(h))]).toEqual(
              [route, fields, []]
            )
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
          expect([path, status]).toEqual([path, 200])
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
          expect([path, hidden.filter((h) => said.includes(h))]).toEqual([path, []])
        }
      })
    })

    describe("a token on its way through the application", () => {
      const CODE = `${MARK}-code`
      const CLIENT_SECRET = `${MARK}-client`
      let network: EchoNetwork
      let pictures: PictureServer
      let watch: Watch

      beforeAll(async () => {
        network = await startEchoNetwork()
        pictures = await startPictureServer()
      })
      afterAll(() => Promise.all([network.close(), pictures.close()]))

      beforeEach(async () => {
        network.behave()
        await keepHistory(getContainer())
        watch = startWatch(getContainer(), admin)
      })
      afterEach(() => watch.stop())

      const states: string[] = []

      /** Goes through an authorization as a browser would, without a consent page. */
      const connect = async (id: string) => {
        const { data } = await admin.get(
          `/admin/oauth/sandbox?platform_id=${id}`
        )
        const state = new URL(data.location).searchParams.get("state")!
        states.push(state)
        expect(data.location).not.toContain(MARK)
        return watch.admin.post("/admin/oauth/sandbox/callback", {
          state,
          code: CODE,
          iss: network.url,
        })
      }
      const create = async () => {
        const { data } = await watch.admin.post("/admin/social-platforms", {
          name: "Echo",
          provider: "sandbox",
          api_config: { base_url: network.url, client_secret: CLIENT_SECRET },
        })
        return data.social_platform.id as string
      }
      const expire = (id: string) =>
        sql(
          getContainer(),
          `update social_platform
           set token_expires_at = now(), token_validity = 'true', status = 'active'
           where id = ?`,
          [id]
        )
      const sync = (id: string) =>
        watch.admin.post("/admin/socials/sync-platform-data", {
          platform_id: id,
        })
      const publish = async (id: string) => {
        const account = await accountOf(admin, id)
        const post = await createPost(watch.admin, {
          account_ids: [account],
          media: [{ url: pictures.url }],
        })
        return watch.admin.post(`/admin/social-posts/${post}/publish`)
      }

      /** Searches everything that has left, and everything that is stored. */
      const expectNoLeak = async () => {
        const secrets = [MARK, ...states, ...network.verifiers.filter(Boolean)]
        expect(leaksOf(secrets, watch.responses)).toEqual([])
        expect(leaksOf(secrets, watch.log)).toEqual([])
        expect(leaksOf(secrets, watch.events)).toEqual([])
        expect(leaksOf(secrets, watch.workflows)).toEqual([])
        expect(leaksOf(secrets, network.addresses)).toEqual([])

        const dump = await dumpDatabase(getContainer())
        // Each version that a row ever had, so not even a moment goes unseen.
        const history = dump.get("public.row_history")?.join("\n")
        expect(history).toContain("social_platform: ")
        expect(history).toContain("social_oauth_session: ")
        for (const [table, rows] of dump) {
          expect([table, leaksOf(secrets, rows)]).toEqual([table, []])
        }
      }

      it("is found nowhere when all goes well", async () => {
        const id = await create()
        expect((await connect(id)).status).toBe(200)
        const published = await publish(id)
        expect(published.data.social_post.status).toBe("published")
        expect((await sync(id)).status).toBe(200)
        await watch.admin.post(`/admin/social-platforms/${id}/verify`)
        await expire(id)
        expect((await sync(id)).status).toBe(200)
        for (const path of [
          "/admin/social-providers",
          "/admin/social-platforms",
          `/admin/social-platforms/${id}`,
          "/admin/social-accounts",
          "/admin/social-posts",
        ]) {
          expect((await watch.admin.get(path)).status).toBe(200)
        }
        await expectNoLeak()

        // The secrets were really there to be found.
        expect([...network.tokens]).toEqual([
          `${MARK}-access-1`,
          `${MARK}-access-2`,
        ])
        expect(network.verifiers.filter(Boolean)).toHaveLength(1)
        const log = watch.log.join("\n")
        expect(log).toContain("[OAuth Callback] ✓ Tokens encrypted successfully")
        expect(log).toContain(
          "[Resolve Provider Tokens] ✓ Using encrypted access token"
        )
        expect(log).toContain("[TOKEN_ENCRYPT]")
        expect(log).toContain("[TOKEN_DECRYPT]")
        const events = watch.events.join("\n")
        expect(events).toContain("social_platform.connected")
        expect(events).toContain("social_platform.synced")
        const workflows = watch.workflows.join("\n")
        for (const name of [
          "create-social-platform",
          "complete-oauth-authorization",
          "sync-platform-data",
          "create-social-post",
          "publish-post",
        ]) {
          expect(workflows).toContain(name)
        }

        await watch.admin.post(`/admin/social-platforms/${id}/disconnect`)
        await watch.admin.delete(`/admin/social-platforms/${id}`)
        await expectNoLeak()
      })

      it("is found nowhere when the network repeats it in its failures", async () => {
        const id = await create()
        await connect(id)

        for (const how of [
          "refuses",
          "fails",
          "answers with a page",
          "redirects",
        ] as const) {
          network.misbehave("/api/", how)
          expect([how, (await sync(id)).status]).not.toEqual([how, 200])
          await watch.admin.post(`/admin/social-platforms/${id}/verify`)
          const { data } = await publish(id)
          expect([how, data.social_post.status]).not.toEqual([how, "published"])

          network.misbehave("/token", how)
          expect([how, (await connect(id)).status]).not.toEqual([how, 200])
          await expire(id)
          expect([how, (await sync(id)).status]).not.toEqual([how, 200])
          await watch.admin.post(`/admin/social-platforms/${id}/verify`)
          await expire(id)
        }
        await watch.admin.get(`/admin/social-platforms/${id}`)
        await watch.admin.get("/admin/social-posts")
        network.behave()
        network.misbehave("/token/revocation", "refuses")
        await watch.admin.post(`/admin/social-platforms/${id}/disconnect`)

        expect(watch.responses.join("\n")).toContain("not_like_this")
        await expectNoLeak()
      })

      it("is found nowhere when a request is refused", async () => {
        const id = await create()
        const SECRET = `${MARK}-secret`
        for (const body of [
          { api_config: { access_token: { value: SECRET } } },
          { api_config: { access_token_encrypted: SECRET } },
          { api_config: { pages: [{ access_token: SECRET }] } },
          { api_config: SECRET },
          { metadata: { access_token: SECRET } },
          { metadata: SECRET },
          { access_token: SECRET },
          { api_config: { probe_url: 1, token: SECRET }, category: "shop" },
        ]) {
          const { status } = await watch.admin.post(
            `/admin/social-platforms/${id}`,
            body
          )
          expect([body, status]).toEqual([body, 400])
        }
        for (const body of [
          { state: [SECRET], code: SECRET },
          { state: "a", code: { value: SECRET } },
          { state: SECRET, code: SECRET },
          { state: SECRET, code: SECRET, error: "access_denied" },
          { state: SECRET, error: "access_denied", iss: "x" },
          { code: SECRET },
          { state: "a", code: "b", access_token: SECRET },
        ]) {
          const { status } = await watch.admin.post(
            "/admin/oauth/sandbox/callback",
            body
          )
          expect([body, status]).toEqual([body, 400])
        }
        const synced = await watch.admin.post(
          "/admin/socials/sync-platform-data",
          { platform_id: id, access_token: SECRET }
        )
        expect(synced.status).toBe(400)

        await connect(id)
        await expectNoLeak()
      })
    })
  },
})
