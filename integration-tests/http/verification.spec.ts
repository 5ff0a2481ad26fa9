import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { approveConsent } from "../../sandbox/consent-client"
import { storeConnectionToken } from "../../src/credentials"
import { socialsModule } from "../../src/credentials/modules"
import {
  type Admin,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import { auditTrail, storedPlatform } from "./support/database"
import { withRequestTimeout } from "./support/timeout"
import { type ProbeServer, startProbeServer } from "./support/probe-server"
import { sandbox, sandboxUrl } from "./support/sandbox"
import {
  startTokenEndpoint,
  type TokenEndpoint,
} from "./support/token-endpoint"

jest.setTimeout(120_000)

const SECRET = "marked-secret-7b1f"
const OTHER_SECRET = "marked-secret-of-another-kind"

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let probe: ProbeServer

    // Made once: the database goes back to this state before each test.
    beforeAll(async () => {
      probe = await startProbeServer()
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })
    afterAll(() => probe.close())
    beforeEach(() => probe.reset())

    /** A platform of any service with a key, and where to check it. */
    const create = async (body: {
      auth_type?: string
      api_config: object
    }): Promise<string> => {
      const { data, status } = await admin.post("/admin/social-platforms", {
        name: "Carrier",
        provider: "generic",
        auth_type: "api_key",
        ...body,
      })
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_platform.id
    }
    const probed = (body: { auth_type?: string; api_config: object }) =>
      create({
        ...body,
        api_config: { probe_url: probe.url, ...body.api_config },
      })

    describe("credentials that are saved", () => {
      const show = async (id: string) =>
        (await admin.get(`/admin/social-platforms/${id}`)).data.social_platform
      const change = (id: string, body: object) =>
        admin.post(`/admin/social-platforms/${id}`, body)

      it("are tested at once, and said to work since then", async () => {
        probe.accept("authorization", SECRET)
        const before = Date.now()
        const id = await probed({ api_config: { api_key: SECRET } })
        const { credential_test, token_validity } = await show(id)
        expect(token_validity).toBe("true")
        expect(credential_test).toEqual({
          state: "works",
          at: expect.any(String),
          message: null,
        })
        const at = Date.parse(credential_test.at)
        expect(at).toBeGreaterThanOrEqual(before)
        expect(at).toBeLessThanOrEqual(Date.now())
        const { data } = await admin.get("/admin/social-platforms")
        expect(data.social_platforms).toContainEqual(
          expect.objectContaining({ id, credential_test })
        )
      })

      it("are saved when the service refuses them, with the reason", async () => {
        probe.accept("authorization", OTHER_SECRET)
        const id = await probed({ api_config: { api_key: SECRET } })
        expect((await show(id)).credential_test).toEqual({
          state: "does_not_work",
          at: expect.any(String),
          message: "The service answered 401 (http_401)",
        })

        const { status, data } = await change(id, {
          api_config: { api_key: OTHER_SECRET },
        })
        expect(status).toBe(200)
        expect(data.social_platform.credential_test.state).toBe("works")
      })

      it("are saved, and not called tested, when the service cannot be asked", async () => {
        probe.answer(503)
        const id = await probed({ api_config: { api_key: SECRET } })
        expect(await show(id)).toMatchObject({
          connection: "connected",
          token_validity: "unknown",
          credential_test: {
            state: "not_tested",
            message: "The service answered 503 (http_503)",
          },
        })

        probe.hang()
        const { status, data } = await withRequestTimeout(
          getContainer(),
          300,
          () => change(id, { api_config: { api_key: OTHER_SECRET } })
        )
        expect(status).toBe(200)
        expect(data.social_platform.credential_test).toMatchObject({
          state: "not_tested",
          message: "Any service with a key did not answer within 300 ms.",
        })
      })

      it("are not called tested where there is nothing to ask, and that is no failure", async () => {
        const id = await create({ api_config: { api_key: SECRET } })
        expect(await show(id)).toMatchObject({
          connection: "connected",
          last_error: null,
          consecutive_failures: 0,
          credential_test: { state: "not_tested", at: null, message: null },
        })
      })

      it("are tested again only when something changes that the service sees", async () => {
        const id = await probed({ api_config: { api_key: SECRET } })
        expect(probe.requests).toHaveLength(1)
        await change(id, { name: "Another name" })
        await change(id, { api_config: { probe_url: probe.url } })
        await change(id, { status: "inactive", api_config: { api_key: "new" } })
        await change(id, { api_config: { api_key: null } })
        expect(probe.requests).toHaveLength(1)
        await change(id, { status: "active", api_config: { api_key: "next" } })
        expect(probe.requests).toHaveLength(2)
        await change(id, { api_config: { api_key_header: "x-key" } })
        expect(probe.requests).toHaveLength(3)
      })
    })

    describe("verifying credentials at the service", () => {
      const verify = async (id: string) => {
        const { status, data } = await admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect([status, data.message]).toEqual([200, undefined])
        expect(JSON.stringify(data)).not.toContain("marked-secret")
        return data
      }
      it("sends each kind of credentials in its own form", async () => {
        const login = Buffer.from(`shop:${SECRET}`).toString("base64")
        for (const [auth_type, api_config, header, value] of [
          ["api_key", { api_key: SECRET }, "authorization", SECRET],
          [
            "api_key",
            {
              api_key: SECRET,
              api_key_header: "X-Carrier-Key",
              api_key_prefix: "ShippoToken",
            },
            "x-carrier-key",
            `ShippoToken ${SECRET}`,
          ],
          [
            "bearer",
            { access_token: SECRET },
            "authorization",
            `Bearer ${SECRET}`,
          ],
          [
            "basic",
            { username: "shop", password: SECRET },
            "authorization",
            `Basic ${login}`,
          ],
        ] as const) {
          probe.reset()
          probe.accept(header, value)
          const id = await probed({ auth_type, api_config })

          const { verification, social_platform } = await verify(id)
          expect(verification).toEqual({
            ok: true,
            message: `${new URL(probe.url).host} accepted the credentials.`,
          })
          expect(social_platform).toMatchObject({
            status: "active",
            connection: "connected",
            token_validity: "true",
            last_error: null,
          })
          expect(probe.requests).toHaveLength(2)
        }
      })

      it("marks credentials that the service refuses, until new ones are entered", async () => {
        probe.accept("authorization", OTHER_SECRET)
        const id = await probed({ api_config: { api_key: SECRET } })

        const refusal = await verify(id)
        expect(refusal.verification).toEqual({
          ok: false,
          message: "The service answered 401 (http_401)",
        })
        expect(refusal.social_platform).toMatchObject({
          status: "error",
          connection: "reauthorization_required",
          token_validity: "false",
          last_error: { class: "token_invalid", code: "http_401" },
        })

        const { data } = await admin.post(`/admin/social-platforms/${id}`, {
          api_config: { api_key: OTHER_SECRET },
        })
        expect(data.social_platform).toMatchObject({
          status: "active",
          connection: "connected",
          token_validity: "true",
          last_error: null,
        })
        expect((await verify(id)).verification.ok).toBe(true)
      })

      it("blames the service, not the credentials, when it is out of order", async () => {
        const id = await probed({ api_config: { api_key: SECRET } })
        await verify(id)
        probe.answer(500, {}, `{"error":"failed on ${SECRET}"}`)

        const { verification, social_platform } = await verify(id)
        expect(verification).toEqual({
          ok: false,
          message: "The service answered 500 (http_500)",
        })
        expect(social_platform).toMatchObject({
          status: "active",
          connection: "connected",
          token_validity: "true",
          consecutive_failures: 1,
          last_error: { class: "transient", code: "http_500" },
        })
      })

      it("gives up on a service that does not answer in time", async () => {
        probe.hang()
        const { verification, social_platform } = await withRequestTimeout(
          getContainer(),
          300,
          async () => verify(await probed({ api_config: { api_key: SECRET } }))
        )
        expect(verification.ok).toBe(false)
        expect(verification.message).toMatch(/did not answer within 300 ms\./)
        expect(social_platform.connection).toBe("connected")
        expect(social_platform.last_error).toMatchObject({ code: "timeout" })
      })

      it("follows no redirect, which would carry the key elsewhere", async () => {
        probe.answer(302, { location: `${probe.url}/elsewhere` })
        const id = await probed({ api_config: { api_key: SECRET } })
        const { verification } = await verify(id)
        expect(verification.ok).toBe(false)
        expect(verification.message).toMatch(
          /redirect.*Check the configured address/
        )
        expect(new Set(probe.requests.map(({ path }) => path))).toEqual(
          new Set(["/account"])
        )
      })

      it("says what is missing for a check", async () => {
        const id = await create({ api_config: { api_key: SECRET } })
        const { verification } = await verify(id)
        expect(verification.ok).toBe(false)
        expect(verification.message).toMatch(/no "probe_url"/)

        const erased = await probed({ api_config: { api_key: SECRET } })
        probe.requests.length = 0
        const { data } = await admin.post(`/admin/social-platforms/${erased}`, {
          api_config: { api_key: null },
        })
        expect(data.social_platform.connection).toBe("not_connected")
        const missing = await verify(erased)
        expect(missing.verification.ok).toBe(false)
        expect(missing.verification.message).toBe(
          "The platform has no api key. Enter it in the platform's settings."
        )
        expect(probe.requests).toEqual([])
      })

      it("checks a connected network by its profile", async () => {
        const id = await connectSandbox(admin)
        const { verification } = await verify(id)
        expect(verification).toEqual({
          ok: true,
          message: "The credentials belong to Ada's Shop (@ada).",
        })
      })
    })

    describe("a service that tells what a token is worth", () => {
      const INTROSPECTION = ["POST", "/token/introspection"] as const
      const HOUR = 3_600_000
      let endpoint: TokenEndpoint

      beforeEach(async () => {
        await sandbox.reset()
        endpoint = await startTokenEndpoint()
      })
      afterEach(() => endpoint.close())

      const verify = async (id: string) =>
        (await admin.post(`/admin/social-platforms/${id}/verify`)).data
      const row = async (id: string) =>
        (await storedPlatform(getContainer(), id)) as unknown as Record<
          string,
          any
        >
      const change = (id: string, assignment: string) =>
        sql(
          getContainer(),
          `update social_platform set ${assignment} where id = ?`,
          [id]
        )
      const createOAuth = (api_config: object) =>
        admin
          .post("/admin/social-platforms", {
            name: "Any service",
            provider: "generic_oauth2",
            api_config: {
              client_id: "medusa",
              client_secret: "sandbox-secret",
              scopes: "profile offline_access",
              ...api_config,
            },
          })
          .then(({ status, data }) => {
            expect([status, data.message]).toEqual([200, undefined])
            return data.social_platform.id as string
          })
      const connect = async (id: string) => {
        const started = await admin.get(
          `/admin/oauth/generic_oauth2?platform_id=${id}`
        )
        expect([started.status, started.data.message]).toEqual([200, undefined])
        const { searchParams } = new URL(
          await approveConsent(started.data.location)
        )
        const { status, data } = await admin.post(
          "/admin/oauth/generic_oauth2/callback",
          { ...Object.fromEntries(searchParams), platform_id: id }
        )
        expect([status, data.message]).toEqual([200, undefined])
      }
      const endpointsAt = (base: string) => ({
        authorization_endpoint: `${base}/auth`,
        token_endpoint: `${base}/token`,
      })
      /** A platform with a token of an endpoint that answers what it is told. */
      const atEndpoint = async (settings: object = {}) => {
        const id = await createOAuth({
          ...endpointsAt(endpoint.url),
          introspection_endpoint: `${endpoint.url}/introspect`,
          ...settings,
        })
        await storeConnectionToken(getContainer(), id, {
          access_token: SECRET,
          refresh_token: "a-refresh-token",
        })
        return id
      }

      it("is asked, and what it tells is stored", async () => {
        const id = await connectSandbox(admin)
        const { scopes, token_expires_at, next_refresh_at } = await row(id)
        await change(
          id,
          "token_expires_at = null, next_refresh_at = null, scopes = array['profile']"
        )
        const { verification, social_platform } = await verify(id)
        expect(verification).toEqual({
          ok: true,
          message: "The credentials belong to Ada's Shop (@ada).",
        })
        expect(await sandbox.countRequests(...INTROSPECTION)).toBe(1)

        const after = await row(id)
        expect(new Set(after.scopes)).toEqual(new Set(scopes))
        expect(
          Math.abs(after.token_expires_at - token_expires_at)
        ).toBeLessThan(10_000)
        // Known again, the expiry is planned for again.
        expect(Math.abs(after.next_refresh_at - next_refresh_at)).toBeLessThan(
          HOUR / 5
        )
        expect(social_platform.token_expires_at).toBe(
          after.token_expires_at.toISOString()
        )

        await change(id, "token_expires_at = now() + interval '2 years'")
        await verify(id)
        expect((await row(id)).token_expires_at).toEqual(after.token_expires_at)
      })

      it("is not written down again when it says what is known", async () => {
        const id = await connectSandbox(admin)
        const before = await row(id)
        await verify(id)
        const after = await row(id)
        expect(await sandbox.countRequests(...INTROSPECTION)).toBe(1)
        expect(after.credentials_version).toBe(before.credentials_version)
        expect(after.token_expires_at).toEqual(before.token_expires_at)
        expect(after.scopes).toEqual(before.scopes)
      })

      it("makes up for a missing probe address, where its metadata name the endpoint", async () => {
        const id = await createOAuth({ issuer: sandboxUrl() })
        await connect(id)
        await change(id, "token_expires_at = null")
        const { verification, social_platform } = await verify(id)
        expect(verification).toEqual({
          ok: true,
          message: "The service says that the token is active.",
        })
        expect(social_platform).toMatchObject({ token_validity: "true" })
        expect(await sandbox.countRequests(...INTROSPECTION)).toBe(1)
        const { token_expires_at, scopes } = await row(id)
        expect(token_expires_at.getTime()).toBeGreaterThan(
          Date.now() + HOUR / 2
        )
        expect(scopes).toContain("profile")
      })

      it("is asked at the endpoint that the operator has configured", async () => {
        const id = await createOAuth(endpointsAt(sandboxUrl()))
        await connect(id)
        expect((await verify(id)).verification.message).toMatch(
          /no "probe_url"/
        )

        const options = await socialsModule(getContainer()).getOptions()
        const before = options.provider_config
        options.provider_config = {
          ...before,
          generic_oauth2: {
            introspection_endpoint: `${sandboxUrl()}/token/introspection`,
          },
        }
        try {
          expect((await verify(id)).verification.ok).toBe(true)
        } finally {
          options.provider_config = before
        }
        expect(await sandbox.countRequests(...INTROSPECTION)).toBe(1)
      })

      it("ends the access when the token is not active and no new one is to be had", async () => {
        const id = await createOAuth({ issuer: sandboxUrl() })
        await connect(id)
        await sandbox.revokeGrants()
        const { verification, social_platform } = await verify(id)
        expect(verification.ok).toBe(false)
        expect(social_platform).toMatchObject({
          connection: "reauthorization_required",
          token_validity: "false",
          last_error: { class: "token_invalid" },
        })
        expect(await sandbox.countRequests(...INTROSPECTION)).toBe(1)
      })

      it("ends no grant that the token endpoint honours, though it calls the refreshed token inactive too", async () => {
        const id = await atEndpoint()
        endpoint.answer({
          active: false,
          access_token: "marked-secret-refreshed",
          token_type: "bearer",
          expires_in: 3600,
        })
        const { verification, social_platform } = await verify(id)
        expect(verification).toEqual({
          ok: false,
          message:
            "Any service with OAuth 2 gives new tokens, and refuses them all the same: Any service with OAuth 2 says that the token is not active any more.",
        })
        expect(social_platform).toMatchObject({
          connection: "connected",
          token_validity: "true",
          last_error: { class: "permission", code: "refused_though_new" },
        })
        expect(
          endpoint.requests.map(
            (body) => body.get("grant_type") ?? body.get("token")
          )
        ).toEqual([SECRET, "refresh_token", "marked-secret-refreshed"])
        expect(
          (await auditTrail(getContainer(), id)).map(({ type }) => type)
        ).not.toContain("reauthorization_required")
      })

      it("ends no grant whose new token the service's API refuses, and stops asking for more", async () => {
        const id = await createOAuth({
          ...endpointsAt(endpoint.url),
          probe_url: probe.url,
        })
        await storeConnectionToken(getContainer(), id, {
          access_token: SECRET,
          refresh_token: "a-refresh-token",
        })
        probe.accept("authorization", "Bearer nobody has it")
        let granted = 0
        const grant = () =>
          endpoint.answer({
            access_token: `marked-secret-${++granted}`,
            token_type: "bearer",
            expires_in: 3600,
          })
        for (let tests = 0; tests < 6; tests++) {
          grant()
          const { verification, social_platform } = await verify(id)
          expect(verification).toEqual({
            ok: false,
            message: expect.stringMatching(
              /^Any service with OAuth 2 gives new tokens, and refuses them all the same: /
            ),
          })
          expect(social_platform).toMatchObject({
            connection: "connected",
            last_error: { class: "permission" },
          })
        }
        expect(endpoint.requests).toHaveLength(3)

        probe.reset()
        expect((await verify(id)).verification.ok).toBe(true)
        expect(endpoint.requests).toHaveLength(3)
      })

      it("is not believed about an inactive token that the service's API accepts", async () => {
        const id = await atEndpoint({ probe_url: probe.url })
        endpoint.answer({ active: false })
        expect((await verify(id)).verification.ok).toBe(true)
        expect(endpoint.requests).toHaveLength(1)
      })

      it("ends no access that cannot be refreshed by itself", async () => {
        const id = await atEndpoint()
        await change(id, "api_config = api_config - 'refresh_token_encrypted'")
        endpoint.answer({ active: false })
        const { verification, social_platform } = await verify(id)
        expect(verification.ok).toBe(false)
        expect(social_platform).toMatchObject({
          connection: "connected",
          last_error: { class: "permission", code: "inactive_token" },
        })
      })

      it("is no verdict on the token while it does not answer the question", async () => {
        const probedToo = await atEndpoint({ probe_url: probe.url })
        const askedAlone = await atEndpoint()
        endpoint.answer({ error: "access_denied" })
        expect((await verify(probedToo)).verification).toEqual({
          ok: true,
          message: `${new URL(probe.url).host} accepted the credentials.`,
        })

        const { verification, social_platform } = await verify(askedAlone)
        expect(verification).toEqual({
          ok: false,
          message:
            "The introspection of the token was refused by the service (access_denied).",
        })
        expect(social_platform).toMatchObject({
          connection: "connected",
          token_validity: "unknown",
          last_error: { class: "permission", code: "access_denied" },
        })
      })

      it("is not believed about an active token that ended before", async () => {
        const id = await atEndpoint()
        endpoint.answer({ active: true, exp: 1_000_000_000, scope: "" })
        const before = await row(id)
        expect((await verify(id)).verification.ok).toBe(true)
        expect(await row(id)).toMatchObject({
          token_expires_at: null,
          scopes: before.scopes,
          token_validity: "true",
        })
      })

      it("says nothing about a token that came while it was asked", async () => {
        const id = await atEndpoint()
        endpoint.answer({ active: true, exp: 4_000_000_000, scope: "old" })
        endpoint.before(() =>
          storeConnectionToken(getContainer(), id, {
            access_token: "another-token",
            scopes: ["new"],
          })
        )
        await verify(id)
        expect(await row(id)).toMatchObject({
          token_expires_at: null,
          scopes: ["new"],
        })
      })
    })

    it("disconnects a service with a key by erasing it", async () => {
      const id = await create({
        api_config: { api_key: SECRET, probe_url: probe.url },
      })
      const { status, data } = await admin.post(
        `/admin/social-platforms/${id}/disconnect`
      )
      expect(status).toBe(200)
      expect(data.revoked).toBe(false)
      expect(data.social_platform).toMatchObject({
        status: "pending",
        connection: "not_connected",
        api_config: { probe_url: probe.url },
      })
      const row = await storedPlatform(getContainer(), id)
      expect(row.api_config).toEqual({ probe_url: probe.url })
      expect(await auditTrail(getContainer(), id)).toMatchObject([
        { type: "created" },
        {
          type: "disconnected",
          actor_id: admin.id,
          details: { revoked: false },
        },
      ])
    })
  },
})
