import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { getDecryptedToken, storeConnectionToken } from "../../src/credentials"
import { type Admin, createAdmin, sql } from "./support/application"
import { auditTrail, storedPlatform } from "./support/database"
import { newFernetKey, sealFernet } from "./support/fernet"
import {
  type GitHostKind,
  type GitHostServer,
  startGitHost,
} from "./support/git-host"

jest.setTimeout(120_000)

const FERNET_KEY = newFernetKey()
const KINDS: GitHostKind[] = ["github", "gitlab", "gitea"]

medusaIntegrationTestRunner({
  env: { TOKEN_ENCRYPTION_KEY: FERNET_KEY },
  testSuite: ({ api, getContainer }) => {
    describe.each(KINDS)("R3: a self-hosted %s", (kind) => {
      let admin: Admin
      let host: GitHostServer
      let id: string

      beforeEach(async () => {
        host = await startGitHost(kind)
        admin = await createAdmin(api, getContainer(), "ada@example.com")
        const { status, data } = await admin.post("/admin/social-platforms", {
          name: `Our ${kind}`,
          provider: kind,
          auth_type: "oauth2",
          api_config: {
            instance_url: host.url,
            client_id: host.state.client_id,
            client_secret: host.state.client_secret,
          },
        })
        expect([status, data.message]).toEqual([200, undefined])
        id = data.social_platform.id
      })
      afterEach(() => host.close())

      const connect = async (secondsLeft: number) => {
        const pair = host.grant()
        await storeConnectionToken(getContainer(), id, {
          ...pair,
          expires_at: new Date(Date.now() + secondsLeft * 1000),
        })
        // As long ago as such a token is issued: a short life has a shorter buffer.
        await sql(
          getContainer(),
          "update social_platform set connected_at = now() - interval '7 hours' where id = ?",
          [id]
        )
        return pair
      }
      const tokenRequests = () =>
        host.requests.filter(
          ({ form }) => form.get("grant_type") === "refresh_token"
        )
      const token = async () =>
        (await getDecryptedToken(getContainer(), id)).reveal()

      it("gives a token that has more than ten minutes left as it is", async () => {
        const { access_token } = await connect(700)
        expect(await token()).toBe(access_token)
        expect(tokenRequests()).toHaveLength(0)
      })

      it("refreshes within ten minutes of the expiry, and its caller notices nothing", async () => {
        const { access_token } = await connect(590)
        host.expire(access_token)
        const fresh = await token()
        expect(fresh).not.toBe(access_token)
        expect(tokenRequests()).toHaveLength(1)
        // The service takes it, and it lasts.
        const { data } = await admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect(data.verification).toMatchObject({ ok: true })
        expect(await token()).toBe(fresh)
        expect(tokenRequests()).toHaveLength(1)
        const row = (await storedPlatform(getContainer(), id)) as any
        expect(row.token_expires_at.getTime()).toBeGreaterThan(
          Date.now() + 3_600_000
        )
        expect(Object.keys(row.api_config)).not.toContain("access_token")
      })

      it("asks for a new connection when the grant is gone, with the reason", async () => {
        await connect(1)
        host.withdraw()
        await expect(token()).rejects.toMatchObject({
          errorClass: "token_invalid",
        })
        const { data } = await admin.get(`/admin/social-platforms/${id}`)
        expect(data.social_platform).toMatchObject({
          connection: "reauthorization_required",
          last_error: { class: "token_invalid" },
        })
        expect(
          (await auditTrail(getContainer(), id)).map(({ type }) => type)
        ).toContain("reauthorization_required")
      })

      it("imports the Fernet tokens of the service that it replaces", async () => {
        const pair = host.grant()
        const row = (field: string, value: string) => ({
          platform_id: id,
          field,
          value: sealFernet(FERNET_KEY, value),
        })
        const { data } = await admin.post("/admin/encryption/import-fernet", {
          rows: [
            row("access_token", pair.access_token),
            row("refresh_token", pair.refresh_token),
          ],
        })
        expect(data.report).toMatchObject({ imported: 2, failed: [] })
        expect(await token()).toBe(pair.access_token)
      })
    })
  },
})
