import { createHash } from "node:crypto"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { approveConsent, refuseConsent } from "../../sandbox/consent-client"
import { encryptionModule, socialsModule } from "../../src/credentials/modules"
import {
  codeVerifierContext,
  prepareAuthorizationResponse,
} from "../../src/credentials/oauth/authorization"
import { completeOauthAuthorizationWorkflow } from "../../src/workflows"
import { openCredential } from "../../src/modules/socials/utils/token-helpers"
import {
  type Admin,
  approve,
  connectSandbox,
  createAdmin,
  createSandboxPlatform,
  sql,
} from "./support/application"
import { auditTrail, storedPlatform } from "./support/database"
import { loseTrustInRegistry, restartEncryption } from "./support/keys"
import { withRequestTimeout } from "./support/timeout"
import { startProbeServer } from "./support/probe-server"
import { type Fault, sandbox, sandboxUrl } from "./support/sandbox"

jest.setTimeout(120_000)

const CALLBACK = "/admin/oauth/sandbox/callback"
const NOT_USABLE =
  "The authorization is unknown, has expired, was used before or was started by somebody else. Start again with Connect, in the same browser."

/** An address where nothing listens any more. */
const closedAddress = async (): Promise<string> => {
  const probe = await startProbeServer()
  await probe.close()
  return new URL(probe.url).origin
}

type Answer = Record<string, string | undefined>

/** As an application does it in a file of its own under src/workflows/hooks. */
const connectedPlatforms: object[] = []
completeOauthAuthorizationWorkflow.hooks.connected((input) => {
  connectedPlatforms.push(input)
})

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let stranger: Admin
    let id: string

    // Made once: the database goes back to this state before each test.
    beforeAll(async () => {
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      stranger = await createAdmin(api, getContainer(), "eve@example.com")
      id = await createSandboxPlatform(admin)
    })
    beforeEach(() => sandbox.reset())

    const stored = () => storedPlatform(getContainer(), id)
    const sessions = () =>
      sql(getContainer(), "select * from social_oauth_session order by id")
    const start = async () => {
      const { status, data } = await admin.get(
        `/admin/oauth/sandbox?platform_id=${id}`
      )
      expect([status, data.message]).toEqual([200, undefined])
      return data as { location: string; expires_at: string }
    }
    const tokenOf = async (name: string): Promise<string | undefined> => {
      const { api_config } = await stored()
      const token = await openCredential(api_config, name, getContainer(), id)
      return token?.reveal()
    }

    /** Sends an answer that must not connect anything, and checks that it did not. */
    const refused = async (
      answer: Answer,
      expected: { status?: number; message: string | RegExp },
      as: Admin = admin,
      path = CALLBACK
    ): Promise<void> => {
      const before = await stored()
      const { status, data } = await as.post(path, answer)

      expect([status, data.message]).toEqual([
        expected.status ?? 400,
        expect.stringMatching(expected.message),
      ])
      const said = JSON.stringify(data)
      for (const secret of [answer.state, answer.code]) {
        if (secret) {
          expect(said).not.toContain(secret)
        }
      }
      expect(await stored()).toEqual(before)
    }

    describe("starting an authorization", () => {
      it("sends the browser to the service with PKCE and a state of 256 bits", async () => {
        const { location, expires_at } = await start()
        const url = new URL(location)
        const query = Object.fromEntries(url.searchParams)

        expect(`${url.origin}${url.pathname}`).toBe(`${sandboxUrl()}/auth`)
        expect(query).toEqual({
          response_type: "code",
          client_id: "medusa",
          redirect_uri: expect.stringMatching(
            /^http:\/\/localhost:\d+\/oauth\/sandbox\/callback$/
          ),
          scope:
            "profile accounts:read posts:write insights:read offline_access",
          state: expect.stringMatching(/^[\w-]{43}$/),
          code_challenge: expect.stringMatching(/^[\w-]{43}$/),
          code_challenge_method: "S256",
        })
        const inMinutes = (Date.parse(expires_at) - Date.now()) / 60_000
        expect(inMinutes).toBeGreaterThan(9)
        expect(inMinutes).toBeLessThanOrEqual(10)

        const [session] = await sessions()
        expect(session).toMatchObject({
          platform_id: id,
          provider: "sandbox",
          actor_id: admin.id,
          redirect_uri: query.redirect_uri,
          consumed_at: null,
          state_hash: createHash("sha256")
            .update(query.state)
            .digest("base64url"),
        })
        expect(JSON.stringify(session)).not.toContain(query.state)
        const verifier = await encryptionModule(getContainer()).decrypt(
          session.code_verifier_encrypted,
          codeVerifierContext(session.id)
        )
        expect(
          createHash("sha256").update(verifier.reveal()).digest("base64url")
        ).toBe(query.code_challenge)
        expect(JSON.stringify(session)).not.toContain(verifier.reveal())
      })

      it("never uses a state or a verifier twice", async () => {
        const [a, b] = await Promise.all([start(), start()])
        const parameters = [a, b].map(
          ({ location }) => new URL(location).searchParams
        )
        for (const name of ["state", "code_challenge"]) {
          expect(new Set(parameters.map((p) => p.get(name))).size).toBe(2)
        }
        expect(await sessions()).toHaveLength(2)
      })

      it("refuses a platform that does not fit, and stores no session", async () => {
        const { data } = await admin.post("/admin/social-platforms", {
          name: "Carrier",
          provider: "generic",
          auth_type: "api_key",
          api_config: { api_key: "a-key" },
        })
        const carrier = data.social_platform.id

        for (const [path, status, message] of [
          [
            `sandbox?platform_id=${carrier}`,
            400,
            `Platform ${carrier} belongs to provider "generic", not to "sandbox".`,
          ],
          [
            `generic?platform_id=${id}`,
            400,
            `Platform ${id} belongs to provider "sandbox", not to "generic".`,
          ],
          [
            `generic?platform_id=${carrier}`,
            400,
            "does not connect through OAuth. Enter its credentials in the platform's settings.",
          ],
          ["sandbox?platform_id=splat_nobody", 404, "splat_nobody"],
          ["sandbox", 400, "platform_id"],
          [
            `sandbox?platform_id=${id}&redirect_uri=https://evil.example`,
            400,
            "Unrecognized fields: 'redirect_uri'",
          ],
        ] as const) {
          const response = await admin.get(`/admin/oauth/${path}`)
          expect([path, response.status, response.data.message]).toEqual([
            path,
            status,
            expect.stringContaining(message),
          ])
        }
        expect(await sessions()).toEqual([])
      })
    })

    describe("finishing an authorization", () => {
      it("connects the platform, and shows no token", async () => {
        const answer = await approve(admin, id)
        const { status, data } = await admin.post(CALLBACK, answer)

        expect(status).toBe(200)
        expect(data.social_platform).toMatchObject({
          id,
          status: "active",
          connection: "connected",
          token_validity: "true",
          scopes: [
            "profile",
            "accounts:read",
            "posts:write",
            "insights:read",
            "offline_access",
          ],
          connected_at: expect.any(String),
          last_synced_at: expect.any(String),
          profile: { username: "ada" },
          api_config: {},
        })
        const lifetime =
          Date.parse(data.social_platform.token_expires_at) - Date.now()
        expect(lifetime).toBeGreaterThan(3_500_000)
        expect(lifetime).toBeLessThanOrEqual(3_600_000)

        const said = JSON.stringify(data)
        for (const name of ["access_token", "refresh_token"]) {
          const token = await tokenOf(name)
          expect(token).toEqual(expect.any(String))
          expect(said).not.toContain(token)
          expect(JSON.stringify(await stored())).not.toContain(token)
        }
        expect(said).not.toContain("authTag")
        const [session] = await sessions()
        expect(session.consumed_at).toBeInstanceOf(Date)
        expect(await auditTrail(getContainer(), id)).toMatchObject([
          { type: "created" },
          { type: "connected", actor_id: admin.id },
        ])
      })

      it("lets the application go on from there, with ids alone", async () => {
        connectedPlatforms.length = 0
        const answer = await approve(admin, id)
        await admin.post(CALLBACK, { ...answer, iss: "https://evil.example" })
        expect(connectedPlatforms).toEqual([])
        await admin.post(CALLBACK, await approve(admin, id))
        expect(connectedPlatforms).toEqual([{ platform_id: id }])
      })

      it("hands the service's answer to the dashboard where no log sees it", async () => {
        const { location } = await start()
        const callback = new URL(await approveConsent(location))
        const asBrowser = { maxRedirects: 0, validateStatus: () => true }
        const { status, headers } = await api.get(
          `${callback.pathname}${callback.search}&redirect=https://evil.example`,
          asBrowser
        )

        expect(status).toBe(303)
        expect(headers["cache-control"]).toBe("no-store")
        expect(headers["referrer-policy"]).toBe("no-referrer")
        const [page, fragment] = headers.location.split("#")
        expect(page).toMatch(
          /^http:\/\/localhost:\d+\/app\/oauth\/sandbox\/callback$/
        )
        const answer = Object.fromEntries(new URLSearchParams(fragment))
        expect(answer).toEqual(Object.fromEntries(callback.searchParams))

        // It decides nothing: the authorization is still there to be finished.
        expect((await stored()).api_config).toEqual({})
        const [session] = await sessions()
        expect(session.consumed_at).toBeNull()
        expect((await admin.post(CALLBACK, answer)).status).toBe(200)

        const unknown = await api.get(
          "/oauth/nobody/callback?code=c",
          asBrowser
        )
        expect([unknown.status, unknown.headers.location]).toEqual([
          400,
          undefined,
        ])
        expect(unknown.data.message).toContain('Unknown provider "nobody"')
      })

      it("asks for nothing less than a state and an answer", async () => {
        const { state, code, iss } = await approve(admin, id)
        for (const [answer, message] of [
          [{ code, iss }, /state/],
          [{ state: "", code, iss }, /state/],
          [{ state }, /either the code or the error/],
          [
            { state, code, error: "access_denied" },
            /either the code or the error/,
          ],
          [
            { state, code, iss, redirect_uri: "https://evil.example" },
            /redirect_uri/,
          ],
          [{ state, code, iss, platform_id: id }, NOT_USABLE],
          [
            { state, error: "line\nbreak" },
            /error must be an OAuth error code\./,
          ],
        ] as const) {
          await refused(answer, { message })
        }
        const wrongType = await admin.post(CALLBACK, { state, code: [code] })
        expect(wrongType.status).toBe(400)
        expect(JSON.stringify(wrongType.data)).not.toContain(code)

        // None of this has used up the authorization.
        const { status } = await admin.post(CALLBACK, { state, code, iss })
        expect(status).toBe(200)
      })

      it("refuses a state that is unknown, foreign, swapped or expired, and spoils nothing", async () => {
        const { state, code, iss } = await approve(admin, id)
        const message = NOT_USABLE

        await refused({ state: "A".repeat(43), code, iss }, { message })
        await refused({ state: `${state}A`, code, iss }, { message })
        await refused({ state, code, iss }, { message }, stranger)
        await refused(
          { state, code, iss },
          { message },
          admin,
          "/admin/oauth/generic/callback"
        )
        await refused(
          { state, code, iss },
          { message },
          admin,
          "/admin/oauth/nobody/callback"
        )
        await sql(
          getContainer(),
          "update social_oauth_session set expires_at = now() - interval '1 second'"
        )
        await refused({ state, code, iss }, { message })
        expect(await sandbox.countRequests("POST", "/token")).toBe(0)

        await sql(
          getContainer(),
          "update social_oauth_session set expires_at = now() + interval '1 minute'"
        )
        const { status } = await admin.post(CALLBACK, { state, code, iss })
        expect(status).toBe(200)
      })

      it("accepts a state once, also after it has failed", async () => {
        const answer = await approve(admin, id)
        const first = await admin.post(CALLBACK, answer)
        expect(first.status).toBe(200)
        await refused(answer, { message: NOT_USABLE })

        const second = await approve(admin, id)
        await refused(
          { ...second, code: "made-up-code" },
          {
            message:
              /The authorization code was refused by the service \(invalid_grant\)/,
          }
        )
        await refused(second, { message: NOT_USABLE })
      })

      it("lets one of two simultaneous answers win", async () => {
        const answer = await approve(admin, id)
        const answers = await Promise.all(
          Array.from({ length: 4 }, () => admin.post(CALLBACK, answer))
        )

        expect(answers.map(({ status }) => status).sort()).toEqual([
          200, 400, 400, 400,
        ])
        expect(await sandbox.countRequests("POST", "/token")).toBe(1)
        const { data } = await admin.get(`/admin/social-platforms/${id}`)
        expect(data.social_platform.connection).toBe("connected")
        expect(
          (await auditTrail(getContainer(), id)).map(({ type }) => type)
        ).toEqual(["created", "connected"])
      })

      it("attaches a code to no other platform than the one it was asked for", async () => {
        const other = await createSandboxPlatform(admin, { name: "Second" })
        const answer = await approve(admin, other)
        const before = await stored()
        const { data } = await admin.post(CALLBACK, answer)
        expect(data.social_platform.id).toBe(other)
        expect(await stored()).toEqual(before)
      })

      it("refuses an answer from another authorization server", async () => {
        const message =
          "The authorization response does not come from the server that was asked."
        const first = await approve(admin, id)
        await refused({ ...first, iss: "https://evil.example" }, { message })
        const second = await approve(admin, id)
        await refused({ ...second, iss: undefined }, { message })
        expect(await sandbox.countRequests("POST", "/token")).toBe(0)
        expect((await auditTrail(getContainer(), id)).slice(1)).toMatchObject([
          {
            type: "connection_refused",
            details: { class: "config_error", code: "issuer_mismatch" },
          },
          { type: "connection_refused" },
        ])
      })

      it("leaves the platform as it was when the person refuses", async () => {
        const { location } = await start()
        const query = new URL(await refuseConsent(location)).searchParams
        expect(query.get("error")).toBe("access_denied")

        await refused(Object.fromEntries(query), {
          message:
            /^Access was refused at the service\. "Ada's sandbox" stays as it was; start again with Connect/,
        })
        expect((await auditTrail(getContainer(), id)).at(-1)).toMatchObject({
          type: "connection_refused",
          actor_id: admin.id,
          details: { class: "permission", code: "access_denied" },
        })
      })

      it("names another error of the service, but never its description", async () => {
        const { location } = await start()
        const state = new URL(location).searchParams.get("state")!
        const { status, data } = await admin.post(CALLBACK, {
          state,
          error: "temporarily_unavailable",
          error_description: "come back with <b>your</b> password",
        })
        expect(status).toBe(400)
        expect(data.message).toBe(
          `The service ended the authorization with the error "temporarily_unavailable". "Ada's sandbox" stays as it was.`
        )
      })

      it("stores nothing when the token endpoint fails, and says what to do", async () => {
        const failures: [Omit<Fault, "target">, number, RegExp][] = [
          [
            { kind: "error", status: 503 },
            500,
            /^The authorization code could not be used: the service answered 503\.$/,
          ],
          [{ kind: "error", status: 500 }, 500, /the service answered 500\.$/],
          [
            { kind: "rate_limit" },
            500,
            /was refused by the service \(rate_limited\)/,
          ],
          [
            { kind: "invalid_grant" },
            400,
            /was refused by the service \(invalid_grant\)/,
          ],
          [{ kind: "invalid_client" }, 400, /\(invalid_client\)/],
          [
            { kind: "html" },
            500,
            /a response that does not follow the standard/,
          ],
          [
            { kind: "empty" },
            500,
            /^The token endpoint answered without a usable access token\.$/,
          ],
          [
            { kind: "redirect" },
            500,
            /^Sandbox answered with a redirect, which is not followed/,
          ],
          [{ kind: "drop" }, 500, /Sandbox could not be reached/],
        ]
        for (const [fault, status, message] of failures) {
          const answer = await approve(admin, id)
          await sandbox.fault({ target: "token", ...fault })
          await refused(answer, { status, message })
          await sandbox.clearFaults()
        }
        const trail = await auditTrail(getContainer(), id)
        expect(trail.slice(1).map(({ type }) => type)).toEqual(
          failures.map(() => "connection_refused")
        )

        // After all that a person can simply connect again.
        const { status } = await admin.post(CALLBACK, await approve(admin, id))
        expect(status).toBe(200)
      })

      describe("in a process that cannot encrypt any more", () => {
        afterEach(() => restartEncryption(getContainer()))

        it("does not spend the code", async () => {
          const { code, state, iss } = await approve(admin, id)
          const response = await prepareAuthorizationResponse(getContainer(), {
            provider: "sandbox",
            actorId: admin.id,
            code,
            state,
            iss,
          })
          await loseTrustInRegistry(getContainer())
          const before = await stored()

          await expect(
            completeOauthAuthorizationWorkflow(getContainer()).run({
              input: response,
            })
          ).rejects.toMatchObject({ code: "registry_untrusted" })
          expect(await sandbox.countRequests("POST", "/token")).toBe(0)
          expect(await stored()).toEqual(before)
        })
      })

      it("gives up on a slow token endpoint after request_timeout_ms", async () => {
        const answer = await approve(admin, id)
        await sandbox.fault({ target: "token", kind: "slow", delay_ms: 4000 })
        const began = Date.now()
        await withRequestTimeout(getContainer(), 500, () =>
          refused(answer, {
            status: 500,
            message: /^Sandbox did not answer within 500 ms\.$/,
          })
        )
        expect(Date.now() - began).toBeLessThan(3500)
      })

      it("says so when nothing listens at the service's address", async () => {
        const answer = await approve(admin, id)
        const options = await socialsModule(getContainer()).getOptions()
        const { provider_config } = options
        options.provider_config = {
          ...provider_config,
          sandbox: {
            ...provider_config.sandbox,
            token_endpoint: `${await closedAddress()}/token`,
          },
        }
        try {
          await refused(answer, {
            status: 500,
            message: /^Sandbox could not be reached \(ECONNREFUSED\)\.$/,
          })
        } finally {
          options.provider_config = provider_config
        }
      })

      it("stays connected when only its accounts cannot be read yet", async () => {
        const answer = await approve(admin, id)
        await sandbox.fault({ target: "accounts", kind: "error", times: 10 })
        const { status, data } = await admin.post(CALLBACK, answer)
        expect(status).toBe(200)
        expect(data.social_platform).toMatchObject({
          connection: "connected",
          status: "active",
          last_synced_at: null,
          last_error: { class: "transient" },
        })

        await sandbox.clearFaults()
        const synced = await admin.post("/admin/socials/sync-platform-data", {
          platform_id: id,
        })
        expect(synced.data.sync.accounts.created).toBe(3)
        expect(synced.data.social_platform.last_error).toBeNull()
      })
    })

    describe("connecting again, and disconnecting", () => {
      beforeEach(async () => {
        const { status } = await admin.post(CALLBACK, await approve(admin, id))
        expect(status).toBe(200)
      })

      it("replaces both tokens", async () => {
        const before = [
          await tokenOf("access_token"),
          await tokenOf("refresh_token"),
        ]
        const answer = await approve(admin, id)
        const { status } = await admin.post(CALLBACK, answer)
        expect(status).toBe(200)

        const after = [
          await tokenOf("access_token"),
          await tokenOf("refresh_token"),
        ]
        expect(new Set([...before, ...after]).size).toBe(4)
        expect(after).not.toContain(undefined)
        const { data } = await admin.get(
          `/admin/social-accounts?platform_id=${id}`
        )
        expect(data.count).toBe(3)
      })

      it("keeps the connection that there is when a new one fails", async () => {
        const token = await tokenOf("access_token")
        const { state } = await approve(admin, id)
        await refused(
          { state, code: "made-up-code", iss: sandboxUrl() },
          { message: /invalid_grant/ }
        )
        const { data } = await admin.get(`/admin/social-platforms/${id}`)
        expect(data.social_platform.connection).toBe("connected")
        expect(await tokenOf("access_token")).toBe(token)
      })

      it("revokes at the service what it erases here", async () => {
        const token = await tokenOf("access_token")
        const { status, data } = await admin.post(
          `/admin/social-platforms/${id}/disconnect`
        )
        expect(status).toBe(200)
        expect(data.revoked).toBe(true)
        expect(data.social_platform).toMatchObject({
          status: "pending",
          connection: "not_connected",
          connected_at: null,
          token_expires_at: null,
          token_validity: "unknown",
          scopes: null,
          key_version: null,
        })
        expect((await stored()).api_config).toEqual({})
        const answer = await fetch(`${sandboxUrl()}/api/me`, {
          headers: { authorization: `Bearer ${token}` },
        })
        expect(answer.status).toBe(401)
        expect((await auditTrail(getContainer(), id)).at(-1)).toMatchObject({
          type: "disconnected",
          actor_id: admin.id,
          details: { revoked: true },
        })

        const sync = await admin.post("/admin/socials/sync-platform-data", {
          platform_id: id,
        })
        expect([sync.status, sync.data.message]).toEqual([
          400,
          `"Ada's sandbox" is not connected. Connect it first.`,
        ])
      })

      it("erases here even when the service does not answer", async () => {
        await sandbox.fault({ target: "revocation", kind: "error", times: 10 })
        const { status, data } = await admin.post(
          `/admin/social-platforms/${id}/disconnect`
        )
        expect(status).toBe(200)
        expect(data.revoked).toBe(false)
        expect((await stored()).api_config).toEqual({})
      })

      it("revokes the tokens of a platform that is deleted", async () => {
        const token = await tokenOf("access_token")
        const { status } = await admin.delete(`/admin/social-platforms/${id}`)
        expect(status).toBe(200)
        expect((await stored()).api_config).toEqual({})
        const answer = await fetch(`${sandboxUrl()}/api/me`, {
          headers: { authorization: `Bearer ${token}` },
        })
        expect(answer.status).toBe(401)
      })
    })

    it("never connects a platform that was deleted in the meantime", async () => {
      const answer = await approve(admin, id)
      await admin.delete(`/admin/social-platforms/${id}`)
      const { status, data } = await admin.post(CALLBACK, answer)
      expect([status, data.message]).toEqual([404, expect.stringContaining(id)])
      expect((await stored()).api_config).toEqual({})
      expect(await sandbox.countRequests("POST", "/token")).toBe(0)
    })

    it("answers 401 to whoever is not logged in, on every route", async () => {
      const connected = await connectSandbox(admin, { name: "Connected" })
      const before = await storedPlatform(getContainer(), connected)
      const answer = await approve(admin, id)
      const anonymous = { validateStatus: () => true }
      for (const path of [
        `/admin/oauth/sandbox?platform_id=${id}`,
        "/admin/social-providers",
        "/admin/social-platforms",
        `/admin/social-platforms/${connected}`,
        "/admin/social-accounts",
        "/admin/social-posts",
      ]) {
        const { status } = await api.get(path, anonymous)
        expect([path, status]).toEqual([path, 401])
      }
      for (const [path, body] of [
        [CALLBACK, answer],
        ["/admin/social-platforms", { name: "S", provider: "sandbox" }],
        [`/admin/social-platforms/${connected}`, { name: "Mine now" }],
        [`/admin/social-platforms/${connected}/disconnect`, {}],
        [`/admin/social-platforms/${connected}/verify`, {}],
        ["/admin/socials/sync-platform-data", { platform_id: connected }],
        ["/admin/social-posts", { caption: "Hi", account_ids: [] }],
      ] as const) {
        const { status } = await api.post(path, body, anonymous)
        expect([path, status]).toEqual([path, 401])
      }
      const { status } = await api.delete(
        `/admin/social-platforms/${connected}`,
        anonymous
      )
      expect(status).toBe(401)
      expect(await storedPlatform(getContainer(), connected)).toEqual(before)

      // The stranger's attempt has not used up the authorization either.
      expect((await admin.post(CALLBACK, answer)).status).toBe(200)
    })

    it("clears away authorizations that ended long ago", async () => {
      await start()
      await sql(
        getContainer(),
        "update social_oauth_session set expires_at = now() - interval '25 hours'"
      )
      await start()
      const [session, ...others] = await sessions()
      expect(others).toEqual([])
      expect(session.expires_at.getTime()).toBeGreaterThan(Date.now())
      expect(
        await socialsModule(getContainer()).listSocialOauthSessions()
      ).toHaveLength(1)
    })
  },
})
