import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { getAccessToken } from "../../src/credentials"
import { refreshDueTokens } from "../../src/credentials/health/maintenance"
import { socialsModule } from "../../src/credentials/modules"
import { sealCredentials } from "../../src/credentials/storage/seal"
import { changeCredentials } from "../../src/credentials/storage/write"
import probeCredentials from "../../src/jobs/probe-credentials"
import refreshExpiringTokens from "../../src/jobs/refresh-expiring-tokens"
import {
  type Admin,
  connectSandbox,
  createAdmin,
  createSandboxPlatform,
  sql,
} from "./support/application"
import { auditTrail, storedPlatform } from "./support/database"
import { eventually } from "./support/eventually"
import { startProbeServer, type ProbeServer } from "./support/probe-server"
import { sandbox } from "./support/sandbox"
import {
  startTokenEndpoint,
  type TokenEndpoint,
} from "./support/token-endpoint"

jest.setTimeout(180_000)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let probe: ProbeServer
    let endpoint: TokenEndpoint

    beforeAll(async () => {
      probe = await startProbeServer()
      endpoint = await startTokenEndpoint()
    })
    afterAll(async () => {
      await probe.close()
      await endpoint.close()
    })
    beforeEach(async () => {
      await sandbox.reset()
      probe.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const change = (id: string, assignment: string) =>
      sql(
        getContainer(),
        `update social_platform set ${assignment} where id = ?`,
        [id]
      )
    const row = async (id: string) =>
      (await storedPlatform(getContainer(), id)) as unknown as Record<
        string,
        any
      >
    const token = async (id: string) =>
      (await getAccessToken(getContainer(), id, { minTtlSeconds: 0 })).reveal()
    const connect = (name: string) => connectSandbox(admin, { name })
    /** One whose registration was never entered. */
    const createKeylessOAuth = async (name: string) => {
      const { data } = await admin.post("/admin/social-platforms", {
        name,
        provider: "generic_oauth2",
        status: "active",
        api_config: {
          client_id: "shop",
          authorization_endpoint: `${endpoint.url}/authorize`,
          token_endpoint: `${endpoint.url}/token`,
          access_token: "a-token",
          refresh_token: "a-refresh-token",
        },
      })
      const { id } = data.social_platform
      await change(id, "api_config = api_config - 'client_id'")
      return id as string
    }
    /** One of a provider with tokens, as its callback would leave it. */
    const createConnected = async (provider: string) => {
      const { id } = await socialsModule(getContainer()).createSocialPlatforms({
        name: `Shop of ${provider}`,
        provider,
        auth_type: "oauth2",
        status: "active",
        token_validity: "true",
        connected_at: new Date(),
        token_expires_at: new Date(Date.now() + 3_600_000),
      })
      const sealed = await sealCredentials(getContainer(), id, {
        access_token: "a-token",
        refresh_token: "a-refresh-token",
      })
      await changeCredentials(getContainer(), id, async () => ({ sealed }))
      return id
    }
    const makeDue = (id: string) =>
      change(id, "next_refresh_at = now() - interval '1 second'")
    const countRefreshes = () => sandbox.countRequests("POST", "/token")
    const types = async (id: string) =>
      (await auditTrail(getContainer(), id)).map(({ type }) => type)
    const withOptions = async <T>(
      change: (options: any) => void,
      run: () => Promise<T>
    ): Promise<T> => {
      const options = await socialsModule(getContainer()).getOptions()
      const before = {
        ...options,
        provider_config: { ...options.provider_config },
      }
      change(options)
      try {
        return await run()
      } finally {
        Object.assign(options, before)
      }
    }

    describe("the job that refreshes", () => {
      it("plans a refresh before those who use the token would have to", async () => {
        const id = await connect("First")
        const { token_expires_at, next_refresh_at } = await row(id)
        const ahead = token_expires_at.getTime() - next_refresh_at.getTime()
        // Ten minutes, and a part of the lifetime at random.
        expect(ahead).toBeGreaterThanOrEqual(600_000)
        expect(ahead).toBeLessThanOrEqual(600_000 + 361_000)
      })

      it("refreshes what is due, and leaves the rest alone", async () => {
        const [due, fresh, off, lost] = [
          await connect("Due"),
          await connect("Fresh"),
          await connect("Switched off"),
          await connect("Lost"),
        ]
        const never = await createSandboxPlatform(admin, {
          name: "Never connected",
        })
        for (const id of [due, off, lost, never]) {
          await makeDue(id)
        }
        await change(off, "status = 'inactive'")
        await change(lost, "token_validity = 'false', status = 'error'")
        const before = await token(due)
        const asked = await countRefreshes()

        await refreshExpiringTokens(getContainer())
        expect(await countRefreshes()).toBe(asked + 1)
        expect(await token(due)).not.toBe(before)
        expect((await row(due)).next_refresh_at.getTime()).toBeGreaterThan(
          Date.now() + 1_800_000
        )
        expect((await row(fresh)).last_refreshed_at).toBeNull()
      })

      it("takes on a token that another release has left without a plan", async () => {
        const id = await connect("Unplanned")
        await change(
          id,
          "next_refresh_at = null, token_expires_at = now() + interval '5 minutes'"
        )
        await refreshExpiringTokens(getContainer())
        expect((await row(id)).last_refreshed_at).not.toBeNull()
      })

      it("shares the work among workers, each token once", async () => {
        const ids = []
        for (const name of ["A", "B", "C", "D", "E", "F"]) {
          ids.push(await connect(name))
        }
        await Promise.all(ids.map(makeDue))
        const asked = await countRefreshes()
        await Promise.all(
          [1, 2, 3].map(() => refreshExpiringTokens(getContainer()))
        )
        expect(await countRefreshes()).toBe(asked + 6)
      })

      it("comes back to the claim of a worker that died", async () => {
        const id = await connect("Claimed")
        await makeDue(id)
        const claim = () =>
          socialsModule(getContainer()).claimDueRefreshes("sandbox", 10, 300)
        expect(await claim()).toEqual([id])
        expect(await claim()).toEqual([])
        await makeDue(id)
        await refreshExpiringTokens(getContainer())
        expect((await row(id)).last_refreshed_at).not.toBeNull()
      })

      it("takes on one provider's tokens at a time: first what has never failed, and of that what ends soonest", async () => {
        const [failing, later, sooner] = [
          await connect("Failing"),
          await connect("Later"),
          await connect("Sooner"),
        ]
        const other = await createConnected("slack")
        await Promise.all([failing, later, sooner, other].map(makeDue))
        await change(
          failing,
          "consecutive_failures = 2, token_expires_at = now() - interval '1 day'"
        )
        await change(later, "token_expires_at = now() + interval '2 minutes'")
        await change(sooner, "token_expires_at = now() + interval '1 minute'")
        const claim = () =>
          socialsModule(getContainer()).claimDueRefreshes("sandbox", 2, 300)
        expect(await claim()).toEqual([sooner, later])
        expect(await claim()).toEqual([failing])
      })

      it("waits for no service that hangs: those of the others are refreshed", async () => {
        const service = await startProbeServer()
        service.hang()
        const hanging: string[] = []
        for (let index = 0; index < 10; index++) {
          const id = await createKeylessOAuth(`Hanging ${index}`)
          await admin.post(`/admin/social-platforms/${id}`, {
            api_config: {
              client_id: "shop",
              client_secret: "the-shop's",
              token_endpoint: service.url,
              access_token: "a-token",
              refresh_token: "a-refresh-token",
            },
          })
          hanging.push(id)
        }
        const healthy = [await connect("A"), await connect("B")]
        await Promise.all([...hanging, ...healthy].map(makeDue))
        const BUDGET_MS = 5_000
        const began = Date.now()
        await refreshDueTokens(getContainer(), began + BUDGET_MS)
        // The machine may be busy; the service would hang for a minute.
        expect(Date.now() - began).toBeLessThan(3 * BUDGET_MS)
        for (const id of healthy) {
          expect((await row(id)).last_refreshed_at).not.toBeNull()
        }
        expect(service.requests).toHaveLength(5)
        // Ends what hangs.
        await service.close()
        await eventually(async () =>
          expect((await row(hanging[0])).refresh_lease_token).toBeNull()
        )
      })

      it("keeps up with a hundred tokens that are due at once, and does not slow down beside a service that hangs", async () => {
        const PROVIDERS = ["attio", "dropbox", "hubspot", "mollie", "slack"]
        const PLATFORMS = 100
        const ENDPOINT_MS = 200
        const hanging = await startProbeServer()
        hanging.hang()
        const healthy = await startTokenEndpoint()
        healthy.takes(ENDPOINT_MS)
        healthy.answer({
          access_token: "another-token",
          refresh_token: "another-refresh-token",
          token_type: "bearer",
          expires_in: 3600,
        })
        const registration = { client_id: "shop", client_secret: "the-shop's" }
        const seed = (count: number, providers: string[]) =>
          Promise.all(
            Array.from({ length: count }, (_, index) =>
              createConnected(providers[index % providers.length])
            )
          )
        const makeAllDue = (providers: string[]) =>
          sql(
            getContainer(),
            `update social_platform set last_refreshed_at = null, next_refresh_at = now()
             where provider = any(?)`,
            [providers]
          )
        /** How long the job takes until the healthy services' tokens are refreshed, in ms. */
        const timeHealthy = async (deadline: number) => {
          const began = Date.now()
          const run = refreshDueTokens(getContainer(), deadline)
          await eventually(async () =>
            expect(
              await sql(
                getContainer(),
                `select count(*)::int as count from social_platform
                 where provider = any(?) and last_refreshed_at is not null`,
                [PROVIDERS]
              )
            ).toEqual([{ count: PLATFORMS }])
          )
          return { ms: Date.now() - began, run }
        }
        await withOptions(
          (options) => {
            for (const provider of PROVIDERS) {
              options.provider_config[provider] = {
                ...registration,
                token_endpoint: `${healthy.url}/token`,
              }
            }
            options.provider_config.zoho_crm = {
              ...registration,
              token_endpoint: hanging.url,
            }
          },
          async () => {
            await seed(PLATFORMS, PROVIDERS)
            const stuck = await seed(10, ["zoho_crm"])
            await makeAllDue(PROVIDERS)
            const alone = await timeHealthy(Date.now() + 30_000)
            expect(await alone.run).toEqual({ done: PLATFORMS, failed: 0 })
            // One after another they take longer than that.
            expect(alone.ms).toBeLessThan((PLATFORMS * ENDPOINT_MS) / 2)

            await makeAllDue([...PROVIDERS, "zoho_crm"])
            const beside = await timeHealthy(Date.now() + 2 * alone.ms)
            expect(beside.ms).toBeLessThan(2 * alone.ms)
            expect(await beside.run).toMatchObject({ done: PLATFORMS })
            // Ends what hangs.
            await Promise.all([hanging.close(), healthy.close()])
            await eventually(async () =>
              expect((await row(stuck[0])).refresh_lease_token).toBeNull()
            )
          }
        )
      })

      it("leaves one row of a day's refreshes in the audit trail, and prunes what is older than the operator keeps", async () => {
        const id = await connect("Often")
        const trail = () =>
          sql(
            getContainer(),
            `select type, count, last_at from social_credential_event
             where platform_id = ? order by created_at, id`,
            [id]
          )
        for (let times = 0; times < 3; times++) {
          await makeDue(id)
          await refreshExpiringTokens(getContainer())
        }
        const { data } = await admin.get(`/admin/social-platforms/${id}/events`)
        expect(data.events[0]).toMatchObject({
          type: "refreshed",
          count: 3,
          last_at: expect.any(String),
        })
        expect((await trail()).map(({ type }) => type)).toEqual([
          "created",
          "connected",
          "refreshed",
        ])

        await sql(
          getContainer(),
          `update social_credential_event set created_at = now() - interval '40 days'
           where platform_id = ?`,
          [id]
        )
        await probeCredentials(getContainer())
        expect(await trail()).toHaveLength(3)
        await withOptions(
          (options) => (options.credential_event_retention_days = 30),
          () => probeCredentials(getContainer())
        )
        // The refreshes began long ago, and the last was today.
        expect((await trail()).map(({ type }) => type)).toEqual(["refreshed"])
      })

      it("tries a failing service again later, and spares it its callers", async () => {
        const id = await connect("Failing")
        await sandbox.fault({
          target: "token",
          kind: "error",
          status: 503,
          times: 50,
        })
        for (const failures of [1, 2, 3]) {
          await makeDue(id)
          await refreshExpiringTokens(getContainer())
          const { consecutive_failures, next_refresh_at, status } =
            await row(id)
          expect([consecutive_failures, status]).toEqual([failures, "active"])
          const wait = next_refresh_at.getTime() - Date.now()
          expect(wait).toBeGreaterThan(2 ** (failures - 1) * 15_000 - 2_000)
          expect(wait).toBeLessThan(2 ** (failures - 1) * 30_000 + 2_000)
        }
        expect(
          (await types(id)).filter((t) => t === "refresh_failed")
        ).toHaveLength(1)

        const asked = await countRefreshes()
        await change(id, "token_expires_at = now()")
        await expect(getAccessToken(getContainer(), id)).rejects.toMatchObject({
          errorClass: "transient",
          code: "backing_off",
        })
        expect(await countRefreshes()).toBe(asked)

        await sandbox.clearFaults()
        await makeDue(id)
        await refreshExpiringTokens(getContainer())
        expect((await row(id)).consecutive_failures).toBe(0)
        expect(await token(id)).toMatch(/./)
      })
    })

    describe("an outcome", () => {
      it("of a wrong registration is one alarm, and ends no connection", async () => {
        const ids = [
          await connect("One"),
          await connect("Two"),
          await connect("Three"),
        ]
        await sandbox.fault({
          target: "token",
          kind: "invalid_client",
          times: 50,
        })
        await Promise.all(ids.map(makeDue))
        await refreshExpiringTokens(getContainer())
        const alarms = (await Promise.all(ids.map(types)))
          .flat()
          .filter((type) => type === "configuration_alarm")
        expect(alarms).toHaveLength(1)
        for (const id of ids) {
          expect(await row(id)).toMatchObject({
            status: "active",
            token_validity: "true",
            last_error: { class: "config_error" },
          })
        }
      })

      it("of a wrong registration is waited out, and over for all platforms with the first success", async () => {
        const [tried, waiting] = [await connect("Tried"), await connect("Idle")]
        await sandbox.fault({
          target: "token",
          kind: "invalid_client",
          times: 50,
        })
        for (const id of [tried, waiting]) {
          await change(id, "token_expires_at = now(), next_refresh_at = now()")
        }
        const asked = await countRefreshes()
        for (let uses = 0; uses < 30; uses++) {
          await expect(
            getAccessToken(getContainer(), tried)
          ).rejects.toMatchObject({
            errorClass: uses < 3 ? "config_error" : "transient",
          })
        }
        expect(await countRefreshes()).toBe(asked + 3)
        await makeDue(waiting)
        await refreshExpiringTokens(getContainer())
        const wait = (await row(waiting)).next_refresh_at.getTime() - Date.now()
        expect(wait).toBeGreaterThan(10_000)
        // What has failed once waits for less than a claim that came to nothing.
        expect(wait).toBeLessThan(60_000)

        await sandbox.clearFaults()
        const { data } = await admin.post(
          `/admin/social-platforms/${tried}/verify`
        )
        expect(data.verification.ok).toBe(true)
        await refreshExpiringTokens(getContainer())
        expect(await row(waiting)).toMatchObject({
          last_error: null,
          consecutive_failures: 0,
        })
      })

      it("of a broken registration starves no healthy platform", async () => {
        const broken: string[] = []
        for (let index = 0; index < 25; index++) {
          broken.push(await createKeylessOAuth(`Broken ${index}`))
        }
        const healthy = await connect("Healthy")
        await makeDue(healthy)
        for (const id of broken) {
          await change(
            id,
            "next_refresh_at = now() - interval '1 day', token_expires_at = now() - interval '1 day'"
          )
        }
        await refreshExpiringTokens(getContainer())
        expect((await row(healthy)).last_refreshed_at).not.toBeNull()
        for (const id of broken) {
          const { last_error, next_refresh_at } = await row(id)
          expect(last_error).toMatchObject({ class: "config_error" })
          expect(next_refresh_at.getTime()).toBeGreaterThan(Date.now())
        }
      })

      describe("of an invalid_grant", () => {
        /** As a deployment with another application's client id does. */
        const withClientId = (client_id: string, run: () => Promise<void>) =>
          withOptions(
            (options) =>
              (options.provider_config = {
                ...options.provider_config,
                sandbox: { ...options.provider_config.sandbox, client_id },
              }),
            run
          )
        const force = (id: string) =>
          getAccessToken(getContainer(), id, { forceRefresh: true })

        it("by another client id than the grant's loses nothing, and is over with the right one", async () => {
          const id = await connect("Granted to another client")
          expect(await row(id)).toMatchObject({ granted_client_id: "medusa" })
          await withClientId("medusa-staging", async () => {
            await expect(force(id)).rejects.toMatchObject({
              errorClass: "config_error",
              code: "client_id_changed",
              message:
                '"Granted to another client" was connected with the client ID "medusa", and the configured one is "medusa-staging". Restore the client ID, or connect "Granted to another client" again.',
            })
          })
          expect(await row(id)).toMatchObject({
            status: "active",
            token_validity: "true",
            grant_ended_at: null,
            last_error: { class: "config_error", code: "client_id_changed" },
          })
          expect((await force(id)).reveal()).toMatch(/./)
          expect(await row(id)).toMatchObject({ last_error: null })
        })

        it("that a mistake has caused can be undone by a test of the connection for seven days", async () => {
          const id = await connect("From before")
          // As a row of a release that did not store it.
          await change(id, "granted_client_id = null")
          await withClientId("medusa-staging", async () => {
            await expect(force(id)).rejects.toMatchObject({
              code: "invalid_grant",
            })
          })
          expect(await row(id)).toMatchObject({
            status: "error",
            token_validity: "false",
            grant_ended_at: expect.any(Date),
          })
          await change(
            id,
            "grant_ended_at = now() - interval '6 days 23 hours'"
          )
          await probeCredentials(getContainer())
          const asked = await countRefreshes()
          await expect(
            getAccessToken(getContainer(), id)
          ).rejects.toMatchObject({ code: "reauthorization_required" })
          expect(await countRefreshes()).toBe(asked)

          const { data } = await admin.post(
            `/admin/social-platforms/${id}/verify`
          )
          expect(data.verification.ok).toBe(true)
          expect(data.social_platform).toMatchObject({
            status: "active",
            connection: "connected",
            token_validity: "true",
          })
          expect(await row(id)).toMatchObject({
            grant_ended_at: null,
            granted_client_id: "medusa",
          })
        })

        it("that is true erases the tokens after seven days, where the operator wants that", async () => {
          const id = await connect("Ended")
          await sandbox.revokeGrants()
          await expect(force(id)).rejects.toMatchObject({
            errorClass: "token_invalid",
          })
          await change(id, "grant_ended_at = now() - interval '7 days'")
          await withOptions(
            (options) => (options.auto_clear_invalid_tokens = false),
            () => probeCredentials(getContainer())
          )
          const kept = await row(id)
          expect(kept).toMatchObject({
            status: "error",
            token_validity: "false",
          })
          expect(Object.keys(kept.api_config)).toContain(
            "refresh_token_encrypted"
          )

          await probeCredentials(getContainer())
          expect(await row(id)).toMatchObject({
            status: "error",
            token_validity: "false",
            api_config: {},
          })
          expect((await auditTrail(getContainer(), id)).at(-1)).toMatchObject({
            type: "updated",
            details: { erased: ["access_token", "refresh_token"] },
          })
        })
      })

      it("of a refresh by force is another token for everybody who asked", async () => {
        const id = await connect("Forced")
        const before = await token(id)
        const asked = await countRefreshes()
        const tokens = await Promise.all(
          Array.from({ length: 20 }, () =>
            getAccessToken(getContainer(), id, { forceRefresh: true })
          )
        )
        const values = new Set(tokens.map((value) => value.reveal()))
        expect(values.size).toBe(1)
        expect(values.has(before)).toBe(false)
        expect(await countRefreshes()).toBe(asked + 1)
      })
    })

    it("hands out a token that nothing can refresh to the end of its life", async () => {
      const id = await createConnected("mailchimp")
      // Within the time in which another token would be refreshed before its use.
      await change(id, "token_expires_at = now() + interval '9 minutes'")
      await refreshExpiringTokens(getContainer())
      const handedOut = async () =>
        (await getAccessToken(getContainer(), id)).reveal()
      expect(await handedOut()).toBe("a-token")
      await change(id, "token_expires_at = now() + interval '5 seconds'")
      expect(await handedOut()).toBe("a-token")
      expect(await row(id)).toMatchObject({
        token_validity: "true",
        last_error: null,
        consecutive_failures: 0,
      })

      await change(id, "token_expires_at = now() - interval '1 second'")
      await expect(handedOut()).rejects.toMatchObject({
        errorClass: "token_invalid",
        code: "no_refresh",
      })
    })

    it("gets a token for the application itself, without anybody's consent", async () => {
      const { data } = await admin.post("/admin/social-platforms", {
        name: "Payments",
        provider: "paypal",
        category: "payment",
        api_config: { client_id: "the-app", client_secret: "marked-secret" },
      })
      const { id } = data.social_platform
      const refused = await admin.get(`/admin/oauth/paypal?platform_id=${id}`)
      expect([refused.status, refused.data.message]).toEqual([
        400,
        expect.stringMatching(/nobody has to consent/),
      ])
      endpoint.answer({
        access_token: "app-token",
        token_type: "bearer",
        expires_in: 3600,
      })
      await withOptions(
        (options) =>
          (options.provider_config.paypal = {
            token_endpoint: `${endpoint.url}/token`,
          }),
        async () => {
          expect(await token(id)).toBe("app-token")
          expect(await token(id)).toBe("app-token")
        }
      )
      expect(endpoint.requests).toHaveLength(1)
      expect(endpoint.requests[0].get("grant_type")).toBe("client_credentials")
      expect(await row(id)).toMatchObject({
        status: "active",
        token_validity: "true",
      })
    })

    describe("the job that probes", () => {
      const createKeyed = async (name: string) => {
        const { data } = await admin.post("/admin/social-platforms", {
          name,
          provider: "generic",
          auth_type: "api_key",
          api_config: {
            api_key: "carrier-key",
            probe_url: `${probe.url}/account`,
            api_key_header: "x-api-key",
          },
        })
        await change(
          data.social_platform.id,
          "created_at = now() - interval '2 days'"
        )
        return data.social_platform.id as string
      }

      it.each([
        ["never ends", "null"],
        [
          "ends some day and that nothing refreshes",
          "now() + interval '90 days'",
        ],
      ])(
        "notices that a key which %s was revoked, and asks once a day",
        async (_, end) => {
          probe.accept("x-api-key", "carrier-key")
          const id = await createKeyed("Carrier")
          await change(id, `token_expires_at = ${end}`)
          await probeCredentials(getContainer())
          expect(await row(id)).toMatchObject({ token_validity: "true" })
          const asked = probe.requests.length

          await probeCredentials(getContainer())
          expect(probe.requests).toHaveLength(asked)

          probe.accept("x-api-key", "another-key")
          await change(
            id,
            "last_probed_at = now() - interval '2 days', tested_at = now() - interval '2 days'"
          )
          await probeCredentials(getContainer())
          expect(await row(id)).toMatchObject({
            token_validity: "false",
            status: "error",
          })
          expect(await types(id)).toContain("reauthorization_required")
        }
      )

      it("asks about nothing that a person has tested within the day", async () => {
        probe.accept("x-api-key", "carrier-key")
        const id = await createKeyed("Carrier")
        await change(id, "last_probed_at = null, tested_at = null")
        const { data } = await admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect(data).toMatchObject({ verification: { ok: true } })
        const asked = probe.requests.length
        await probeCredentials(getContainer())
        expect(probe.requests).toHaveLength(asked)

        await change(id, "tested_at = now() - interval '25 hours'")
        await probeCredentials(getContainer())
        expect(probe.requests).toHaveLength(asked + 1)
      })

      const warnings = async (id: string) =>
        (await types(id)).filter((type) => type === "expiry_warning").length

      it("warns once of each grant that only a person can extend", async () => {
        const id = await connect("Ending")
        // Its last refresh has not moved the end.
        await change(id, "last_refreshed_at = now()")
        await change(
          id,
          "refresh_token_expires_at = now() + interval '30 days'"
        )
        await probeCredentials(getContainer())
        expect(await warnings(id)).toBe(0)

        await change(id, "refresh_token_expires_at = now() + interval '3 days'")
        await probeCredentials(getContainer())
        await probeCredentials(getContainer())
        expect(await warnings(id)).toBe(1)

        await change(id, "refresh_token_expires_at = now() + interval '2 days'")
        await probeCredentials(getContainer())
        expect(await warnings(id)).toBe(2)
      })

      it("warns of no refresh token that each refresh extends", async () => {
        const id = await connect("Rotating")
        const TTL = 3 * 86_400
        await change(
          id,
          `connected_at = now() - interval '1 day',
           refresh_token_expires_at = now() + interval '2 days'`
        )
        await probeCredentials(getContainer())
        expect(await warnings(id)).toBe(0)

        await withOptions(
          (options) =>
            (options.provider_config.sandbox = {
              ...options.provider_config.sandbox,
              token_endpoint: `${endpoint.url}/token`,
            }),
          async () => {
            const refresh = async (refresh_token_expires_in: number) => {
              endpoint.answer({
                access_token: `after ${refresh_token_expires_in}`,
                token_type: "bearer",
                expires_in: 3600,
                refresh_token: "next",
                refresh_token_expires_in,
              })
              await makeDue(id)
              await refreshExpiringTokens(getContainer())
              await probeCredentials(getContainer())
            }
            await refresh(TTL)
            expect(await warnings(id)).toBe(0)

            await change(id, "last_refreshed_at = now() - interval '1 day'")
            await refresh(TTL - 86_400)
            expect(await warnings(id)).toBe(1)
          }
        )
      })

      it("warns once before an access that cannot be refreshed ends", async () => {
        const key = await createKeyed("Carrier")
        const token = await connect("Without a refresh token")
        await change(
          token,
          "api_config = api_config - 'refresh_token_encrypted'"
        )
        const refreshable = await connect("Refreshable")
        const off = await createKeyed("Switched off")
        await change(off, "status = 'inactive'")
        const erased = await createKeyed("Erased")
        await change(erased, "api_config = '{}'")
        const all = [key, token, refreshable, off, erased]
        const counts = () => Promise.all(all.map(warnings))

        for (const id of all) {
          await change(id, "token_expires_at = now() + interval '8 days'")
        }
        await probeCredentials(getContainer())
        expect(await counts()).toEqual([0, 0, 0, 0, 0])

        for (const id of all) {
          await change(id, "token_expires_at = now() + interval '6 days'")
        }
        await probeCredentials(getContainer())
        await probeCredentials(getContainer())
        expect(await counts()).toEqual([1, 1, 0, 0, 0])
        const { token_expires_at } = await row(key)
        expect((await auditTrail(getContainer(), key)).at(-1)).toMatchObject({
          type: "expiry_warning",
          details: { reconnect_before: token_expires_at.toISOString() },
        })

        await change(key, "token_expires_at = now() + interval '5 days'")
        await probeCredentials(getContainer())
        expect(await counts()).toEqual([2, 1, 0, 0, 0])
      })

      it("warns once however many workers look", async () => {
        const id = await createKeyed("Carrier")
        await change(id, "token_expires_at = now() + interval '6 days'")
        await Promise.all([1, 2, 3].map(() => probeCredentials(getContainer())))
        expect(await warnings(id)).toBe(1)
      })
    })
  },
})
