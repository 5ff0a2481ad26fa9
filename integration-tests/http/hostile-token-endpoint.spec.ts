import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { socialsModule } from "../../src/credentials/modules"
import { type Admin, createAdmin, sql } from "./support/application"
import { auditTrail, storedPlatform } from "./support/database"
import { eventually } from "./support/eventually"
import { ECHO, huge, saying } from "./support/hostile-responses"
import {
  failures,
  oddities,
  PATIENCE_MS,
  TOO_LARGE,
} from "./support/hostile-cases"
import {
  type HostileTokenEndpoint,
  startHostileTokenEndpoint,
} from "./support/hostile-token-endpoint"
import { withRequestTimeout } from "./support/timeout"
import { leaksOf, startWatch, type Watch } from "./support/watch"

jest.setTimeout(120_000)

const MARK = "marked-oauth-30fe"
const CODE = `${MARK}-code`
const CLIENT_SECRET = `${MARK}-client`
const CALLBACK = "/admin/oauth/generic_oauth2/callback"

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let endpoint: HostileTokenEndpoint
    let watch: Watch
    let id: string

    /** Without the time of the last use, which nobody waits for. */
    const stored = async () => ({
      ...(await storedPlatform(getContainer(), id)),
      last_used_at: null,
    })
    const newestEvent = async () =>
      (await auditTrail(getContainer(), id)).at(-1)

    const connect = async () => {
      const { data } = await admin.get(
        `/admin/oauth/generic_oauth2?platform_id=${id}`
      )
      const { searchParams } = new URL(data.location)
      const platform_id = /\/callback\/(\w+)$/.exec(
        searchParams.get("redirect_uri") ?? ""
      )?.[1]
      return watch.admin.post(CALLBACK, {
        state: searchParams.get("state"),
        code: CODE,
        platform_id,
      })
    }
    const verify = async () =>
      (await watch.admin.post(`/admin/social-platforms/${id}/verify`)).data
    const expire = () =>
      sql(
        getContainer(),
        "update social_platform set token_expires_at = now() where id = ?",
        [id]
      )
    /** The address at which the next token requests arrive, as the operator's. */
    const moveEndpoint = async (token_endpoint: string) => {
      const options = await socialsModule(getContainer()).getOptions()
      options.provider_config = { generic_oauth2: { token_endpoint } }
    }

    beforeAll(async () => {
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      endpoint = await startHostileTokenEndpoint(MARK)
      watch = startWatch(getContainer(), admin)
      const { data } = await admin.post("/admin/social-platforms", {
        name: "Odd",
        provider: "generic_oauth2",
        api_config: {
          client_id: "shop",
          client_secret: CLIENT_SECRET,
          client_auth: "client_secret_post",
          authorization_endpoint: `${endpoint.url}/authorize`,
          token_endpoint: `${endpoint.url}/token`,
          probe_url: `${endpoint.url}/account`,
        },
      })
      id = data.social_platform.id
      expect((await connect()).status).toBe(200)
      watch.stop()
    })
    afterAll(() => endpoint.close())

    beforeEach(() => {
      endpoint.behave()
      watch = startWatch(getContainer(), admin)
    })
    afterEach(async () => {
      watch.stop()
      const { log, responses, events, workflows } = watch
      expect(
        leaksOf([MARK, ECHO], [...log, ...responses, ...events, ...workflows])
      ).toEqual([])
      await moveEndpoint(`${endpoint.url}/token`)
    })

    type Expected = { code: string | RegExp; message: string | RegExp }
    const matching = (expected: string | RegExp) =>
      expect.stringMatching(
        typeof expected === "string"
          ? new RegExp(`^${expected.replace(/[.()]/g, "\\$&")}$`)
          : expected
      )

    /** Connects in vain: the connection of before stays as it is. */
    const expectNoConnection = async ({ code, message }: Expected) => {
      const before = await stored()
      const { status, data } = await withRequestTimeout(
        getContainer(),
        PATIENCE_MS,
        connect
      )
      expect([status, data]).toEqual([
        500,
        expect.objectContaining({
          type: "unexpected_state",
          message: matching(message),
        }),
      ])
      expect(await stored()).toEqual(before)
      expect(await newestEvent()).toMatchObject({
        type: "connection_refused",
        details: { class: "transient", code: matching(code) },
      })

      endpoint.behave()
      await moveEndpoint(`${endpoint.url}/token`)
      expect((await connect()).status).toBe(200)
      expect((await verify()).verification.ok).toBe(true)
    }

    /** Refreshes in vain: the grant is kept, and is good for another refresh. */
    const expectNoRefresh = async ({ code, message }: Expected) => {
      const { refresh_token } = endpoint.granted()
      await expire()
      const before = await stored()
      const { verification, social_platform } = await withRequestTimeout(
        getContainer(),
        PATIENCE_MS,
        verify
      )
      expect(verification).toEqual({ ok: false, message: matching(message) })
      expect(social_platform.connection).toBe("connected")
      expect(social_platform.last_error).toEqual({
        class: "transient",
        code: matching(code),
        message: verification.message,
        at: expect.any(String),
      })
      expect(await stored()).toEqual({
        ...before,
        last_error: {
          class: "transient",
          code: matching(code),
          message: verification.message,
          at: expect.any(String),
          of_refresh: true,
        },
        consecutive_failures: 1,
        next_refresh_at: expect.any(Date),
        updated_at: expect.any(Date),
      })
      expect(await newestEvent()).toMatchObject({
        type: "refresh_failed",
        details: { class: "transient", code: matching(code) },
      })

      endpoint.behave()
      await moveEndpoint(`${endpoint.url}/token`)
      expect((await verify()).verification.ok).toBe(true)
      expect(endpoint.requests.at(-1)?.get("refresh_token")).toBe(refresh_token)
      expect(await stored()).toMatchObject({
        last_error: null,
        consecutive_failures: 0,
      })
    }
    /** One after the other, since each begins with a grant and ends with one. */
    const expectFailure = async (
      fail: () => void | Promise<void>,
      expected: Expected
    ) => {
      await fail()
      await expectNoConnection(expected)
      await fail()
      await expectNoRefresh(expected)
    }

    describe("connecting and refreshing keep the grant, and work again afterwards, when the token endpoint", () => {
      it.each(failures)("answers with %s", (_, answer, code, message) =>
        expectFailure(() => endpoint.answerWith(answer), { code, message })
      )

      it("answers with a huge body, of which little is taken", async () => {
        const sent: number[] = []
        await expectFailure(
          () => endpoint.answerWith(huge((bytes) => sent.push(bytes))),
          { code: "response_too_large", message: TOO_LARGE }
        )
        await eventually(async () => expect(sent).toHaveLength(2))
        expect(Math.max(...sent)).toBeLessThan(16 * 1024 * 1024)
      })

      it("has a host name that does not exist", async () => {
        const asked = endpoint.requests.length
        await expectFailure(
          () => moveEndpoint("https://oauth.service.invalid/token"),
          {
            code: /^(?:ENOTFOUND|EAI_AGAIN)$/,
            message:
              /because its host name is not known \((?:ENOTFOUND|EAI_AGAIN)\)\.$/,
          }
        )
        expect(endpoint.requests).toHaveLength(asked + 2)
      })

      it("has a certificate that is not valid, before anything is sent", async () => {
        const asked = endpoint.requests.length
        await expectFailure(
          () => moveEndpoint(`${endpoint.selfSignedUrl}/token`),
          {
            code: /CERT/,
            message: /because its certificate is not valid \(\w*CERT\w*\)\.$/,
          }
        )
        expect(endpoint.requests).toHaveLength(asked + 2)
      })
    })

    it("the service's own word ends a grant, and only the one that it was asked about", async () => {
      endpoint.answerWith(
        saying({ error: "invalid_grant", access_token: null })
      )
      const before = await stored()
      const { status, data } = await connect()
      expect([status, data.message]).toEqual([
        400,
        "The authorization code was refused by the service (invalid_grant).",
      ])
      expect(await stored()).toEqual(before)

      await expire()
      const { verification, social_platform } = await verify()
      expect(verification.ok).toBe(false)
      expect(social_platform.connection).toBe("reauthorization_required")
      expect((await stored()).grant_ended_at).toEqual(expect.any(Date))
    })

    /** The token was stored, with its refresh token, and lives by our clock. */
    const expectGrant = async (lifetime: number | null, began: number) => {
      const row = await stored()
      expect(row).toMatchObject({ status: "active", token_validity: "true" })
      const { token_expires_at } = row
      if (lifetime === null) {
        expect(token_expires_at).toBeNull()
      } else {
        const seconds = (token_expires_at!.getTime() - began) / 1000
        expect(seconds).toBeGreaterThanOrEqual(lifetime)
        expect(seconds).toBeLessThan(lifetime + 30)
      }
      const asked = endpoint.requests.length
      expect((await verify()).verification.ok).toBe(true)
      expect(endpoint.requests).toHaveLength(asked)

      const { refresh_token } = endpoint.granted()
      endpoint.behave()
      await expire()
      expect((await verify()).verification.ok).toBe(true)
      expect(endpoint.requests.at(-1)?.get("refresh_token")).toBe(refresh_token)
    }

    it.each(oddities)(
      "no token is lost to an odd %s, neither at a connection nor at a refresh",
      async (_, cases) => {
        for (const [what, answer, lifetime] of cases) {
          endpoint.answerWith(answer)
          const began = Date.now()
          const { status, data } = await connect()
          expect([what, status, data.message]).toEqual([what, 200, undefined])
          await expectGrant(lifetime, began)

          await expire()
          endpoint.answerWith(answer)
          const beganAgain = Date.now()
          const { verification } = await verify()
          expect([what, verification.ok]).toEqual([what, true])
          await expectGrant(lifetime, beganAgain)
        }
      }
    )
  },
})
