import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { getAccessToken } from "../../src/credentials"
import { socialsModule } from "../../src/credentials/modules"
import {
  type Admin,
  approve,
  connectSandbox,
  createAdmin,
  createSandboxPlatform,
  sql,
} from "./support/application"
import { loseTrustInRegistry, restartEncryption } from "./support/keys"
import { sandbox } from "./support/sandbox"
import {
  startTokenEndpoint,
  type TokenEndpoint,
} from "./support/token-endpoint"
import { startWatch } from "./support/watch"

jest.setTimeout(120_000)

const DAY_MS = 86_400_000
const API_KEY = "carrier_live_6d1f0b8e27"

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let endpoint: TokenEndpoint

    beforeAll(async () => {
      endpoint = await startTokenEndpoint()
    })
    afterAll(() => endpoint.close())
    beforeEach(async () => {
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const health = async (query = "") =>
      (await admin.get(`/admin/socials/health${query}`)).data.health
    const show = async (id: string) =>
      (await admin.get(`/admin/social-platforms/${id}`)).data.social_platform
    const events = async (id: string, query = "") =>
      (await admin.get(`/admin/social-platforms/${id}/events${query}`)).data
    const verify = (id: string) =>
      admin.post(`/admin/social-platforms/${id}/verify`)
    const set = (id: string, assignment: string, value: unknown) =>
      sql(
        getContainer(),
        `update social_platform set ${assignment} where id = ?`,
        [value, id]
      )
    const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)
    const endToken = (id: string) =>
      set(id, "token_expires_at = ?", new Date(Date.now() - 60_000))
    const createPlatform = async (body: object): Promise<string> => {
      const { data } = await admin.post("/admin/social-platforms", body)
      return data.social_platform.id
    }
    const createKeyService = (name: string): Promise<string> =>
      createPlatform({
        name,
        provider: "generic",
        auth_type: "api_key",
        api_config: { api_key: API_KEY },
      })

    describe("the health of the connections", () => {
      it("is empty without platforms", async () => {
        expect(await health()).toEqual({
          encryption: [],
          counts: {
            healthy: 0,
            expiring: 0,
            reconnect: 0,
            failing: 0,
            not_tested: 0,
            not_connected: 0,
            inactive: 0,
          },
          providers: [],
          items: [],
          count: 0,
          publishing: { due: 0, oldest_due_at: null },
        })
      })

      it("counts each platform once, and lists only those that need somebody", async () => {
        await connectSandbox(admin, { name: "Fine" })
        await createSandboxPlatform(admin, { name: "New" })
        const off = await createKeyService("Switched off")
        await admin.post(`/admin/social-platforms/${off}`, {
          status: "inactive",
        })
        await createKeyService("Parcels")

        const { counts, items, count, providers } = await health()
        expect(counts).toMatchObject({
          healthy: 1,
          not_tested: 1,
          not_connected: 1,
          inactive: 1,
          reconnect: 0,
        })
        expect(items).toMatchObject([
          {
            name: "Parcels",
            state: "not_tested",
            what_to_do: 'Test the connection of "Parcels".',
            can_test: true,
          },
          {
            name: "New",
            state: "not_connected",
            what_to_do: 'Connect "New" with Sandbox.',
            connects_by_redirect: true,
            can_test: false,
          },
        ])
        expect(count).toBe(2)
        expect(providers).toEqual([
          expect.objectContaining({ provider: "generic", platforms: 2 }),
          {
            provider: "sandbox",
            label: "Sandbox",
            platforms: 2,
            misconfigured: null,
          },
        ])
      })

      it("says of an ended grant what to do, until the platform is connected again", async () => {
        const id = await connectSandbox(admin)
        await sandbox.revokeGrants()
        await endToken(id)
        expect((await verify(id)).data.verification?.ok).not.toBe(true)

        const { counts, items } = await health()
        expect(counts).toMatchObject({ reconnect: 1, healthy: 0 })
        expect(items).toMatchObject([
          {
            platform_id: id,
            name: "Ada's sandbox",
            provider: "sandbox",
            state: "reconnect",
            reason: "Sandbox withdrew the access.",
            what_to_do:
              'Connect "Ada\'s sandbox" again, and allow Sandbox everything that it asks for.',
            connects_by_redirect: true,
            can_test: true,
            last_error: { class: "token_invalid", code: "invalid_grant" },
          },
        ])

        await admin.post(
          "/admin/oauth/sandbox/callback",
          await approve(admin, id)
        )
        expect(await health()).toMatchObject({
          counts: { healthy: 1, reconnect: 0 },
          items: [],
        })
      })

      it("asks nothing of anybody for a failure that passes, and forgets it after a success", async () => {
        const id = await connectSandbox(admin)
        await endToken(id)
        await sandbox.fault({ target: "token", kind: "error" })
        await verify(id)

        const { counts, items } = await health()
        expect(counts.failing).toBe(1)
        expect(items[0]).toMatchObject({
          state: "failing",
          consecutive_failures: 1,
          next_refresh_at: expect.any(String),
          what_to_do: expect.stringContaining("tried again by itself"),
        })

        await verify(id)
        expect((await health()).counts).toMatchObject({
          failing: 0,
          healthy: 1,
        })
      })

      it("raises one alarm for a refused registration, however many platforms met it", async () => {
        const ids: string[] = []
        for (const name of ["One", "Two", "Three"]) {
          ids.push(await connectSandbox(admin, { name }))
        }
        await sandbox.fault({
          target: "token",
          kind: "invalid_client",
          times: 3,
        })
        for (const id of ids) {
          await endToken(id)
          await verify(id)
        }

        const { counts, providers, items } = await health()
        expect(items).toEqual([])
        expect(counts.failing).toBe(3)
        expect(providers).toEqual([
          {
            provider: "sandbox",
            label: "Sandbox",
            platforms: 3,
            misconfigured: {
              code: "invalid_client",
              message: expect.stringContaining("client secret"),
              at: expect.any(String),
              what_to_do: expect.stringContaining("registration with Sandbox"),
              affected: 3,
              platform_id: ids[2],
            },
          },
        ])
        const alarms = await Promise.all(ids.map((id) => events(id)))
        expect(
          alarms
            .flatMap(({ events }) => events)
            .filter(({ type }) => type === "configuration_alarm")
        ).toHaveLength(1)

        for (const id of ids) {
          await verify(id)
        }
        expect((await health()).providers[0].misconfigured).toBeNull()
      })

      it("blames the platform alone for a registration of its own", async () => {
        const id = await connectSandbox(admin)
        await admin.post(`/admin/social-platforms/${id}`, {
          api_config: { client_secret: "its-own-secret" },
        })
        await endToken(id)
        await sandbox.fault({ target: "token", kind: "invalid_client" })
        await verify(id)

        const { providers, items } = await health()
        expect(providers[0].misconfigured).toBeNull()
        expect(items).toMatchObject([
          {
            platform_id: id,
            state: "failing",
            what_to_do: expect.stringContaining("application's registration"),
          },
        ])
      })

      it("tells of an access that only a person can extend, thirty days ahead", async () => {
        const id = await connectSandbox(admin)
        await set(id, "last_refreshed_at = ?", new Date())
        await set(id, "refresh_token_expires_at = ?", inDays(31))
        expect((await health()).counts.healthy).toBe(1)

        const end = inDays(29)
        await set(id, "refresh_token_expires_at = ?", end)
        expect((await health()).items).toMatchObject([
          {
            state: "expiring",
            reconnect_before: end.toISOString(),
            what_to_do: expect.stringContaining("before its access ends"),
          },
        ])
        expect(await show(id)).toMatchObject({
          refreshes_itself: true,
          reconnect_before: end.toISOString(),
        })
      })

      describe("of a refresh token that ends within thirty days", () => {
        const TTL = 14 * 86_400
        const tokens = {
          access_token: "access",
          token_type: "bearer",
          expires_in: 3600,
        }

        /** A platform whose service is the endpoint, connected two days ago for fourteen. */
        const connectAtEndpoint = async () => {
          const id = await connectSandbox(admin)
          await sql(
            getContainer(),
            `update social_platform set connected_at = now() - interval '2 days',
               refresh_token_expires_at = now() + interval '12 days' where id = ?`,
            [id]
          )
          return id
        }
        const refresh = async (id: string, answer: object) => {
          endpoint.answer({ ...tokens, ...answer })
          const options = await socialsModule(getContainer()).getOptions()
          const before = { ...options.provider_config }
          options.provider_config.sandbox = {
            ...before.sandbox,
            token_endpoint: `${endpoint.url}/token`,
          }
          try {
            await getAccessToken(getContainer(), id, { forceRefresh: true })
          } finally {
            options.provider_config = before
          }
        }
        const stateOf = async (id: string) => {
          const { counts } = await health()
          const { reconnect_before } = await show(id)
          return {
            healthy: counts.healthy,
            expiring: counts.expiring,
            reconnect_before,
          }
        }
        const CALM = { healthy: 1, expiring: 0, reconnect_before: null }

        it("waits for what the next refresh makes of it", async () => {
          expect(await stateOf(await connectAtEndpoint())).toEqual(CALM)
        })

        it("asks nothing of anybody while each refresh extends it", async () => {
          const id = await connectAtEndpoint()
          await refresh(id, {
            refresh_token: "next",
            refresh_token_expires_in: TTL,
          })
          expect(await stateOf(id)).toEqual(CALM)
        })

        it.each([
          [
            "tells what is left of it",
            { refresh_token_expires_in: 12 * 86_400 },
          ],
          ["tells nothing of it", {}],
        ])("tells of its end when a refresh %s", async (_, answer) => {
          const id = await connectAtEndpoint()
          await refresh(id, answer)
          expect(await stateOf(id)).toEqual({
            healthy: 0,
            expiring: 1,
            reconnect_before: expect.any(String),
          })
        })

        it("tells of its end when a service extends it no longer", async () => {
          const id = await connectAtEndpoint()
          await refresh(id, { refresh_token_expires_in: TTL })
          await set(id, "last_refreshed_at = ?", inDays(-1))
          await refresh(id, { refresh_token_expires_in: TTL - 86_400 })
          expect((await stateOf(id)).expiring).toBe(1)
        })

        it("tells of its end when no refresh comes before it", async () => {
          const id = await connectAtEndpoint()
          await set(id, "next_refresh_at = ?", inDays(13))
          expect((await stateOf(id)).expiring).toBe(1)
        })
      })

      it("takes the end of a token that nothing refreshes for the end of the access", async () => {
        const id = await createKeyService("Parcels")
        const soon = new Date(Date.now() + DAY_MS)
        await set(id, "token_expires_at = ?", soon)
        expect((await health()).items).toMatchObject([
          { state: "expiring", reconnect_before: soon.toISOString() },
        ])
        await endToken(id)
        expect((await health()).items).toMatchObject([
          { state: "reconnect", connects_by_redirect: false },
        ])
      })

      it("takes a platform that gets its first token by itself for one to test, not to connect", async () => {
        const id = await createPlatform({
          name: "Payments",
          provider: "paypal",
          category: "payment",
          api_config: { client_id: "the-app", client_secret: "its-secret" },
        })
        // The service is out of a test's reach: as if it had not been asked.
        await set(id, "last_error = null, consecutive_failures = ?", 0)
        expect(await health()).toMatchObject({
          counts: { not_tested: 1, not_connected: 0 },
          items: [{ platform_id: id, state: "not_tested" }],
        })
        await set(id, "token_validity = ?, last_error = null", "true")
        expect(await health()).toMatchObject({
          counts: { healthy: 1 },
          items: [],
        })
        // Nor does it end with a token: the next one comes by itself.
        await endToken(id)
        expect((await health()).counts.healthy).toBe(1)
        expect(await show(id)).toMatchObject({
          refreshes_itself: true,
          reconnect_before: null,
        })
        await set(id, "consecutive_failures = ?", 2)
        expect(await health()).toMatchObject({
          counts: { failing: 1 },
          items: [{ platform_id: id, connects_by_redirect: false }],
        })
      })

      describe("with a credential in the application's environment", () => {
        beforeEach(() => {
          process.env.META_ACCESS_TOKEN = "EAAshared"
        })
        afterEach(() => {
          delete process.env.META_ACCESS_TOKEN
        })

        it("takes a platform that has none of its own for one to test, as long as it is there", async () => {
          const id = await createPlatform({
            name: "Ads",
            provider: "meta_system_user",
          })
          await set(id, "last_error = null, consecutive_failures = ?", 0)
          expect((await health()).counts).toMatchObject({
            not_tested: 1,
            not_connected: 0,
          })
          delete process.env.META_ACCESS_TOKEN
          expect((await health()).items).toMatchObject([
            { name: "Ads", state: "not_connected", can_test: false },
          ])
        })

        it("takes one at an address of its own for not connected, for it is not sent there", async () => {
          const id = await createPlatform({
            name: "Ads",
            provider: "meta_system_user",
          })
          const other = await createPlatform({
            name: "Ads of our own",
            provider: "meta_system_user",
          })
          await set(id, "last_error = null, consecutive_failures = ?", 0)
          await set(other, "base_url = ?", "https://elsewhere.example/graph")
          expect(await health()).toMatchObject({
            counts: { not_tested: 1, not_connected: 1 },
            items: [
              { platform_id: id, state: "not_tested" },
              { platform_id: other, state: "not_connected" },
            ],
          })
          expect((await show(other)).connection).toBe("not_connected")
        })

        it("says in the forms that it is there", async () => {
          const { data } = await admin.get("/admin/social-providers")
          const { credential_fields } = data.social_providers.find(
            ({ identifier }: { identifier: string }) =>
              identifier === "meta_system_user"
          )
          expect(credential_fields).toEqual(
            expect.arrayContaining([
              expect.objectContaining({
                name: "access_token",
                preconfigured: true,
              }),
              expect.objectContaining({
                name: "app_secret",
                preconfigured: false,
              }),
            ])
          )
          expect(JSON.stringify(data)).not.toContain("EAAshared")
        })
      })

      it("puts the most urgent first, and lists no more than asked for", async () => {
        const failing = await createKeyService("Failing")
        await set(failing, "consecutive_failures = ?", 3)
        await createSandboxPlatform(admin, { name: "New" })
        const lost = await createKeyService("Lost")
        await set(lost, "token_validity = ?", "false")

        const all = await health()
        expect(all.items.map(({ name }: { name: string }) => name)).toEqual([
          "Lost",
          "Failing",
          "New",
        ])
        const first = await health("?limit=1")
        expect(first.items).toEqual([all.items[0]])
        expect(first.count).toBe(3)
      })

      it.each(["0", "201", "many", "1&platform=splat_1"])(
        "refuses the limit %s",
        async (limit) => {
          const { status } = await admin.get(
            `/admin/socials/health?limit=${limit}`
          )
          expect(status).toBe(400)
        }
      )

      it("shows no credential", async () => {
        const id = await createKeyService("Parcels")
        await set(id, "token_validity = ?", "false")
        expect(JSON.stringify(await health())).not.toMatch(
          /api_config|_encrypted|authTag|carrier_live/
        )
      })
    })

    it("names the scopes that were not granted", async () => {
      const id = await connectSandbox(admin)
      const { scopes, missing_scopes } = await show(id)
      expect(missing_scopes).toEqual([])
      await set(id, "scopes = ?::text[]", `{${scopes[0]}}`)
      expect((await show(id)).missing_scopes).toEqual(
        expect.arrayContaining([expect.any(String)])
      )
      expect((await show(id)).missing_scopes).not.toContain(scopes[0])
      await set(id, "scopes = ?", null)
      expect((await show(id)).missing_scopes).toEqual([])
    })

    describe("while a process cannot encrypt", () => {
      afterEach(() => restartEncryption(getContainer()))

      it("says so before a token is lost by it, and what to do", async () => {
        expect((await health()).encryption).toEqual([])
        await loseTrustInRegistry(getContainer())
        expect((await health()).encryption).toEqual([
          {
            code: "cannot_seal",
            severity: "error",
            message: expect.stringMatching(/^The key registry was changed/),
            next: expect.stringMatching(/no token refreshed/),
          },
        ])
      })

      it("names another process that lacks the active key", async () => {
        await sql(
          getContainer(),
          `insert into encryption_process (id, host, pid, keys, started_at, seen_at)
           values ('other', 'shop-2', 17, '[]', now(), now())`
        )
        expect((await health()).encryption).toMatchObject([
          {
            code: "process_without_active_key",
            message: expect.stringMatching(
              /^Process 17 on shop-2 does not have/
            ),
          },
        ])
      })
    })

    describe("the audit trail", () => {
      it("shows who connected, what was refreshed, failed and replaced, and who disconnected", async () => {
        const id = await connectSandbox(admin)
        await endToken(id)
        await verify(id)
        await endToken(id)
        await sandbox.fault({ target: "token", kind: "error" })
        await verify(id)
        await admin.post(`/admin/social-platforms/${id}`, {
          api_config: { client_secret: "its-own-secret" },
        })
        await admin.post(`/admin/social-platforms/${id}/disconnect`)

        const { events: trail, count } = await events(id)
        expect(trail).toMatchObject([
          { type: "disconnected", actor_id: admin.id },
          {
            type: "updated",
            actor_id: admin.id,
            details: { credentials: ["client_secret"], erased: [] },
          },
          {
            type: "refresh_failed",
            actor_id: null,
            details: { class: "transient" },
          },
          { type: "refreshed", actor_id: null },
          { type: "connected", actor_id: admin.id },
          { type: "created", actor_id: admin.id },
        ])
        expect(count).toBe(6)
        expect(Object.keys(trail[0]).sort()).toEqual([
          "actor_id",
          "count",
          "created_at",
          "details",
          "id",
          "last_at",
          "platform_id",
          "type",
        ])
        expect(JSON.stringify(trail)).not.toContain("its-own-secret")
      })

      it("comes in pages, without a gap or a repetition", async () => {
        const id = await createKeyService("Parcels")
        for (const key of ["second", "third", "fourth"]) {
          await admin.post(`/admin/social-platforms/${id}`, {
            api_config: { api_key: key },
          })
        }
        const pages = await Promise.all([
          events(id, "?limit=3"),
          events(id, "?limit=3&offset=3"),
        ])
        expect(pages).toMatchObject([
          { count: 4, limit: 3, offset: 0 },
          { count: 4, limit: 3, offset: 3 },
        ])
        const trail = pages.flatMap(({ events }) => events)
        expect(new Set(trail.map((event) => event.id)).size).toBe(4)
        expect(trail.map((event) => event.type)).toEqual([
          "updated",
          "updated",
          "updated",
          "created",
        ])
      })

      it("belongs to one platform", async () => {
        const id = await createKeyService("Parcels")
        await createKeyService("Other")
        const { events: trail } = await events(id)
        expect(trail).toHaveLength(1)
        expect(trail[0].platform_id).toBe(id)
      })

      it("is not there for a platform that does not exist", async () => {
        const { status, data } = await admin.get(
          "/admin/social-platforms/splat_none/events"
        )
        expect(status).toBe(404)
        expect(data.type).toBe("not_found")
      })

      it("is not there for a deleted platform", async () => {
        const id = await createKeyService("Parcels")
        await admin.delete(`/admin/social-platforms/${id}`)
        const { status } = await admin.get(
          `/admin/social-platforms/${id}/events`
        )
        expect(status).toBe(404)
      })
    })

    it("tells subscribers once that somebody has marked an access as invalid", async () => {
      const id = await createKeyService("Parcels")
      const watch = startWatch(getContainer(), admin)
      const mark = () =>
        watch.admin.post(`/admin/social-platforms/${id}/mark-invalid`, {
          reason:
            "Marked as needing reconnection: The key was in a screenshot.",
        })
      await mark()
      await mark().finally(watch.stop)
      const told = watch.events.filter((event) =>
        event.includes("social_platform.invalidated")
      )
      expect(told).toHaveLength(1)
      expect(told[0]).toContain(id)
      expect(told[0]).not.toContain("screenshot")
      expect((await events(id)).events[0]).toMatchObject({
        type: "invalidated",
        actor_id: admin.id,
      })
    })

    it.each([
      "/admin/socials/health",
      "/admin/social-platforms/splat_1/events",
    ])("%s answers nobody without a login", async (path) => {
      const { status } = await api.get(path, { validateStatus: () => true })
      expect(status).toBe(401)
    })
  },
})
