import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { type Admin, connectSandbox, createAdmin } from "./support/application"
import { auditTrail, storedPlatform } from "./support/database"
import { withRequestTimeout } from "./support/timeout"
import { type ProbeServer, startProbeServer } from "./support/probe-server"
import { sandbox } from "./support/sandbox"

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
      create({ ...body, api_config: { probe_url: probe.url, ...body.api_config } })

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
          expect(probe.requests).toHaveLength(1)
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
          consecutive_failures: 1,
          last_error: { class: "token_invalid", code: "http_401" },
        })

        const { data } = await admin.post(`/admin/social-platforms/${id}`, {
          api_config: { api_key: OTHER_SECRET },
        })
        expect(data.social_platform).toMatchObject({
          status: "active",
          connection: "connected",
          token_validity: "unknown",
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
        const id = await probed({ api_config: { api_key: SECRET } })
        const { verification, social_platform } = await withRequestTimeout(
          getContainer(),
          300,
          () => verify(id)
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
        expect(verification.message).toMatch(/redirect.*Check the configured address/)
        expect(probe.requests.map(({ path }) => path)).toEqual(["/account"])
      })

      it("says what is missing for a check", async () => {
        const id = await create({ api_config: { api_key: SECRET } })
        const { verification } = await verify(id)
        expect(verification.ok).toBe(false)
        expect(verification.message).toMatch(/no "probe_url"/)

        const erased = await probed({ api_config: { api_key: SECRET } })
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
        { type: "disconnected", actor_id: admin.id, details: { revoked: false } },
      ])
    })
  },
})
