import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { getAccessToken } from "../../src/credentials"
import { encryptionModule, socialsModule } from "../../src/credentials/modules"
import { decryptRefreshToken } from "../../src/modules/socials/utils/token-helpers"
import type { SecretString } from "../../src/secrets/secret-string"
import {
  type Admin,
  approve,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import { auditTrail, storedPlatform } from "./support/database"
import { eventually } from "./support/eventually"
import { sandbox } from "./support/sandbox"
import { withRequestTimeout } from "./support/timeout"
import {
  startTokenEndpoint,
  type TokenEndpoint,
} from "./support/token-endpoint"
import { sandboxProvider } from "../../src/providers/sandbox/provider"

jest.setTimeout(120_000)

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let platformId: string

    // What a sync asks besides would be further uses of the token.
    const { fetchFacts } = sandboxProvider
    beforeAll(() => {
      sandboxProvider.fetchFacts = undefined
    })
    afterAll(() => {
      sandboxProvider.fetchFacts = fetchFacts
    })
    beforeEach(async () => {
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const sync = () =>
      admin.post("/admin/socials/sync-platform-data", {
        platform_id: platformId,
      })
    const countRefreshes = () => sandbox.countRequests("POST", "/token")
    const readPlatform = async () =>
      (await admin.get(`/admin/social-platforms/${platformId}`)).data
        .social_platform
    const stored = () => storedPlatform(getContainer(), platformId)
    const openTokens = async () => {
      const row =
        await socialsModule(getContainer()).retrieveSocialPlatform(platformId)
      const refresh = await decryptRefreshToken(
        row.api_config,
        getContainer(),
        platformId
      )
      const access = await getAccessToken(getContainer(), platformId, {
        minTtlSeconds: 0,
      })
      return { access: access.reveal(), refresh: refresh.reveal() }
    }
    /** How often something happened; refreshes that follow each other are one row. */
    const countEvents = async (type: string): Promise<number> => {
      const [{ times }] = await sql(
        getContainer(),
        `select coalesce(sum(count), 0)::int as times from social_credential_event
         where platform_id = ? and type = ?`,
        [platformId, type]
      )
      return times
    }
    /**
     * Connects with a token that has ended when this returns. Where connecting
     * itself takes as long as its life, it has been refreshed once by then.
     */
    const connectWithEndedToken = async () => {
      await sandbox.settings({ access_token_ttl: 1 })
      platformId = await connectSandbox(admin)
      await pause(1100)
      await sandbox.settings({ access_token_ttl: 3600 })
    }

    describe("a token that has ended", () => {
      it("is refreshed once for fifty syncs at once", async () => {
        await connectWithEndedToken()
        const before = await countRefreshes()
        const refreshedBefore = await countEvents("refreshed")
        const responses = await Promise.all(Array.from({ length: 50 }, sync))

        expect(new Set(responses.map(({ status }) => status))).toEqual(
          new Set([200])
        )
        expect(await countRefreshes()).toBe(before + 1)
        expect(await countEvents("refreshed")).toBe(refreshedBefore + 1)
      })

      it("is refreshed once for fifty callers, who all get the new one", async () => {
        await connectWithEndedToken()
        const before = await countRefreshes()
        const tokens = await Promise.all(
          Array.from({ length: 50 }, () =>
            getAccessToken(getContainer(), platformId)
          )
        )

        const values = new Set(tokens.map((token) => token.reveal()))
        expect(values.size).toBe(1)
        expect(await countRefreshes()).toBe(before + 1)
        expect((await openTokens()).access).toBe([...values][0])
      })

      it("is refreshed once for all whom the service has refused it", async () => {
        platformId = await connectSandbox(admin)
        const before = await countRefreshes()
        const rejected = await getAccessToken(getContainer(), platformId)
        const tokens = await Promise.all(
          Array.from({ length: 20 }, () =>
            getAccessToken(getContainer(), platformId, { rejected })
          )
        )

        expect(tokens.some((token) => token.equals(rejected))).toBe(false)
        expect(new Set(tokens.map((token) => token.reveal())).size).toBe(1)
        expect(await countRefreshes()).toBe(before + 1)
      })

      it("is stored together with the rotated refresh token", async () => {
        platformId = await connectSandbox(admin)
        const first = await openTokens()
        const connected = await readPlatform()
        const expire = () =>
          sql(
            getContainer(),
            "update social_platform set token_expires_at = now() where id = ?",
            [platformId]
          )

        await expire()
        expect((await sync()).status).toBe(200)
        const second = await openTokens()
        expect(second.access).not.toBe(first.access)
        expect(second.refresh).not.toBe(first.refresh)
        expect(await readPlatform()).toMatchObject({
          connected_at: connected.connected_at,
          last_refreshed_at: expect.any(String),
          token_validity: "true",
          connection: "connected",
        })

        // The network takes a second use of the old one for theft.
        await expire()
        expect((await sync()).status).toBe(200)
        expect((await openTokens()).refresh).not.toBe(second.refresh)
      })
    })

    it("puts the new token where it is found, without opening what was just sealed", async () => {
      await connectWithEndedToken()
      const decrypt = jest.spyOn(encryptionModule(getContainer()), "decrypt")
      expect((await sync()).status).toBe(200)
      const opened = decrypt.mock.calls.map(([envelope]) => envelope)
      decrypt.mockRestore()

      const { api_config } = await stored()
      expect(opened.length).toBeGreaterThan(0)
      for (const name of ["access_token", "refresh_token"]) {
        expect(opened).not.toContainEqual(api_config[`${name}_encrypted`])
      }
      for (const [name, credential] of Object.entries(await openTokens())) {
        const { data } = await admin.post("/admin/encryption/lookup", {
          credential,
        })
        expect(data.platforms).toEqual([
          { id: platformId, credentials: [`${name}_token`] },
        ])
      }
    })

    describe("a refresh that fails for good", () => {
      it("asks for a new connection, with one event for all callers", async () => {
        await connectWithEndedToken()
        const before = await countRefreshes()
        await sandbox.revokeGrants()
        const responses = await Promise.all(Array.from({ length: 20 }, sync))

        expect(new Set(responses.map(({ status }) => status))).toEqual(
          new Set([400])
        )
        expect(await countRefreshes()).toBe(before + 1)
        expect(await readPlatform()).toMatchObject({
          status: "error",
          connection: "reauthorization_required",
          token_validity: "false",
          last_error: { class: "token_invalid", code: "invalid_grant" },
        })
        expect(
          (await auditTrail(getContainer(), platformId)).filter(
            ({ type }) => type === "reauthorization_required"
          )
        ).toEqual([
          {
            type: "reauthorization_required",
            actor_id: null,
            details: { class: "token_invalid", code: "invalid_grant" },
          },
        ])

        const refused = await sync()
        expect(refused.data).toEqual({
          type: "not_allowed",
          message: `"Ada's sandbox" has lost its access. Connect it again.`,
        })
        expect(await countRefreshes()).toBe(before + 1)
      })

      it("is over after connecting again", async () => {
        await connectWithEndedToken()
        await sandbox.revokeGrants()
        await sync()

        const answer = await approve(admin, platformId)
        const { data } = await admin.post(
          "/admin/oauth/sandbox/callback",
          answer
        )
        expect(data.social_platform).toMatchObject({
          status: "active",
          connection: "connected",
          token_validity: "true",
          last_error: null,
        })
        expect((await sync()).status).toBe(200)
      })

      it("does not touch the connection when our own client is refused", async () => {
        await connectWithEndedToken()
        const before = await stored()
        await sandbox.fault({ target: "token", kind: "invalid_client" })
        const { status, data } = await sync()

        expect(status).toBe(400)
        expect(data.message).toBe(
          "The refresh token was refused by the service (invalid_client): the application's client ID or client secret is not accepted."
        )
        const after = await stored()
        expect(after).toMatchObject({
          api_config: before.api_config,
          status: "active",
          token_validity: "true",
          last_error: { class: "config_error", code: "invalid_client" },
        })
        expect((await readPlatform()).connection).toBe("connected")
        expect((await sync()).status).toBe(200)
      })
    })

    describe("a refresh that fails for now", () => {
      const failures = [
        ["is down", "error"],
        ["hangs up", "drop"],
        ["limits the rate", "rate_limit"],
        ["answers with a page", "html"],
        ["answers with nothing", "empty"],
        ["redirects", "redirect"],
      ] as const

      it.each(failures)(
        "goes on with a token that still lives when the service %s",
        async (_, kind) => {
          platformId = await connectSandbox(admin)
          const before = await stored()
          // More than half of its life is over: it is refreshed ahead of time.
          await sql(
            getContainer(),
            `update social_platform set token_expires_at = now() + interval '1 minute',
             connected_at = now() - interval '1 hour' where id = ?`,
            [platformId]
          )
          const refreshes = await countRefreshes()
          await sandbox.fault({ target: "token", kind })

          expect((await sync()).status).toBe(200)
          await eventually(async () =>
            expect(await countRefreshes()).toBe(refreshes + 1)
          )
          expect((await stored()).api_config).toEqual(before.api_config)
        }
      )

      it.each(failures)(
        "loses nothing when the token has ended and the service %s",
        async (_, kind) => {
          await connectWithEndedToken()
          const before = await stored()
          await sandbox.fault({ target: "token", kind })
          const { status, data } = await sync()

          expect(status).toBe(500)
          expect(data.type).toBe("unexpected_state")
          expect(await stored()).toMatchObject({
            api_config: before.api_config,
            status: "active",
            token_validity: "true",
            last_error: { message: data.message },
            consecutive_failures: 1,
          })
          expect((await sync()).status).toBe(200)
          expect((await stored()).last_error).toBeNull()
        }
      )
    })

    describe("a refresh that takes its time", () => {
      const SLOW_MS = 1_500

      it("is not waited for while the token still lives", async () => {
        platformId = await connectSandbox(admin)
        const before = await getAccessToken(getContainer(), platformId)
        await sql(
          getContainer(),
          `update social_platform set token_expires_at = now() + interval '1 minute',
           connected_at = now() - interval '1 hour' where id = ?`,
          [platformId]
        )
        const refreshes = await countRefreshes()
        await sandbox.fault({
          target: "token",
          kind: "slow",
          delay_ms: SLOW_MS,
        })
        const began = Date.now()
        const tokens = await Promise.all(
          Array.from({ length: 5 }, () =>
            getAccessToken(getContainer(), platformId)
          )
        )
        expect(Date.now() - began).toBeLessThan(SLOW_MS)
        expect(tokens.every((token) => token.equals(before))).toBe(true)
        await eventually(async () =>
          expect((await stored()).last_refreshed_at).not.toBeNull()
        )
        expect(await countRefreshes()).toBe(refreshes + 1)
        expect(
          (await getAccessToken(getContainer(), platformId)).equals(before)
        ).toBe(false)
      })

      it("is not given up once it was sent: the service has used up the old refresh token", async () => {
        await connectWithEndedToken()
        await sandbox.fault({
          target: "token",
          kind: "slow",
          delay_ms: SLOW_MS,
        })
        await withRequestTimeout(getContainer(), SLOW_MS / 2, async () => {
          const token = await getAccessToken(getContainer(), platformId)
          expect(token.reveal()).toBe((await openTokens()).access)
        })
        expect((await sync()).status).toBe(200)
      })
    })

    describe("an odd answer", () => {
      let endpoint: TokenEndpoint
      let before: Record<string, Record<string, string>>

      beforeEach(async () => {
        endpoint = await startTokenEndpoint()
        await connectWithEndedToken()
        const options = await socialsModule(getContainer()).getOptions()
        before = options.provider_config
        options.provider_config = {
          ...before,
          sandbox: {
            ...before.sandbox,
            token_endpoint: `${endpoint.url}/token`,
          },
        }
      })
      afterEach(async () => {
        const options = await socialsModule(getContainer()).getOptions()
        options.provider_config = before
        await endpoint.close()
      })

      it.each([
        ["an empty", { refresh_token: "" }],
        ["a null", { refresh_token: null }],
        ["no", {}],
      ])("with %s refresh token keeps the stored one", async (_, odd) => {
        const before = await stored()
        endpoint.answer({
          access_token: "a-new-token",
          token_type: "Bearer",
          expires_in: 3600,
          ...odd,
        })
        const token = await getAccessToken(getContainer(), platformId)

        expect(token.reveal()).toBe("a-new-token")
        const after = await stored()
        expect(after.api_config.refresh_token_encrypted).toEqual(
          before.api_config.refresh_token_encrypted
        )
        expect(after.api_config.access_token_encrypted).not.toEqual(
          before.api_config.access_token_encrypted
        )
        expect((await openTokens()).access).toBe("a-new-token")
      })

      it("fails for each caller by what it can do with: some have a token that still lives", async () => {
        await sql(
          getContainer(),
          `update social_platform set token_expires_at = now() + interval '10 minutes',
           connected_at = now() - interval '1 hour', last_refreshed_at = null where id = ?`,
          [platformId]
        )
        const living = await getAccessToken(getContainer(), platformId, {
          minTtlSeconds: 0,
        })
        endpoint.answer({ error: "server_error" })
        let patient: Promise<SecretString> | undefined
        endpoint.before(async () => {
          patient = getAccessToken(getContainer(), platformId, {
            minTtlSeconds: 86_400,
          })
          // Time to join the refresh that is under way.
          await pause(500)
        })
        await expect(
          getAccessToken(getContainer(), platformId, { forceRefresh: true })
        ).rejects.toMatchObject({ errorClass: "transient" })
        expect((await patient)?.equals(living)).toBe(true)
      })

      it("with the token that was refused is asked for once, for all who were refused it", async () => {
        const same = { access_token: "the-same", token_type: "Bearer" }
        endpoint.answer({ ...same, expires_in: 3600 })
        const rejected = await getAccessToken(getContainer(), platformId)
        const tokens = await Promise.all(
          Array.from({ length: 20 }, () =>
            getAccessToken(getContainer(), platformId, { rejected })
          )
        )
        expect(tokens.every((token) => token.equals(rejected))).toBe(true)
        expect(endpoint.requests).toHaveLength(2)
      })

      it("with an empty access token changes nothing", async () => {
        const before = await stored()
        endpoint.answer({
          access_token: "",
          token_type: "Bearer",
          refresh_token: "another",
        })
        await expect(
          getAccessToken(getContainer(), platformId)
        ).rejects.toMatchObject({
          errorClass: "transient",
          code: "malformed_response",
        })
        expect((await stored()).api_config).toEqual(before.api_config)
      })
    })

    describe("others who write during a refresh", () => {
      beforeEach(async () => {
        await connectWithEndedToken()
        await sandbox.fault({ target: "token", kind: "slow", delay_ms: 2000 })
      })

      it("do not make it lose the rotated token, nor it their settings", async () => {
        const before = await openTokensOfEnded()
        const syncing = sync()
        await pause(700)
        const changed = await admin.post(
          `/admin/social-platforms/${platformId}`,
          { api_config: { region: "eu" } }
        )
        expect(changed.status).toBe(200)
        expect((await syncing).status).toBe(200)

        const after = await openTokens()
        expect(after.refresh).not.toBe(before)
        expect((await readPlatform()).api_config).toEqual({ region: "eu" })
        expect((await stored()).status).toBe("active")

        await sql(
          getContainer(),
          "update social_platform set token_expires_at = now() where id = ?",
          [platformId]
        )
        expect((await sync()).status).toBe(200)
      })

      it("do not cost it the rotated token when they give the platform to another tenant", async () => {
        const before = await openTokensOfEnded()
        const asked = await countRefreshes()
        const socials = socialsModule(getContainer())
        const write = socials.writeApiConfig.bind(socials)
        const writing = jest
          .spyOn(socials, "writeApiConfig")
          .mockImplementationOnce(async (change) => {
            const { status } = await admin.post(
              `/admin/social-platforms/${platformId}`,
              { tenant_id: "another-shop" }
            )
            expect(status).toBe(200)
            return write(change)
          })
        expect((await sync()).status).toBe(200)
        writing.mockRestore()

        const after = await openTokens()
        expect(after.refresh).not.toBe(before)
        expect(await countRefreshes()).toBe(asked + 1)
        expect((await readPlatform()).tenant_id).toBe("another-shop")
        await sql(
          getContainer(),
          "update social_platform set token_expires_at = now() where id = ?",
          [platformId]
        )
        expect((await sync()).status).toBe(200)
      })

      it("win when they connect anew", async () => {
        const syncing = sync()
        await pause(700)
        const answer = await approve(admin, platformId)
        const connected = await admin.post(
          "/admin/oauth/sandbox/callback",
          answer
        )
        expect(connected.status).toBe(200)
        const tokens = await openTokens()

        expect((await syncing).status).toBe(200)
        expect(await openTokens()).toEqual(tokens)
        expect(await readPlatform()).toMatchObject({
          connection: "connected",
          last_refreshed_at: null,
          last_error: null,
        })
        expect((await sync()).status).toBe(200)
      })

      it("win when they disconnect", async () => {
        // The service keeps the grant, so that the refresh brings new tokens.
        await sandbox.fault({ target: "revocation", kind: "error", times: 2 })
        const syncing = sync()
        await pause(700)
        await admin.post(`/admin/social-platforms/${platformId}/disconnect`)

        expect((await syncing).status).not.toBe(200)
        expect(await readPlatform()).toMatchObject({
          connection: "not_connected",
          status: "pending",
        })
        expect((await stored()).api_config).toEqual({})
      })

      const openTokensOfEnded = async (): Promise<string> => {
        const row =
          await socialsModule(getContainer()).retrieveSocialPlatform(platformId)
        return (
          await decryptRefreshToken(row.api_config, getContainer(), platformId)
        ).reveal()
      }
    })
  },
})
