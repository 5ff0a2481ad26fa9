import { createHmac } from "node:crypto"
import path from "node:path"
import { MedusaModule } from "@medusajs/framework/modules-sdk"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { getAccessToken } from "../../src/credentials"
import { socialsModule } from "../../src/credentials/modules"
import {
  accountOf,
  type Admin,
  createAdmin,
  createSandboxPlatform,
} from "./support/application"
import { storedPlatform } from "./support/database"
import { type HarbourService, startHarbour } from "./support/harbour-service"
import { connectNoticeboard, registerNoticeboard } from "./support/noticeboard"
import { createPost, publish } from "./support/posts"
import { type ProbeServer, startProbeServer } from "./support/probe-server"
import { sandbox, sandboxUrl } from "./support/sandbox"
import {
  startTokenEndpoint,
  type TokenEndpoint,
} from "./support/token-endpoint"

jest.setTimeout(120_000)

registerNoticeboard()

const CLIENT_SECRET = "the-clients-secret"

const fixture = (name: string) => path.resolve(__dirname, "../fixtures", name)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin

    beforeEach(async () => {
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const list = async (query = "") => {
      const { status, data } = await admin.get(
        `/admin/social-providers${query}`
      )
      expect(status).toBe(200)
      return data
    }
    const identifiers = async (query: string) =>
      (await list(query)).social_providers.map(
        ({ identifier }: { identifier: string }) => identifier
      )

    describe("the list of providers", () => {
      it("has the built-in ones and the application's own", async () => {
        const data = await list()
        const all = await identifiers("")
        expect(data).toMatchObject({ count: all.length, offset: 0 })
        expect(all[0]).toBe("sandbox")
        // What fits everything comes after what fits one service.
        expect(all.indexOf("generic")).toBeGreaterThan(all.indexOf("xero"))
        expect(all).toContain("noticeboard")
        expect(all.length).toBeGreaterThan(40)
      })

      it("says all that a form needs, and no configured value", async () => {
        const data = await list()
        const [network] = data.social_providers
        expect(network).toMatchObject({
          identifier: "sandbox",
          label: "Sandbox",
          category: "social",
          auth_types: ["oauth2"],
          credential_fields: [
            {
              name: "client_secret",
              required: true,
              input: "password",
              preconfigured: true,
            },
          ],
          capabilities: {
            connect: true,
            verify: true,
            accounts: true,
            profile: true,
            publish: true,
            insights: true,
            account_insights: true,
            remove: true,
          },
          redirect_uri: expect.stringMatching(
            /^http:\/\/localhost:\d+\/oauth\/sandbox\/callback$/
          ),
        })
        expect(
          network.setting_fields.map(
            ({
              name,
              preconfigured,
            }: {
              name: string
              preconfigured: boolean
            }) => [name, preconfigured]
          )
        ).toEqual([
          ["base_url", true],
          ["client_id", true],
        ])
        expect(JSON.stringify(data)).not.toContain("sandbox-secret")
        expect(
          data.social_providers.find(
            ({ identifier }: { identifier: string }) => identifier === "generic"
          )
        ).toMatchObject({
          capabilities: { connect: false, publish: false },
          redirect_uri: null,
        })
      })

      it("can be searched, filtered and paged", async () => {
        expect(await identifiers("?q=NOTICE")).toEqual(["noticeboard"])
        const payment = await identifiers("?category=payment")
        expect(payment).toEqual(expect.arrayContaining(["generic", "mollie"]))
        expect(payment).not.toContain("sandbox")
        expect(await identifiers("?limit=1&offset=1")).toEqual([
          (await identifiers(""))[1],
        ])
        expect((await list("?limit=1")).count).toBe(
          (await identifiers("")).length
        )

        const wrong = await admin.get(
          "/admin/social-providers?category=banking"
        )
        expect(wrong.status).toBe(400)
        expect(wrong.data.message).toContain("social, payment, shipping")
      })

      it("is for administrators only", async () => {
        const { status } = await api.get("/admin/social-providers", {
          validateStatus: () => true,
        })
        expect(status).toBe(401)
      })
    })

    describe("a platform of any provider", () => {
      const connectionOf = async (id: string) =>
        (await admin.get(`/admin/social-platforms/${id}`)).data.social_platform
          .connection

      /** What a person fills in: what is required and has no value yet. */
      const filled = (
        fields: {
          name: string
          required: boolean
          preconfigured: boolean
          auth_types?: string[]
          input: string
          options?: string[]
          default?: string
        }[],
        authType: string
      ) =>
        Object.fromEntries(
          fields
            .filter(
              ({ required, preconfigured, auth_types, default: fallback }) =>
                required &&
                !preconfigured &&
                fallback === undefined &&
                (!auth_types || auth_types.includes(authType))
            )
            .map(({ name, input, options }) => [
              name,
              options?.[0] ?? (input === "url" ? echo.url : `the-${name}`),
            ])
        )
      let echo: ProbeServer

      beforeAll(async () => {
        echo = await startProbeServer()
      })
      afterAll(() => echo.close())

      it("is connected with what its form asks for, whatever the names, and not without", async () => {
        const { data } = await admin.get("/admin/social-providers?limit=100")
        const kinds = data.social_providers.flatMap(
          (provider: { auth_types: string[] }) =>
            provider.auth_types
              .filter((type) => !["oauth2", "oauth1"].includes(type))
              .map((auth_type) => ({ provider, auth_type }))
        )
        expect(kinds.length).toBeGreaterThan(25)

        for (const { provider, auth_type } of kinds) {
          const kind = `${provider.identifier} with ${auth_type}`
          const credentials = filled(provider.credential_fields, auth_type)
          const { status, data } = await admin.post("/admin/social-platforms", {
            name: kind,
            provider: provider.identifier,
            auth_type,
            base_url: echo.url,
            api_config: {
              ...filled(provider.setting_fields, auth_type),
              ...credentials,
            },
          })
          expect([kind, status, data.message]).toEqual([kind, 200, undefined])
          const { id, connection } = data.social_platform
          expect([kind, connection]).toEqual([kind, "connected"])

          const [first] = Object.keys(credentials)
          await admin.post(`/admin/social-platforms/${id}`, {
            api_config: { [first]: null },
          })
          expect([kind, await connectionOf(id)]).toEqual([
            kind,
            "not_connected",
          ])
          await admin.post(`/admin/social-platforms/${id}`, {
            api_config: { [first]: "the-next" },
          })
          expect([kind, await connectionOf(id)]).toEqual([kind, "connected"])
        }

        const { data: health } = await admin.get("/admin/socials/health")
        expect(health.health.counts).toMatchObject({ not_connected: 0 })
      })

      it("has nothing left to use after Disconnect, whatever the names", async () => {
        const { data } = await admin.post("/admin/social-platforms", {
          name: "Harbour",
          provider: "harbour",
          base_url: echo.url,
          api_config: {
            berth: "seven",
            berth_password: "the-password",
            flag_secret: "the-flag",
          },
        })
        const { id } = data.social_platform
        const disconnected = await admin.post(
          `/admin/social-platforms/${id}/disconnect`
        )
        expect(disconnected.data.social_platform.connection).toBe(
          "not_connected"
        )
        const row = await storedPlatform(getContainer(), id)
        expect(Object.keys(row.api_config).sort()).toEqual([
          "berth",
          "flag_secret_encrypted",
        ])
      })
    })

    describe("a service with sessions of its own", () => {
      let harbour: HarbourService

      beforeAll(async () => {
        harbour = await startHarbour()
      })
      afterAll(() => harbour.close())
      beforeEach(() => {
        harbour.reset()
        Object.assign(harbour.berths, { seven: "aye", eight: "avast" })
      })

      const create = async (berth: string, password: string) => {
        const { status, data } = await admin.post("/admin/social-platforms", {
          name: `Berth ${berth}`,
          provider: "harbour",
          base_url: harbour.url,
          api_config: { berth, berth_password: password },
        })
        expect([status, data.message]).toEqual([200, undefined])
        return data.social_platform
      }
      const test = async (id: string) =>
        (await admin.post(`/admin/social-platforms/${id}/verify`)).data

      it("begins one when the login is saved, and says that it works", async () => {
        const platform = await create("seven", "aye")
        expect(platform).toMatchObject({
          status: "active",
          connection: "connected",
          token_validity: "true",
          credential_test: {
            state: "works",
            at: expect.any(String),
            message: null,
          },
        })
        expect(harbour.count("login")).toBe(1)
        expect((await test(platform.id)).verification).toEqual({
          ok: true,
          message: "The credentials belong to berth seven.",
        })
        expect(harbour.count("login")).toBe(1)
      })

      it("saves a login that is refused, says why, and begins when the test is pressed", async () => {
        const { id, ...saved } = await create("seven", "nay")
        expect(saved).toMatchObject({
          connection: "reauthorization_required",
          credential_test: {
            state: "does_not_work",
            at: expect.any(String),
            message: "Harbour answered 401 (wrong_login)",
          },
        })
        await getAccessToken(getContainer(), id).catch(() => undefined)
        expect(harbour.count("login")).toBe(1)

        harbour.berths.seven = "nay"
        expect((await test(id)).social_platform).toMatchObject({
          connection: "connected",
          credential_test: { state: "works", message: null },
        })
      })

      it("publishes, and prolongs the session when its token is refused", async () => {
        const { id } = await create("seven", "aye")
        await admin.post("/admin/socials/sync-platform-data", {
          platform_id: id,
        })
        harbour.expireTokens()
        const account = await accountOf(admin, id, "seven")
        const post = await createPost(admin, {
          caption: "Land in sight",
          account_ids: [account],
        })
        await publish(admin, post)
        expect(harbour.messages).toEqual(["seven: Land in sight"])
        expect(harbour.count("refresh")).toBe(1)
        expect(harbour.count("login")).toBe(1)
      })

      it("speaks for the new login alone once that is saved, and for the same one after another change", async () => {
        const { id } = await create("seven", "aye")
        const change = async (api_config: object) =>
          (await admin.post(`/admin/social-platforms/${id}`, { api_config }))
            .data.social_platform
        await change({ greeting: "Ahoy" })
        expect(harbour.count("login")).toBe(1)

        const other = await change({ berth: "eight", berth_password: "avast" })
        expect(other.credential_test.state).toBe("works")
        expect((await test(id)).verification.message).toContain("berth eight")
        expect(harbour.count("login")).toBe(2)

        const refused = await change({ berth_password: "nay" })
        expect(refused.credential_test.state).toBe("does_not_work")
        const row = await storedPlatform(getContainer(), id)
        expect(Object.keys(row.api_config).sort()).toEqual([
          "berth",
          "berth_password_encrypted",
          "greeting",
        ])
      })

      it("ends the session at the service when it is disconnected", async () => {
        const { id } = await create("seven", "aye")
        const { data } = await admin.post(
          `/admin/social-platforms/${id}/disconnect`
        )
        expect(data).toMatchObject({
          revoked: true,
          social_platform: {
            connection: "not_connected",
            credential_test: { state: "not_tested", at: null, message: null },
          },
        })
        expect(harbour.count("logout")).toBe(1)
      })

      it("asks for the password, not for its tokens, when its address changes", async () => {
        const { id } = await create("seven", "aye")
        const base_url = harbour.url.replace("localhost", "127.0.0.1")
        const refused = await admin.post(`/admin/social-platforms/${id}`, {
          base_url,
        })
        expect(refused.status).toBe(400)
        expect(refused.data.message).toContain(
          "enter berth_password again in the same request"
        )
        expect(refused.data.message).not.toContain("token")

        const { data } = await admin.post(`/admin/social-platforms/${id}`, {
          base_url,
          api_config: { berth_password: "aye" },
        })
        expect(data.social_platform).toMatchObject({
          base_url,
          credential_test: { state: "works" },
        })
        expect(harbour.count("login")).toBe(2)
      })
    })

    describe("a provider of the application's own", () => {
      it("connects, seals its tokens, lists its accounts and publishes", async () => {
        const id = await connectNoticeboard(admin)
        const { data } = await admin.get(`/admin/social-platforms/${id}`)
        expect(data.social_platform).toMatchObject({
          provider: "noticeboard",
          category: "communication",
          status: "active",
          connection: "connected",
          scopes: ["accounts:read", "posts:write", "offline_access"],
        })
        const row = await storedPlatform(getContainer(), id)
        expect(Object.keys(row.api_config).sort()).toEqual([
          "access_token_encrypted",
          "client_secret_encrypted",
          "refresh_token_encrypted",
        ])
        expect(JSON.stringify(row)).not.toContain("sandbox-secret")

        const account = await accountOf(admin, id)
        const post = await publish(
          admin,
          await createPost(admin, {
            caption: "A notice",
            account_ids: [account],
          })
        )
        expect(post).toMatchObject({
          status: "published",
          publications: [
            {
              state: "published",
              account: { name: "Ada's Shop board" },
              external_url: expect.stringContaining(`${sandboxUrl()}/posts/`),
            },
          ],
        })
        expect(await sandbox.posts()).toEqual([
          expect.objectContaining({
            account_id: "page_main",
            text: "A notice",
          }),
        ])
      })

      it("syncs, refreshes and disconnects by its description alone", async () => {
        await sandbox.settings({ access_token_ttl: 1 })
        const id = await connectNoticeboard(admin)
        await new Promise((resolve) => setTimeout(resolve, 1100))
        await sandbox.settings({ access_token_ttl: 3600 })
        const before = await sandbox.countRequests("POST", "/token")
        const synced = await admin.post("/admin/socials/sync-platform-data", {
          platform_id: id,
        })
        expect(synced.status).toBe(200)
        expect(synced.data.sync).toMatchObject({
          accounts: { created: 0, updated: 2, removed: 0 },
          profile: null,
        })
        expect(await sandbox.countRequests("POST", "/token")).toBe(before + 1)

        // The description names no address to revoke tokens at.
        const { data } = await admin.post(
          `/admin/social-platforms/${id}/disconnect`
        )
        expect(data).toMatchObject({
          revoked: false,
          social_platform: { connection: "not_connected" },
        })
      })

      it("lacks an operation and says so", async () => {
        const id = await connectNoticeboard(admin)
        const { status, data } = await admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect(status).toBe(400)
        expect(data.message).toMatch(
          /^Noticeboard has no way to test a connection\. /
        )
      })

      it("is not mixed up with another one on the way through OAuth", async () => {
        const id = await createSandboxPlatform(admin)
        const { status, data } = await admin.get(
          `/admin/oauth/noticeboard?platform_id=${id}`
        )
        expect(status).toBe(400)
        expect(data.message).toBe(
          `Platform ${id} belongs to provider "sandbox", not to "noticeboard". Start its authorization at /admin/oauth/sandbox.`
        )
      })
    })

    describe("a service with ways of its own in OAuth", () => {
      let endpoint: TokenEndpoint
      let before: Record<string, Record<string, string>>

      beforeEach(async () => {
        endpoint = await startTokenEndpoint()
        const options = await socialsModule(getContainer()).getOptions()
        before = options.provider_config
        const registration = {
          client_id: "the-app",
          client_secret: CLIENT_SECRET,
          token_endpoint: `${endpoint.url}/token`,
        }
        options.provider_config = {
          ...before,
          slack: registration,
          shopify: registration,
          quickbooks: registration,
          salesforce: registration,
          pipedrive: registration,
          zoho_crm: registration,
        }
      })
      afterEach(async () => {
        const options = await socialsModule(getContainer()).getOptions()
        options.provider_config = before
        await endpoint.close()
      })

      const create = async (provider: string, body: object) => {
        const { status, data } = await admin.post("/admin/social-platforms", {
          name: "Ours",
          provider,
          auth_type: "oauth2",
          ...body,
        })
        expect([status, data.message]).toEqual([200, undefined])
        return data.social_platform.id as string
      }
      const start = async (provider: string, id: string) => {
        const { status, data } = await admin.get(
          `/admin/oauth/${provider}?platform_id=${id}`
        )
        expect([status, data.message]).toEqual([200, undefined])
        return new URL(data.location).searchParams.get("state")!
      }
      const show = async (id: string) =>
        (await admin.get(`/admin/social-platforms/${id}`)).data.social_platform

      it("Slack: knows a refusal inside of a success, when it connects and when it refreshes", async () => {
        const id = await create("slack", { category: "communication" })
        const finish = async () =>
          admin.post("/admin/oauth/slack/callback", {
            state: await start("slack", id),
            code: "a-code",
          })
        for (const [error, message] of [
          [
            "invalid_code",
            "The authorization code was refused by the service (invalid_grant).",
          ],
          [
            "bad_client_secret",
            "The authorization code was refused by the service (invalid_client): the application's client ID or client secret is not accepted.",
          ],
        ]) {
          endpoint.answer({ ok: false, error })
          const { status, data } = await finish()
          expect([status, data.message]).toEqual([400, message])
        }
        expect(await show(id)).toMatchObject({ connection: "not_connected" })

        endpoint.answer({
          ok: true,
          access_token: "xoxe.xoxb-1",
          token_type: "bot",
          refresh_token: "xoxe-1",
          expires_in: 43_200,
          scope: "chat:write,channels:read",
        })
        expect((await finish()).status).toBe(200)
        expect(await show(id)).toMatchObject({
          connection: "connected",
          scopes: ["chat:write", "channels:read"],
        })

        const refresh = () =>
          getAccessToken(getContainer(), id, { forceRefresh: true })
        endpoint.answer({ ok: false, error: "internal_error" })
        await expect(refresh()).rejects.toMatchObject({
          errorClass: "transient",
        })
        expect(await show(id)).toMatchObject({ connection: "connected" })

        endpoint.answer({ ok: false, error: "invalid_refresh_token" })
        await expect(refresh()).rejects.toMatchObject({
          errorClass: "token_invalid",
        })
        expect(await show(id)).toMatchObject({
          connection: "reauthorization_required",
          token_validity: "false",
          last_error: { class: "token_invalid", code: "invalid_grant" },
        })
      })

      describe("what a service tells while it is connected", () => {
        const granted = {
          access_token: "granted-access",
          refresh_token: "granted-refresh",
          token_type: "bearer",
          expires_in: 3600,
        }
        /** Comes back from the service with a redirect, through ours to the dashboard. */
        const finish = async (
          provider: string,
          id: string,
          redirect: Record<string, string> = {}
        ) => {
          const state = await start(provider, id)
          const query = new URLSearchParams({ state, code: "c", ...redirect })
          const { headers } = await api.get(
            `/oauth/${provider}/callback?${query}`,
            { maxRedirects: 0, validateStatus: () => true }
          )
          const fragment = new URL(headers.location).hash.slice(1)
          return admin.post(
            `/admin/oauth/${provider}/callback`,
            Object.fromEntries(new URLSearchParams(fragment))
          )
        }

        it.each([
          ["quickbooks", { realmId: "9130347" }, {}, { company_id: "9130347" }],
          [
            "salesforce",
            {},
            { instance_url: "https://acme--test.sandbox.my.salesforce.com" },
            { my_domain: "acme--test.sandbox" },
          ],
          [
            "pipedrive",
            {},
            { api_domain: "https://acme.pipedrive.com" },
            { company_domain: "acme" },
          ],
          [
            "zoho_crm",
            { "accounts-server": "https://accounts.zoho.eu", location: "eu" },
            { api_domain: "https://www.zohoapis.eu" },
            { data_center: "eu" },
          ],
          [
            "slack",
            {},
            { team: { id: "T024BE7LD" } },
            { team_id: "T024BE7LD" },
          ],
        ])(
          "%s: becomes a setting that nobody has typed",
          async (provider, redirect, response, settings) => {
            const id = await create(provider, {})
            endpoint.answer({ ok: true, ...granted, ...response })
            const { status, data } = await finish(provider, id, redirect)
            expect([status, data.message]).toEqual([200, undefined])
            expect(data.social_platform).toMatchObject({
              connection: "connected",
              api_config: settings,
            })
          }
        )

        it.each([
          ["quickbooks", { realmId: "1/../../evil" }, {}],
          ["quickbooks", {}, {}],
          ["salesforce", {}, { instance_url: "https://evil.example" }],
          [
            "salesforce",
            {},
            { instance_url: "https://evil.example/.my.salesforce.com" },
          ],
          [
            "pipedrive",
            {},
            { api_domain: "https://evil.example#.pipedrive.com" },
          ],
          ["pipedrive", {}, {}],
          ["zoho_crm", { "accounts-server": "https://accounts.zoho.evil" }, {}],
        ])(
          "%s: is refused, and nothing stored, when it cannot be (%j %j)",
          async (provider, redirect, response) => {
            const id = await create(provider, {})
            endpoint.answer({ ...granted, ...response })
            const before = await storedPlatform(getContainer(), id)
            const { status, data } = await finish(
              provider,
              id,
              redirect as Record<string, string>
            )
            expect([status, data.message]).toEqual([
              400,
              expect.stringMatching(/setting "\w+"/),
            ])
            expect(data.message).not.toMatch(/evil|granted/)
            expect(await storedPlatform(getContainer(), id)).toEqual(before)
          }
        )

        it("is not asked for before connecting, unless it cannot begin without it", async () => {
          const { social_providers } = await list("?limit=100")
          const asked = (identifier: string) =>
            social_providers
              .find(
                (provider: { identifier: string }) =>
                  provider.identifier === identifier
              )
              .setting_fields.map(
                (field: {
                  name: string
                  required: boolean
                  auth_types?: string[]
                }) => [field.name, field.required, field.auth_types]
              )
          expect(asked("quickbooks")).not.toContainEqual(
            expect.arrayContaining(["company_id"])
          )
          expect(asked("pipedrive")).toContainEqual([
            "company_domain",
            true,
            ["api_key"],
          ])
          expect(asked("mailchimp")).toContainEqual([
            "data_center",
            true,
            ["api_key"],
          ])
          expect(asked("salesforce")).toContainEqual([
            "my_domain",
            false,
            undefined,
          ])
        })
      })

      describe("Shopify: signs its answer", () => {
        let id: string

        beforeEach(async () => {
          id = await create("shopify", {
            category: "other",
            api_config: { shop: "acme" },
          })
          endpoint.answer({
            access_token: "shpat_1",
            scope: "read_products,read_orders",
          })
        })

        const signed = (
          parameters: Record<string, string>,
          secret = CLIENT_SECRET
        ): URLSearchParams => {
          const text = Object.keys(parameters)
            .sort()
            .map((name) => `${name}=${parameters[name]}`)
            .join("&")
          const hmac = createHmac("sha256", secret).update(text).digest("hex")
          return new URLSearchParams({ ...parameters, hmac })
        }
        const answerTo = (state: string) => ({
          code: "a-code",
          host: "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvYWNtZQ",
          shop: "acme.myshopify.com",
          state,
          timestamp: "1337178173",
        })
        /** Goes the way of the browser: to the redirect URI, and from its fragment to the API. */
        const finish = async (query: URLSearchParams) => {
          const { status, headers } = await api.get(
            `/oauth/shopify/callback?${query}`,
            { maxRedirects: 0, validateStatus: () => true }
          )
          expect(status).toBe(303)
          const fragment = new URL(headers.location).hash.slice(1)
          return admin.post(
            "/admin/oauth/shopify/callback",
            Object.fromEntries(new URLSearchParams(fragment))
          )
        }

        it("which is believed, and its code exchanged", async () => {
          const state = await start("shopify", id)
          const { status, data } = await finish(signed(answerTo(state)))
          expect([status, data.message]).toEqual([200, undefined])
          expect(data.social_platform).toMatchObject({
            connection: "connected",
            scopes: ["read_products", "read_orders"],
          })
          expect(endpoint.requests.map((body) => body.get("code"))).toEqual([
            "a-code",
          ])
        })

        it("and one that it has not signed for this shop stores nothing", async () => {
          const before = await storedPlatform(getContainer(), id)
          const withoutHmac = (query: URLSearchParams) => {
            query.delete("hmac")
            return query
          }
          const withCode = (query: URLSearchParams) => {
            query.set("code", "the-attackers-code")
            return query
          }
          for (const [makeQuery, message] of [
            [
              (s: string) => withoutHmac(signed(answerTo(s))),
              /not signed by the service/,
            ],
            [
              (s: string) => signed(answerTo(s), "another-secret"),
              /not signed by the service/,
            ],
            [
              (s: string) => withCode(signed(answerTo(s))),
              /not signed by the service/,
            ],
            [
              (s: string) =>
                signed({ ...answerTo(s), shop: "evil.myshopify.com" }),
              /for another shop than "acme\.myshopify\.com"/,
            ],
          ] as const) {
            const { status, data } = await finish(
              makeQuery(await start("shopify", id))
            )
            expect([status, data.message]).toEqual([
              400,
              expect.stringMatching(message),
            ])
            expect(JSON.stringify(data)).not.toContain("a-code")
          }
          expect(endpoint.requests).toEqual([])
          expect(await storedPlatform(getContainer(), id)).toEqual(before)
        })

        it("and a signed one of another authorization is not taken for this one's", async () => {
          const older = await start("shopify", id)
          const state = await start("shopify", id)
          const query = signed(answerTo(older))
          const { status, data } = await admin.post(
            "/admin/oauth/shopify/callback",
            { state, code: query.toString() }
          )
          expect([status, data.message]).toEqual([
            400,
            "The response belongs to another authorization. Start again with Connect.",
          ])
          expect(endpoint.requests).toEqual([])
        })

        it("and a bare code in its place is refused", async () => {
          const state = await start("shopify", id)
          const { status } = await admin.post("/admin/oauth/shopify/callback", {
            state,
            code: "a-code",
          })
          expect(status).toBe(400)
          expect(endpoint.requests).toEqual([])
        })
      })
    })

    describe("a provider that is wrong stops the start", () => {
      let starts = 0
      const boot = (key: string, provider: object) =>
        MedusaModule.bootstrap({
          moduleKey: key,
          defaultPath: path.resolve(__dirname, "../../src/modules/socials"),
          declaration: {
            scope: "internal",
            options: { providers: [provider] },
          },
          sharedContainer: getContainer(),
        })
      /** What the start of the module says; a second start waits for the first. */
      const refusal = async (provider: object): Promise<string> => {
        // Not the module that runs: a start that fails would end it.
        const key = `socials_${++starts}`
        const [start] = await Promise.allSettled([
          boot(key, provider),
          boot(key, provider),
        ])
        return start.status === "rejected"
          ? String(start.reason?.message)
          : "It started."
      }

      it("for want of a description", async () => {
        expect(
          await refusal({ resolve: fixture("nameless"), id: "nameless" })
        ).toContain(
          'The social platform provider "nameless" cannot be used. It needs a "description" with an "identifier" of lower-case letters, digits, "_" and "-".'
        )
      })

      it("for want of an option that it asks for", async () => {
        expect(
          await refusal({ resolve: fixture("noticeboard"), id: "noticeboard" })
        ).toContain('The noticeboard needs the option "base_url".')
      })

      it("when it is not there", async () => {
        expect(
          await refusal({ resolve: fixture("nowhere"), id: "nowhere" })
        ).toContain("fixtures/nowhere")
      })
    })
  },
})
