import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  encryptAccessToken,
  openCredential,
} from "../../src/modules/socials/utils/token-helpers"
import {
  AUTH_TYPES,
  PLATFORM_CATEGORIES,
  PLATFORM_STATUSES,
} from "../../src/shared/enums"
import {
  accountOf,
  type Admin,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import { auditTrail, countRows, storedPlatform } from "./support/database"
import { sandbox } from "./support/sandbox"

jest.setTimeout(120_000)

const SECRET = "marked-secret-7b1f"
const OTHER_SECRET = "marked-secret-of-another-kind"
const PROBE_URL = "https://carrier.example.com/account"

/** A platform of any service with an API key. */
const carrier = (body: object = {}) => ({
  name: "Carrier",
  provider: "generic",
  category: "shipping",
  auth_type: "api_key",
  api_config: { api_key: SECRET },
  ...body,
})

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin

    // Made once: the database goes back to this state before each test.
    beforeAll(async () => {
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const create = async (body: object = {}): Promise<string> => {
      const { data, status } = await admin.post(
        "/admin/social-platforms",
        carrier(body)
      )
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_platform.id
    }
    const stored = (id: string) => storedPlatform(getContainer(), id)

    /** Sends a body that must be refused, and checks that nothing came of it. */
    const refused = async (body: object): Promise<string> => {
      const before = await countRows(getContainer(), "social_platform")
      const { status, data } = await admin.post("/admin/social-platforms", body)
      expect(status).toBe(400)
      expect(data.type).toBe("invalid_data")
      expect(JSON.stringify(data)).not.toContain(SECRET)
      expect(await countRows(getContainer(), "social_platform")).toBe(before)
      return data.message
    }

    describe("creating a platform", () => {
      it("answers with everything but the secrets, which it stores sealed", async () => {
        const { status, data } = await admin.post(
          "/admin/social-platforms",
          carrier({
            description: "Parcels in Europe",
            tenant_id: "tenant_1",
            identifier: "eu",
            metadata: { region: "eu" },
            api_config: {
              api_key: SECRET,
              webhook_secret: OTHER_SECRET,
              probe_url: PROBE_URL,
              region: "eu-1",
            },
          })
        )

        expect(status).toBe(200)
        expect(data.social_platform).toMatchObject({
          id: expect.stringMatching(/^splat_/),
          name: "Carrier",
          description: "Parcels in Europe",
          provider: "generic",
          category: "shipping",
          auth_type: "api_key",
          status: "active",
          tenant_id: "tenant_1",
          identifier: "eu",
          metadata: { region: "eu" },
          api_config: { probe_url: PROBE_URL, region: "eu-1" },
          credentials: [
            {
              name: "api_key",
              configured: true,
              storage: "encrypted",
              key_version: 1,
            },
            {
              name: "webhook_secret",
              configured: true,
              storage: "encrypted",
              key_version: 1,
            },
          ],
          connection: "connected",
          token_validity: "unknown",
          // Tested when it was saved; nobody answers at that address.
          credential_test: { state: "not_tested" },
          key_version: 1,
        })
        expect(JSON.stringify(data)).not.toMatch(/marked-secret|authTag|"iv"/)

        const row = await stored(data.social_platform.id)
        expect(Object.keys(row.api_config).sort()).toEqual([
          "api_key_encrypted",
          "probe_url",
          "region",
          "webhook_secret_encrypted",
        ])
        expect(JSON.stringify(row)).not.toContain("marked-secret")
        expect(await auditTrail(getContainer(), row.id)).toEqual([
          {
            type: "created",
            actor_id: admin.id,
            details: { credentials: ["api_key", "webhook_secret"] },
          },
        ])
      })

      it("takes the kind from the provider when none is named", async () => {
        const { data } = await admin.post("/admin/social-platforms", {
          name: "Sandbox",
          provider: "sandbox",
        })
        expect(data.social_platform).toMatchObject({
          category: "social",
          auth_type: "oauth2",
          status: "pending",
          connection: "not_connected",
        })
      })

      it("refuses an unknown category, auth_type or status, and names all that there are", async () => {
        for (const [field, value, allowed] of [
          ["category", "shop", PLATFORM_CATEGORIES],
          ["auth_type", "magic", AUTH_TYPES],
          ["status", "asleep", PLATFORM_STATUSES],
        ] as const) {
          const message = await refused(carrier({ [field]: value }))
          expect(message).toContain(field)
          expect(message).toContain(allowed.join(", "))
        }
      })

      it("refuses a kind that the provider does not have, and names those it has", async () => {
        expect(
          await refused({ name: "S", provider: "sandbox", category: "payment" })
        ).toMatch(/"sandbox" has no category "payment".*: social\./)
        expect(
          await refused({ name: "S", provider: "sandbox", auth_type: "basic" })
        ).toMatch(/"sandbox" has no auth_type "basic".*: oauth2\./)
        expect(await refused(carrier({ auth_type: "oauth1" }))).toMatch(
          /"generic" has no auth_type "oauth1".*: api_key, bearer, basic\./
        )
      })

      it("refuses an unknown provider, and names those that there are", async () => {
        expect(await refused(carrier({ provider: "myspace" }))).toMatch(
          /Unknown provider "myspace".*sandbox, .*generic, /
        )
      })

      it("refuses a platform without a name or a provider", async () => {
        expect(await refused(carrier({ name: undefined }))).toContain("name")
        expect(await refused(carrier({ name: "  " }))).toContain("name")
        expect(await refused(carrier({ provider: undefined }))).toContain(
          "provider"
        )
      })

      it("names every field that the provider cannot do without", async () => {
        expect(await refused(carrier({ api_config: {} }))).toMatch(
          /auth_type "api_key" needs in api_config: api_key\./
        )
        expect(
          await refused(carrier({ api_config: { api_key: null } }))
        ).toMatch(/needs in api_config: api_key\./)
        expect(
          await refused(carrier({ auth_type: "basic", api_config: undefined }))
        ).toMatch(/auth_type "basic" needs in api_config: username, password\./)
        expect(
          await refused(carrier({ auth_type: "bearer", api_config: {} }))
        ).toMatch(/auth_type "bearer" needs in api_config: access_token\./)
      })

      it("refuses what it does not know, and addresses that are none", async () => {
        expect(await refused(carrier({ api_key: SECRET }))).toContain("api_key")
        expect(await refused(carrier({ key_version: 7 }))).toContain(
          "key_version"
        )
        expect(
          await refused(carrier({ base_url: "javascript:alert(1)" }))
        ).toContain("https://")
        expect(
          await refused(
            carrier({ api_config: { api_key: SECRET, probe_url: "file:///x" } })
          )
        ).toBe(
          "api_config.probe_url must be an address that starts with https://."
        )
      })

      it("repeats nothing of an api_config or metadata that is no object", async () => {
        for (const value of [SECRET, [SECRET], 7]) {
          expect(await refused(carrier({ api_config: value }))).toBe(
            "Invalid request: api_config must be an object."
          )
          expect(await refused(carrier({ metadata: value }))).toBe(
            "Invalid request: metadata must be an object."
          )
        }
      })

      it("refuses a secret that is no text, or blank", async () => {
        for (const api_key of [
          1234,
          "",
          "   ",
          { a: SECRET },
          [SECRET],
          true,
        ]) {
          expect(await refused(carrier({ api_config: { api_key } }))).toBe(
            "api_config.api_key must be a non-empty string, or null to erase it."
          )
        }
      })
    })

    describe("what a client may not store", () => {
      it("refuses encrypted values in every disguise", async () => {
        const envelope = await encryptAccessToken(SECRET, getContainer())
        const { encrypted, iv, authTag } = envelope
        const legacy = { encrypted, iv, authTag, keyVersion: 1 }
        const text = JSON.stringify(envelope)

        expect(
          await refused(
            carrier({ api_config: { api_key_encrypted: envelope } })
          )
        ).toBe(
          'api_config.api_key_encrypted cannot be set: encrypted values are made by the plugin. Send "api_key" with the secret itself.'
        )
        expect(
          await refused(
            carrier({
              api_config: { api_key: SECRET, colour_encrypted: "red" },
            })
          )
        ).toContain("api_config.colour_encrypted cannot be set")
        for (const disguise of [
          envelope,
          legacy,
          text,
          Buffer.from(text).toString("base64"),
          { encrypted: "AAAA" },
        ]) {
          expect(
            await refused(carrier({ api_config: { api_key: disguise } }))
          ).toContain("api_config.api_key looks like an encrypted value")
          expect(
            await refused(
              carrier({ api_config: { api_key: SECRET, colour: disguise } })
            )
          ).toContain("api_config.colour looks like an encrypted value")
          expect(
            await refused(
              carrier({
                api_config: { api_key: SECRET, list: [{ deep: disguise }] },
              })
            )
          ).toContain("api_config.list.0.deep looks like an encrypted value")
        }
      })

      it("refuses secrets below the top level, where they would not be sealed", async () => {
        const pages = { pages: [{ id: "1", access_token: SECRET }] }
        expect(
          await refused(carrier({ api_config: { api_key: SECRET, ...pages } }))
        ).toMatch(
          /api_config\.pages\.0\.access_token looks like a secret.*top level/
        )
        expect(
          await refused(
            carrier({
              api_config: { api_key: SECRET, a: { token_encrypted: "x" } },
            })
          )
        ).toContain("api_config.a.token_encrypted looks like a secret")
      })

      it("refuses metadata that holds a secret, at any depth", async () => {
        for (const metadata of [
          { access_token: SECRET },
          { apiKey: SECRET },
          { carrier: { login: { password: SECRET } } },
          { pages: [{ access_token: SECRET }] },
        ]) {
          expect(await refused(carrier({ metadata }))).toMatch(
            /^metadata\.\S+ looks like a secret, and metadata is not encrypted\. Put it into api_config\.$/
          )
        }
      })

      it("seals a secret that no provider declares, judging by its name", async () => {
        const names = [
          "api_secret",
          "auth_token",
          "secret_key",
          "secret_access_key",
          "webhook_signing_secret",
          "webhook_verify_token",
          "app_secret",
          "password",
          "app_bearer_token",
          "api_token",
          "access_key_id",
          "account_sid",
          "project_token",
          "licence_key",
          "oauth1_credentials",
        ]
        const id = await create({
          api_config: {
            api_key: SECRET,
            ...Object.fromEntries(
              names.map((name) => [name, `${SECRET}-${name}`])
            ),
          },
        })

        const row = await stored(id)
        expect(Object.keys(row.api_config).sort()).toEqual(
          ["api_key", ...names].map((name) => `${name}_encrypted`).sort()
        )
        const { data } = await admin.get(`/admin/social-platforms/${id}`)
        expect(JSON.stringify([row, data])).not.toContain(SECRET)
        expect(data.social_platform.api_config).toEqual({})
      })
    })

    describe("listing platforms", () => {
      let ids: Record<string, string>

      beforeEach(async () => {
        ids = {
          carrier: await create({ name: "Beta carrier" }),
          mailer: await create({
            name: "Alpha mailer",
            category: "email",
            auth_type: "bearer",
            api_config: { access_token: SECRET },
            status: "inactive",
          }),
          payments: await create({
            name: "Gamma payments",
            description: "Takes cards",
            category: "payment",
            auth_type: "basic",
            api_config: { username: "shop", password: SECRET },
            tenant_id: "tenant_1",
            identifier: "main",
          }),
        }
        const { data } = await admin.post("/admin/social-platforms", {
          name: "Delta sandbox",
          provider: "sandbox",
        })
        ids.sandbox = data.social_platform.id
      })

      const list = async (query: string): Promise<string[]> => {
        const { status, data } = await admin.get(
          `/admin/social-platforms?${query}`
        )
        expect([status, data.message]).toEqual([200, undefined])
        expect(data.count).toBe(data.social_platforms.length)
        const nameOf = Object.fromEntries(
          Object.entries(ids).map(([name, id]) => [id, name])
        )
        return data.social_platforms.map(({ id }: { id: string }) => nameOf[id])
      }

      it("filters and searches", async () => {
        for (const [query, expected] of [
          ["category=email", ["mailer"]],
          ["category[]=email&category[]=payment", ["mailer", "payments"]],
          ["status=inactive", ["mailer"]],
          ["status=pending", ["sandbox"]],
          ["auth_type=basic", ["payments"]],
          ["provider=sandbox", ["sandbox"]],
          ["provider=generic&status=active", ["carrier", "payments"]],
          ["tenant_id=tenant_1&identifier=main", ["payments"]],
          ["q=alpha", ["mailer"]],
          ["q=cards", ["payments"]],
          ["q=nothing-like-it", []],
          ["category=crm", []],
        ] as const) {
          expect([query, (await list(query)).sort()]).toEqual([query, expected])
        }
      })

      it("orders and pages, and counts all", async () => {
        expect(await list("order=name")).toEqual([
          "mailer",
          "carrier",
          "sandbox",
          "payments",
        ])
        expect(await list("order=-name")).toEqual([
          "payments",
          "sandbox",
          "carrier",
          "mailer",
        ])
        const { data } = await admin.get(
          "/admin/social-platforms?order=name&limit=2&offset=1"
        )
        expect(data).toMatchObject({ count: 4, limit: 2, offset: 1 })
        expect(
          data.social_platforms.map(({ name }: { name: string }) => name)
        ).toEqual(["Beta carrier", "Delta sandbox"])
      })

      it("leaves out fields that were not asked for", async () => {
        const { data } = await admin.get(
          "/admin/social-platforms?fields=id,name&order=name&limit=1"
        )
        expect(data.social_platforms[0]).toMatchObject({ name: "Alpha mailer" })
        expect(data.social_platforms[0]).not.toHaveProperty("category")
      })

      it("refuses unknown filters, values and orders, and says what there is", async () => {
        for (const [query, expected] of [
          ["category=shop", PLATFORM_CATEGORIES.join(", ")],
          ["category[]=email&category[]=shop", PLATFORM_CATEGORIES.join(", ")],
          ["status=asleep", PLATFORM_STATUSES.join(", ")],
          ["auth_type=magic", AUTH_TYPES.join(", ")],
          ["$or[0][status]=asleep", PLATFORM_STATUSES.join(", ")],
          ["order=credentials_version", "order must be one of: id, name"],
          ["colour=red", "Unrecognized fields: 'colour'"],
        ]) {
          const { status, data } = await admin.get(
            `/admin/social-platforms?${query}`
          )
          expect([query, status, data.message]).toEqual([
            query,
            400,
            expect.stringContaining(expected),
          ])
        }
      })
    })

    describe("one platform", () => {
      it("answers 404 to everything about an unknown one", async () => {
        for (const [method, path] of [
          ["get", ""],
          ["post", ""],
          ["delete", ""],
          ["post", "/disconnect"],
          ["post", "/verify"],
        ] as const) {
          const { status, data } = await admin[method](
            `/admin/social-platforms/splat_nobody${path}`
          )
          expect([method, path, status, data.type]).toEqual([
            method,
            path,
            404,
            "not_found",
          ])
          expect(data.message).toContain("splat_nobody")
        }
      })

      it("keeps a secret that an update does not name, and erases it for null", async () => {
        const id = await create({
          api_config: { api_key: SECRET, webhook_secret: OTHER_SECRET, a: "1" },
        })
        const before = await stored(id)

        const kept = await admin.post(`/admin/social-platforms/${id}`, {
          name: "Renamed",
          description: "New",
          category: "other",
          api_config: { a: "2", b: "3" },
        })
        expect([kept.status, kept.data.message]).toEqual([200, undefined])
        expect(kept.data.social_platform).toMatchObject({
          name: "Renamed",
          description: "New",
          category: "other",
          api_config: { a: "2", b: "3" },
        })
        const after = await stored(id)
        expect(after.api_config).toEqual({
          ...before.api_config,
          a: "2",
          b: "3",
        })

        const erased = await admin.post(`/admin/social-platforms/${id}`, {
          api_config: { webhook_secret: null, a: null },
        })
        expect(erased.data.social_platform.credentials).toContainEqual({
          name: "webhook_secret",
          configured: false,
          storage: null,
          key_version: null,
        })
        const {
          webhook_secret_encrypted: _secret,
          a: _a,
          ...rest
        } = after.api_config
        expect((await stored(id)).api_config).toEqual(rest)
        expect(await auditTrail(getContainer(), id)).toMatchObject([
          { type: "created" },
          {
            type: "updated",
            actor_id: admin.id,
            details: {
              credentials: ["webhook_secret"],
              erased: ["webhook_secret"],
            },
          },
        ])
      })

      it("replaces a secret, under a new envelope", async () => {
        const id = await create()
        const before = await stored(id)

        const { status, data } = await admin.post(
          `/admin/social-platforms/${id}`,
          { api_config: { api_key: OTHER_SECRET } }
        )
        expect(status).toBe(200)
        expect(JSON.stringify(data)).not.toContain("marked-secret")
        const { api_config } = await stored(id)
        expect(Object.keys(api_config)).toEqual(Object.keys(before.api_config))
        expect(api_config.api_key_encrypted).not.toEqual(
          before.api_config.api_key_encrypted
        )
        const opened = await openCredential(
          api_config,
          "api_key",
          getContainer(),
          id
        )
        expect(opened?.reveal()).toBe(OTHER_SECRET)
      })

      it("refuses a bad update whole, and leaves the row as it was", async () => {
        const id = await create({ api_config: { api_key: SECRET, a: "1" } })
        const before = await stored(id)
        const envelope = before.api_config.api_key_encrypted

        for (const [change, message] of [
          [{ provider: "sandbox" }, "provider"],
          [{ status: "asleep" }, PLATFORM_STATUSES.join(", ")],
          [{ category: "shop" }, PLATFORM_CATEGORIES.join(", ")],
          [{ auth_type: "oauth2" }, "Use one of: api_key, bearer, basic."],
          [{ name: "" }, "name"],
          [{ metadata: { access_token: SECRET } }, "metadata.access_token"],
          [{ metadata: { a: { password: SECRET } } }, "metadata.a.password"],
          [{ api_config: { api_key_encrypted: envelope } }, "cannot be set"],
          [
            { api_config: { api_key: envelope } },
            "looks like an encrypted value",
          ],
          [{ api_config: { a: { token: SECRET } } }, "api_config.a.token"],
          [{ api_config: { api_key: "" } }, "null to erase it"],
          [{ api_config: { api_key_encrypted: null } }, "cannot be set"],
          [{ api_config: { probe_url: "not a url" } }, "api_config.probe_url"],
          [{ credentials_version: 1 }, "credentials_version"],
          [
            { api_config: { probe_url: "https://evil.example/" } },
            "probe_url decides where the stored credentials are sent. To change it, enter api_key again",
          ],
          [
            { base_url: "https://evil.example/" },
            "base_url decides where the stored credentials are sent.",
          ],
        ] as const) {
          const { status, data } = await admin.post(
            `/admin/social-platforms/${id}`,
            { name: "Renamed", ...change }
          )
          expect([status, data.message]).toEqual([
            400,
            expect.stringContaining(message),
          ])
          expect(JSON.stringify(data)).not.toContain(SECRET)
        }
        expect(await stored(id)).toEqual(before)
      })

      it("moves to another host with credentials that were entered for it", async () => {
        const id = await create({
          api_config: { api_key: SECRET, probe_url: PROBE_URL },
        })
        const elsewhere = "https://other.example.com/account"
        const { status, data } = await admin.post(
          `/admin/social-platforms/${id}`,
          { api_config: { probe_url: elsewhere, api_key: OTHER_SECRET } }
        )
        expect([status, data.message]).toEqual([200, undefined])
        expect(data.social_platform.api_config.probe_url).toBe(elsewhere)

        // On the same host nothing needs to be entered again.
        const path = await admin.post(`/admin/social-platforms/${id}`, {
          api_config: { probe_url: "https://other.example.com/me" },
        })
        expect([path.status, path.data.message]).toEqual([200, undefined])
      })

      it("is unique in tenant, provider and identifier, until it is deleted", async () => {
        const id = await create({ tenant_id: "t1", identifier: "main" })
        const twin = carrier({ tenant_id: "t1", identifier: "main" })

        const message = await refused(twin)
        expect(message).toMatch(/already exists/)
        await create({ tenant_id: "t2", identifier: "main" })
        const other = await create({ tenant_id: "t1", identifier: "second" })
        await create({ identifier: "main" })
        expect(await refused(carrier({ identifier: "main" }))).toMatch(
          /already exists/
        )
        await create({ tenant_id: "t1" })
        await create({ tenant_id: "t1" })

        const before = await stored(other)
        const moved = await admin.post(`/admin/social-platforms/${other}`, {
          identifier: "main",
          api_config: { api_key: OTHER_SECRET },
        })
        expect(moved.status).toBe(400)
        expect(moved.data.message).toMatch(/already exists/)
        expect(await stored(other)).toEqual(before)

        await admin.delete(`/admin/social-platforms/${id}`)
        await create({ tenant_id: "t1", identifier: "main" })
      })

      it("leaves nothing to use behind when it is deleted", async () => {
        const id = await create()
        const { status, data } = await admin.delete(
          `/admin/social-platforms/${id}`
        )
        expect(status).toBe(200)
        expect(data).toEqual({ id, object: "social_platform", deleted: true })

        const row = await stored(id)
        expect(row.deleted_at).not.toBeNull()
        expect(row.api_config).toEqual({})
        const { status: gone } = await admin.get(
          `/admin/social-platforms/${id}`
        )
        expect(gone).toBe(404)
        for (const query of ["", "?with_deleted=true"]) {
          const list = await admin.get(`/admin/social-platforms${query}`)
          expect(list.data.social_platforms).toEqual([])
        }
      })

      it("is not deleted while posts are scheduled on its accounts", async () => {
        const id = await connectSandbox(admin)
        const post = await admin.post("/admin/social-posts", {
          caption: "Later",
          account_ids: [await accountOf(admin, id)],
          scheduled_at: new Date(Date.now() + 3_600_000).toISOString(),
        })
        expect(post.data.social_post.status).toBe("scheduled")
        const before = await stored(id)

        const refusal = await admin.delete(`/admin/social-platforms/${id}`)
        expect(refusal.status).toBe(400)
        expect(refusal.data.message).toMatch(
          /"Ada's sandbox" has 1 scheduled post\. Delete or reschedule it/
        )
        expect(await stored(id)).toEqual(before)
        expect(await sandbox.countRequests("POST", "/token/revocation")).toBe(0)
        const [{ count }] = await sql(
          getContainer(),
          "select count(*)::int as count from social_account where deleted_at is null"
        )
        expect(count).toBe(3)

        await admin.delete(`/admin/social-posts/${post.data.social_post.id}`)
        const deleted = await admin.delete(`/admin/social-platforms/${id}`)
        expect(deleted.status).toBe(200)
      })
    })

    it("describes the providers without the application's own secrets", async () => {
      const { status, data } = await admin.get("/admin/social-providers")
      expect(status).toBe(200)
      const providers: { identifier: string }[] = data.social_providers
      const [network] = providers
      expect(network).toMatchObject({
        identifier: "sandbox",
        capabilities: { connect: true, publish: true },
        credential_fields: [
          { name: "client_secret", input: "password", preconfigured: true },
        ],
        redirect_uri: expect.stringMatching(/:\d+\/oauth\/sandbox\/callback$/),
      })
      expect(
        providers.find(({ identifier }) => identifier === "generic")
      ).toMatchObject({
        categories: [...PLATFORM_CATEGORIES],
        redirect_uri: null,
      })
      expect(JSON.stringify(data)).not.toContain("sandbox-secret")
    })
  },
})
