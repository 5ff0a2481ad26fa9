import { createCipheriv, randomBytes, scryptSync } from "node:crypto"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import {
  createStep,
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  type CredentialKey,
  deleteCredential,
  deleteProviderCredentials,
  describeCredential,
  findExpiring,
  getAccessToken,
  isTokenExpired,
  getCredential,
  getRefreshToken,
  getVaultAccessToken,
  markInvalid,
  storeCredential,
  type StoreCredentialInput,
  type VaultKey,
} from "../../src/credentials"
import { socialsModule } from "../../src/credentials/modules"
import { SecretString } from "../../src/secrets/secret-string"
import {
  importScryptWorkflow,
  markSocialPlatformInvalidWorkflow,
} from "../../src/workflows"
import {
  accountOf,
  type Admin,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import {
  auditTrail,
  countRows,
  dumpDatabase,
  keepHistory,
  storedPlatform,
} from "./support/database"
import { eventually } from "./support/eventually"
import { createPost } from "./support/posts"
import { type ProbeServer, startProbeServer } from "./support/probe-server"
import { sandbox } from "./support/sandbox"
import { leaksOf, startWatch, type Watch } from "./support/watch"

jest.setTimeout(120_000)

const MARK = "marked-vault-secret"
const SCRYPT_SECRET = "the secret of the tenant vault"

/** As the vault of tenants sealed: salt, iv, tag and ciphertext in base64. */
const sealScrypt = (text: string): string => {
  const salt = randomBytes(16)
  const iv = randomBytes(12)
  const key = scryptSync(SCRYPT_SECRET, salt, 32)
  const cipher = createCipheriv("aes-256-gcm", key, iv)
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()])
  return Buffer.concat([salt, iv, cipher.getAuthTag(), body]).toString("base64")
}

const inSeconds = (seconds: number): Date =>
  new Date(Date.now() + seconds * 1000)

const KEY: VaultKey = {
  tenant_id: "tenant-a",
  provider: "generic",
  identifier: "main",
}
const API_KEY: CredentialKey = { ...KEY, token_type: "api_key" }
const WHATSAPP: VaultKey = { ...KEY, provider: "whatsapp_business" }
const WHATSAPP_TOKEN: CredentialKey = {
  ...WHATSAPP,
  token_type: "access_token",
}
const GOOGLE: VaultKey = { ...KEY, provider: "google_drive" }
const GOOGLE_TOKEN: CredentialKey = { ...GOOGLE, token_type: "access_token" }

const failStep = createStep("fail-after-mark", async () => {
  throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "A later step failed.")
})
const failingAfterMark = createWorkflow(
  "fail-after-mark-invalid",
  (input: { id: string; reason: string }) => {
    markSocialPlatformInvalidWorkflow.runAsStep({ input })
    failStep()
    return new WorkflowResponse(input)
  }
)

medusaIntegrationTestRunner({
  env: { ENCRYPTION_SECRET: SCRYPT_SECRET },
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    beforeEach(async () => {
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const store = (input: StoreCredentialInput) =>
      storeCredential(getContainer(), input)
    const read = async (key: CredentialKey) =>
      (await getCredential(getContainer(), key))?.reveal() ?? null
    const readAccessToken = async (key: VaultKey, seconds?: number) => {
      const answer = await getVaultAccessToken(getContainer(), {
        ...key,
        ...(seconds !== undefined && { refresh_buffer_seconds: seconds }),
      })
      return answer && { ...answer, token: answer.token.reveal() }
    }
    const show = async (id: string) =>
      (await admin.get(`/admin/social-platforms/${id}`)).data.social_platform
    const storeWhatsApp = (input: Partial<StoreCredentialInput> = {}) =>
      store({
        ...WHATSAPP_TOKEN,
        value: `${MARK}-whatsapp`,
        api_config: { phone_number_id: "1060" },
        ...input,
      })
    const storeGoogle = (input: Partial<StoreCredentialInput> = {}) =>
      store({
        ...GOOGLE_TOKEN,
        value: `${MARK}-google`,
        api_config: { client_id: "shop", client_secret: `${MARK}-client` },
        ...input,
      })

    /** As if its token had been stored some hours ago. */
    const makeOld = (platformId: string) =>
      sql(
        getContainer(),
        `update social_platform set connected_at = now() - interval '3 hours',
         last_refreshed_at = null where id = ?`,
        [platformId]
      )

    describe("R5 a tenant's credentials", () => {
      let whatsapp: ProbeServer
      let watch: Watch
      beforeAll(async () => {
        whatsapp = await startProbeServer()
      })
      afterAll(() => whatsapp.close())
      beforeEach(async () => {
        whatsapp.reset()
        await keepHistory(getContainer())
        watch = startWatch(getContainer(), admin)
      })
      afterEach(() => watch.stop())

      it("live in the vault from the first store to the deletion, never in plaintext", async () => {
        const container = getContainer()

        // WhatsApp: a token that never expires, and the secret of its webhooks.
        const { platform_id, created } = await storeWhatsApp({
          api_config: {
            phone_number_id: "1060",
            base_url: new URL(whatsapp.url).origin,
          },
        })
        expect(created).toBe(true)
        const webhook = await store({
          ...WHATSAPP,
          token_type: "webhook_secret",
          value: `${MARK}-webhook`,
          expires_at: inSeconds(86_400),
        })
        expect(webhook).toEqual({ platform_id, created: false })
        expect(await readAccessToken(WHATSAPP)).toEqual({
          token: `${MARK}-whatsapp`,
          needsRefresh: false,
        })
        expect(
          await describeCredential(container, WHATSAPP_TOKEN)
        ).toMatchObject({
          ...WHATSAPP_TOKEN,
          platform_id,
          expires_at: null,
          validity: "unknown",
          last_error: null,
        })

        // The service is asked with just this token.
        whatsapp.accept("authorization", `Bearer ${MARK}-whatsapp`)
        const verified = await watch.admin.post(
          `/admin/social-platforms/${platform_id}/verify`
        )
        expect(verified.data.verification).toMatchObject({ ok: true })
        expect(
          (await describeCredential(container, WHATSAPP_TOKEN))?.validity
        ).toBe("true")

        // Google: a grant with an expiry, scopes and a refresh token.
        const google = await storeGoogle({
          expires_at: inSeconds(300).toISOString(),
          scopes: ["https://www.googleapis.com/auth/drive.file"],
          metadata: { plan: "gold" },
        })
        await store({
          ...GOOGLE,
          token_type: "refresh_token",
          value: new SecretString(`${MARK}-refresh`),
        })
        expect(await readAccessToken(GOOGLE)).toEqual({
          token: `${MARK}-google`,
          needsRefresh: false,
        })
        await makeOld(google.platform_id)
        expect(await readAccessToken(GOOGLE)).toMatchObject({
          needsRefresh: true,
        })
        expect(await readAccessToken(GOOGLE, 60)).toMatchObject({
          needsRefresh: false,
        })
        expect((await getRefreshToken(container, GOOGLE))?.reveal()).toBe(
          `${MARK}-refresh`
        )
        expect(await show(google.platform_id)).toMatchObject({
          tenant_id: "tenant-a",
          connection: "connected",
          scopes: ["https://www.googleapis.com/auth/drive.file"],
          metadata: { plan: "gold" },
        })

        // An API key from the old vault, read through the new one.
        const { result } = await importScryptWorkflow(container).run({
          input: {
            rows: [
              {
                ...KEY,
                field: "api_key",
                value: sealScrypt(`${MARK}-imported`),
              },
            ],
          },
        })
        expect(result).toMatchObject({ imported: 1, failed: [] })
        expect(await read(API_KEY)).toBe(`${MARK}-imported`)
        const replaced = await store({ ...API_KEY, value: `${MARK}-api-key` })
        expect(replaced.created).toBe(false)
        expect(await read(API_KEY)).toBe(`${MARK}-api-key`)

        expect(
          (
            await findExpiring(container, {
              tenant_id: "tenant-a",
              within_seconds: 2 * 86_400,
            })
          ).map(({ provider, token_type }) => [provider, token_type])
        ).toEqual([
          ["google_drive", "access_token"],
          ["whatsapp_business", "webhook_secret"],
        ])

        // The service takes the token no more.
        whatsapp.answer(401)
        await watch.admin.post(`/admin/social-platforms/${platform_id}/verify`)
        expect(await readAccessToken(WHATSAPP)).toBeNull()
        expect(await read({ ...WHATSAPP, token_type: "webhook_secret" })).toBe(
          `${MARK}-webhook`
        )
        await storeWhatsApp({ value: `${MARK}-whatsapp-2` })
        expect(await readAccessToken(WHATSAPP)).toMatchObject({
          token: `${MARK}-whatsapp-2`,
        })

        // Time stamps of use come by themselves.
        await eventually(async () =>
          expect((await show(google.platform_id)).last_used_at).toEqual(
            expect.any(String)
          )
        )
        await watch.admin.get("/admin/social-platforms")
        await watch.admin.get(`/admin/social-platforms/${platform_id}`)
        for (const provider of [
          "whatsapp_business",
          "google_drive",
          "generic",
        ]) {
          const { platform_ids } = await deleteProviderCredentials(container, {
            tenant_id: "tenant-a",
            provider,
            actor_id: admin.id,
          })
          expect(platform_ids).toHaveLength(1)
        }
        expect(await readAccessToken(WHATSAPP)).toBeNull()
        expect(await read(API_KEY)).toBeNull()

        const said = [
          ...watch.log,
          ...watch.responses,
          ...watch.events,
          ...watch.workflows,
        ]
        expect(leaksOf([MARK], said)).toEqual([])
        const dump = await dumpDatabase(container)
        expect(dump.get("public.row_history")?.join("\n")).toContain(
          "access_token_encrypted"
        )
        for (const [table, rows] of dump) {
          expect([table, leaksOf([MARK], rows)]).toEqual([table, []])
        }
      })
    })

    describe("storing", () => {
      it("ends in one row with one of the values when twenty do it at once", async () => {
        const values = Array.from({ length: 20 }, (_, n) => `value-${n}`)
        const stored = await Promise.all(
          values.map((value) => store({ ...API_KEY, value }))
        )
        expect(new Set(stored.map(({ platform_id }) => platform_id)).size).toBe(
          1
        )
        expect(stored.filter(({ created }) => created)).toHaveLength(1)
        expect(await countRows(getContainer(), "social_platform")).toBe(1)
        expect(values).toContain(await read(API_KEY))

        await store({ ...API_KEY, value: "the last" })
        expect(await read(API_KEY)).toBe("the last")
      })

      it("keeps all token types of a connection that are stored at once", async () => {
        await store({ ...API_KEY, value: "key" })
        await Promise.all([
          store({ ...API_KEY, value: "key-2" }),
          store({ ...KEY, token_type: "webhook_secret", value: "hook" }),
          store({ ...KEY, token_type: "refresh_token", value: "refresh" }),
        ])
        expect(await read(API_KEY)).toBe("key-2")
        expect(await read({ ...KEY, token_type: "webhook_secret" })).toBe(
          "hook"
        )
        expect(await read({ ...KEY, token_type: "refresh_token" })).toBe(
          "refresh"
        )
      })

      it("creates a connection from a refresh token that comes first", async () => {
        const { platform_id } = await storeGoogle({
          token_type: "refresh_token",
          value: "refresh",
          expires_at: inSeconds(3600),
        })
        expect(await show(platform_id)).toMatchObject({
          auth_type: "oauth2",
          status: "pending",
          connection: "not_connected",
        })
        expect(await readAccessToken(GOOGLE)).toBeNull()
        await storeGoogle()
        expect(await show(platform_id)).toMatchObject({
          status: "active",
          connection: "connected",
          connected_at: expect.any(String),
          refresh_token_expires_at: expect.any(String),
        })
      })

      it("stamps a replaced access token as refreshed, and plans its next refresh", async () => {
        const { platform_id } = await storeGoogle({
          expires_at: inSeconds(3600),
        })
        expect((await show(platform_id)).last_refreshed_at).toBeNull()
        await storeGoogle({ value: "next", expires_at: inSeconds(7200) })
        const platform = await show(platform_id)
        expect(platform.last_refreshed_at).toEqual(expect.any(String))
        expect(new Date(platform.next_refresh_at).getTime()).toBeGreaterThan(
          inSeconds(3600).getTime()
        )
        await storeGoogle({ value: "eternal" })
        expect((await show(platform_id)).token_expires_at).toBeNull()
      })

      it("adds to the metadata and settings that are there", async () => {
        const { platform_id } = await storeWhatsApp({
          metadata: { plan: "gold" },
        })
        await storeWhatsApp({
          metadata: { seats: 3 },
          api_config: { graph_version: "v26.0" },
        })
        expect(await show(platform_id)).toMatchObject({
          metadata: { plan: "gold", seats: 3 },
          api_config: { phone_number_id: "1060", graph_version: "v26.0" },
        })
      })

      it("records who stored what, without values", async () => {
        const { platform_id } = await store({
          ...API_KEY,
          value: "key",
          actor_id: "user_1",
        })
        await store({ ...API_KEY, value: "key-2", actor_id: "user_2" })
        expect(await auditTrail(getContainer(), platform_id)).toEqual([
          {
            type: "created",
            actor_id: "user_1",
            details: { credentials: ["api_key"] },
          },
          {
            type: "updated",
            actor_id: "user_2",
            details: { credentials: ["api_key"], erased: [] },
          },
        ])
      })

      it("refuses what is malformed, and neither creates nor changes anything", async () => {
        const envelope = {
          encrypted: "YQ==",
          iv: "YQ==",
          authTag: "YQ==",
          keyVersion: 1,
        }
        const refusals: [object, RegExp][] = [
          [{ provider: "nowhere" }, /Unknown provider/],
          [{ value: " " }, /value must be text/],
          [{ value: ["x"] }, /value must be text/],
          [{ value: JSON.stringify(envelope) }, /encrypted value/],
          [{ expires_at: "soon" }, /expires_at must be/],
          [{ expires_at: 1_900_000_000 }, /expires_at must be/],
          [{ scopes: "all" }, /scopes must be/],
          [{ metadata: { client_secret: "x" } }, /metadata is not encrypted/],
          [{ metadata: "x" }, /metadata must be/],
          [{ api_config: { password_encrypted: "x" } }, /cannot be set/],
          [{ api_config: { page: { token: "x" } } }, /looks like a secret/],
          [{ token_type: "password" }, /token_type must be one of/],
          [{ token_type: ["api_key"] }, /token_type must be one of/],
        ]
        const tryAll = async () => {
          for (const [change, message] of refusals) {
            const input = { ...API_KEY, value: "key", ...change }
            await expect(store(input as StoreCredentialInput)).rejects.toThrow(
              message
            )
          }
        }
        await tryAll()
        expect(await countRows(getContainer(), "social_platform")).toBe(0)

        const { platform_id } = await store({ ...API_KEY, value: "before" })
        const before = await storedPlatform(getContainer(), platform_id)
        await tryAll()
        expect(await storedPlatform(getContainer(), platform_id)).toEqual(
          before
        )
        expect(await read(API_KEY)).toBe("before")
      })

      it("names the settings that a provider cannot do without", async () => {
        await expect(
          store({ ...WHATSAPP_TOKEN, value: "token" })
        ).rejects.toThrow(/needs in api_config: phone_number_id/)
      })

      it("does not send a stored credential to another host", async () => {
        await store({
          ...API_KEY,
          value: "key",
          api_config: { probe_url: "https://api.example.com/me" },
        })
        await expect(
          store({
            ...KEY,
            token_type: "webhook_secret",
            value: "hook",
            api_config: { probe_url: "https://evil.example.net/me" },
          })
        ).rejects.toThrow(/decides where the stored credentials are sent/)
      })
    })

    describe("an access token", () => {
      it("is not handed out once it has ended", async () => {
        await storeGoogle({ expires_at: inSeconds(-1) })
        expect(await readAccessToken(GOOGLE)).toBeNull()
        expect(await read(GOOGLE_TOKEN)).toBe(`${MARK}-google`)
      })

      it("needs a refresh within the caller's buffer, the boundary included", async () => {
        const { platform_id } = await storeGoogle({
          expires_at: inSeconds(3000),
        })
        await makeOld(platform_id)
        expect(await readAccessToken(GOOGLE, 2900)).toMatchObject({
          needsRefresh: false,
        })
        expect(await readAccessToken(GOOGLE, 3000)).toMatchObject({
          needsRefresh: true,
        })
        expect(await readAccessToken(GOOGLE)).toMatchObject({
          needsRefresh: false,
        })
        for (const refresh_buffer_seconds of [-1, Number.NaN, "60"]) {
          await expect(
            getVaultAccessToken(getContainer(), {
              ...GOOGLE,
              refresh_buffer_seconds: refresh_buffer_seconds as number,
            })
          ).rejects.toThrow(/refresh_buffer_seconds must be/)
        }
      })

      it("is fresh while it is new, however short its life, by every rule there is", async () => {
        const { platform_id } = await storeGoogle({
          expires_at: inSeconds(300),
        })
        expect(await readAccessToken(GOOGLE)).toMatchObject({
          needsRefresh: false,
        })
        expect(await isTokenExpired(getContainer(), platform_id)).toBe(false)
        expect(
          (await getAccessToken(getContainer(), platform_id)).reveal()
        ).toBe(`${MARK}-google`)

        await makeOld(platform_id)
        expect(await readAccessToken(GOOGLE)).toMatchObject({
          needsRefresh: true,
        })
        expect(await isTokenExpired(getContainer(), platform_id)).toBe(true)
      })

      it("that came through OAuth is in the vault too, and getAccessToken refreshes it", async () => {
        await sandbox.reset()
        const key = { ...KEY, provider: "sandbox" }
        const id = await connectSandbox(admin, {
          tenant_id: key.tenant_id,
          identifier: key.identifier,
        })
        await sql(
          getContainer(),
          "update social_platform set token_expires_at = now() + interval '1 minute', connected_at = now() - interval '1 hour' where id = ?",
          [id]
        )
        const before = await readAccessToken(key)
        expect(before?.needsRefresh).toBe(true)
        const fresh = await getAccessToken(getContainer(), id, {
          forceRefresh: true,
        })
        expect(await readAccessToken(key)).toEqual({
          token: fresh.reveal(),
          needsRefresh: false,
        })
        expect(fresh.reveal()).not.toBe(before?.token)

        // All of it goes, at the service as well.
        expect(
          await deleteProviderCredentials(getContainer(), {
            tenant_id: "tenant-a",
            provider: "sandbox",
          })
        ).toEqual({ platform_ids: [id], revoked: [id] })
        const row = await storedPlatform(getContainer(), id)
        expect(row.deleted_at).not.toBeNull()
        expect(
          Object.keys(row.api_config).filter((name) =>
            name.endsWith("_encrypted")
          )
        ).toEqual([])
        expect((await admin.get("/admin/social-accounts")).data.count).toBe(0)
      })
    })

    describe("the stamp of the last use", () => {
      it("keeps nobody waiting, and its failure fails nothing", async () => {
        const { platform_id } = await store({ ...API_KEY, value: "key" })
        const other = { ...API_KEY, tenant_id: "tenant-b" }
        await store({ ...other, value: "key" })
        const socials = socialsModule(getContainer())
        const writeHealth = jest
          .spyOn(Object.getPrototypeOf(socials), "writeHealth")
          .mockImplementationOnce(() => new Promise(() => undefined))
          .mockRejectedValueOnce(new Error("the database is busy"))
        expect(await read(API_KEY)).toBe("key")
        expect(await read(other)).toBe("key")
        expect(writeHealth).toHaveBeenCalledTimes(2)
        // Many uses in a second are written once.
        expect(await read(API_KEY)).toBe("key")
        expect(writeHealth).toHaveBeenCalledTimes(2)
        writeHealth.mockRestore()

        expect((await show(platform_id)).last_used_at).toBeNull()
        await eventually(async () => {
          await read(API_KEY)
          expect((await show(platform_id)).last_used_at).not.toBeNull()
        })
      })
    })

    describe("a tenant's wall", () => {
      const OTHERS = ["tenant-b", null, "tenant", "TENANT-A", "tenant-a ", "%"]

      it("lets nobody read, change, mark or delete what is another tenant's", async () => {
        const container = getContainer()
        const { platform_id } = await storeGoogle({ expires_at: inSeconds(60) })
        const before = await storedPlatform(container, platform_id)
        for (const tenant_id of OTHERS) {
          const key = { ...GOOGLE_TOKEN, tenant_id }
          expect(await read(key)).toBeNull()
          expect(await readAccessToken(key)).toBeNull()
          expect(await getRefreshToken(container, key)).toBeNull()
          expect(await describeCredential(container, key)).toBeNull()
          expect(await markInvalid(container, { ...key, reason: "x" })).toBe(
            false
          )
          expect(await deleteCredential(container, key)).toBe(false)
          expect(
            (await deleteProviderCredentials(container, key)).platform_ids
          ).toEqual([])
          expect(
            await findExpiring(container, { tenant_id, within_seconds: 3600 })
          ).toEqual([])
        }
        expect(await storedPlatform(container, platform_id)).toEqual(before)
      })

      it("gives each tenant, and the store, a credential of their own under one name", async () => {
        const tenants = ["tenant-a", ...OTHERS]
        for (const tenant_id of tenants) {
          await store({ ...API_KEY, tenant_id, value: `of ${tenant_id}` })
        }
        for (const tenant_id of tenants) {
          expect(await read({ ...API_KEY, tenant_id })).toBe(`of ${tenant_id}`)
        }
        await deleteProviderCredentials(getContainer(), {
          tenant_id: null,
          provider: "generic",
        })
        expect(await read({ ...API_KEY, tenant_id: null })).toBeNull()
        expect(await read({ ...API_KEY, tenant_id: "tenant-b" })).toBe(
          "of tenant-b"
        )
      })

      const CRAFTED: unknown[] = [
        undefined,
        ["tenant-a", "tenant-b"],
        { $ne: null },
        { $like: "%" },
        { toString: () => "tenant-b" },
        new String("tenant-b"),
        "",
        "  ",
        "a\u0000b",
        "a\ud800",
        "x".repeat(201),
        7,
        true,
      ]
      it("refuses a crafted key everywhere", async () => {
        const container = getContainer()
        await store({ ...API_KEY, tenant_id: "tenant-b", value: "theirs" })
        const calls: ((key: CredentialKey) => Promise<unknown>)[] = [
          (key) => getCredential(container, key),
          (key) => getVaultAccessToken(container, key),
          (key) => getRefreshToken(container, key),
          (key) => describeCredential(container, key),
          (key) => storeCredential(container, { ...key, value: "mine" }),
          (key) => markInvalid(container, { ...key, reason: "x" }),
          (key) => deleteCredential(container, key),
        ]
        const callsForTenant: typeof calls = [
          (key) => deleteProviderCredentials(container, key),
        ]
        for (const value of CRAFTED) {
          for (const part of ["tenant_id", "provider", "identifier"]) {
            const key = { ...API_KEY, [part]: value } as CredentialKey
            for (const call of [
              ...calls,
              ...(part === "identifier" ? [] : callsForTenant),
            ]) {
              await expect(call(key)).rejects.toThrow(
                new RegExp(`${part} must be`)
              )
            }
          }
          await expect(
            findExpiring(container, {
              tenant_id: value as string,
              within_seconds: 60,
            })
          ).rejects.toThrow(/tenant_id must be/)
        }
        expect(await countRows(container, "social_platform")).toBe(1)
        expect(await read({ ...API_KEY, tenant_id: "tenant-b" })).toBe("theirs")
      })

      it("finds no platform by its id in place of the identifier", async () => {
        const { platform_id } = await store({ ...API_KEY, value: "key" })
        expect(await read({ ...API_KEY, identifier: platform_id })).toBeNull()
      })

      it("opens no credential that was copied into another tenant's row", async () => {
        const mine = await store({ ...API_KEY, value: "mine" })
        const theirs = await store({
          ...API_KEY,
          tenant_id: "tenant-b",
          value: "theirs",
        })
        await sql(
          getContainer(),
          `update social_platform set api_config =
             (select api_config from social_platform where id = ?) where id = ?`,
          [theirs.platform_id, mine.platform_id]
        )
        await expect(read(API_KEY)).rejects.toThrow()
      })
    })

    describe("marking invalid", () => {
      it("hands the token out no more, and tells the merchant why", async () => {
        const container = getContainer()
        const { platform_id } = await storeGoogle({
          expires_at: inSeconds(3600),
        })
        const reason = `The service said: token ${MARK}-google is revoked.`
        expect(await markInvalid(container, { ...GOOGLE, reason })).toBe(true)
        expect(await readAccessToken(GOOGLE)).toBeNull()
        expect(await show(platform_id)).toMatchObject({
          status: "error",
          connection: "reauthorization_required",
          token_validity: "false",
          next_refresh_at: null,
          last_error: {
            class: "token_invalid",
            code: "marked_invalid",
            message: "The service said: token [redacted] is revoked.",
          },
        })
        expect(
          await markInvalid(container, { ...GOOGLE, reason: "again" })
        ).toBe(false)
        const trail = await auditTrail(container, platform_id)
        expect(trail.filter(({ type }) => type === "invalidated")).toEqual([
          {
            type: "invalidated",
            actor_id: null,
            details: { class: "token_invalid", code: "marked_invalid" },
          },
        ])
        expect(
          await findExpiring(container, {
            tenant_id: "tenant-a",
            within_seconds: 7200,
          })
        ).toEqual([])

        await storeGoogle({ value: "a new one" })
        expect(await readAccessToken(GOOGLE)).toMatchObject({
          token: "a new one",
        })
        expect(await show(platform_id)).toMatchObject({
          status: "active",
          last_error: null,
        })
      })

      it("leaves a token alone that has replaced the refused one", async () => {
        await storeGoogle()
        const rejected = new SecretString("an older one")
        const mark = (secret: SecretString) =>
          markInvalid(getContainer(), {
            ...GOOGLE,
            reason: "refused",
            rejected: secret,
          })
        expect(await mark(rejected)).toBe(false)
        expect(await readAccessToken(GOOGLE)).not.toBeNull()
        expect(await mark(new SecretString(`${MARK}-google`))).toBe(true)
        expect(await readAccessToken(GOOGLE)).toBeNull()
      })

      it("is told by one of many who do it at once", async () => {
        const { platform_id } = await storeGoogle()
        const marked = await Promise.all(
          Array.from({ length: 10 }, () =>
            markInvalid(getContainer(), { ...GOOGLE, reason: "refused" })
          )
        )
        expect(marked.filter(Boolean)).toHaveLength(1)
        expect((await show(platform_id)).consecutive_failures).toBe(1)
      })

      const mark = (id: string, body: object) =>
        admin.post(`/admin/social-platforms/${id}/mark-invalid`, body)

      it("works for an admin over the API, without the secret that the reason repeats", async () => {
        const { platform_id } = await storeGoogle()
        const watch = startWatch(getContainer(), admin)
        const { status, data } = await watch.admin
          .post(`/admin/social-platforms/${platform_id}/mark-invalid`, {
            reason: `Found ${MARK}-google in a screenshot.`,
          })
          .finally(watch.stop)
        expect(status).toBe(200)
        expect(data.social_platform).toMatchObject({
          id: platform_id,
          token_validity: "false",
          last_error: { message: "Found [redacted] in a screenshot." },
        })
        expect(leaksOf([MARK], [...watch.workflows, ...watch.log])).toEqual([])
        expect(watch.workflows.join("\n")).toContain(
          "mark-social-platform-invalid"
        )
        const trail = await auditTrail(getContainer(), platform_id)
        expect(trail.at(-1)).toMatchObject({
          type: "invalidated",
          actor_id: admin.id,
        })
        expect((await mark(platform_id, { reason: "again" })).status).toBe(200)
      })

      it("is refused without a reason, for an unknown platform and for one that is not connected", async () => {
        const { platform_id } = await storeGoogle()
        for (const body of [
          {},
          { reason: "" },
          { reason: "  " },
          { reason: ["x"] },
          { reason: "x".repeat(501) },
          { reason: "x", status: "error" },
        ]) {
          expect([body, (await mark(platform_id, body)).status]).toEqual([
            body,
            400,
          ])
        }
        expect((await mark("splat_missing", { reason: "x" })).status).toBe(404)
        expect((await show(platform_id)).token_validity).toBe("unknown")

        const anonymous = await api.post(
          `/admin/social-platforms/${platform_id}/mark-invalid`,
          { reason: "x" },
          { validateStatus: () => true }
        )
        expect(anonymous.status).toBe(401)

        await deleteCredential(getContainer(), GOOGLE_TOKEN)
        const { status, data } = await mark(platform_id, { reason: "x" })
        expect([status, data.message]).toEqual([
          400,
          expect.stringMatching(/is not connected/),
        ])
      })

      it("is taken back when a later step of a workflow fails", async () => {
        const { platform_id } = await storeGoogle({
          expires_at: inSeconds(3600),
        })
        const before = await show(platform_id)
        await expect(
          failingAfterMark(getContainer()).run({
            input: { id: platform_id, reason: "refused" },
          })
        ).rejects.toMatchObject({ message: "A later step failed." })
        const { updated_at: _, ...after } = await show(platform_id)
        expect(before).toMatchObject(after)
      })
    })

    describe("deleting", () => {
      it("erases one credential and keeps the others", async () => {
        const container = getContainer()
        const { platform_id } = await store({
          ...API_KEY,
          value: "key",
          expires_at: inSeconds(60),
        })
        const hook: CredentialKey = { ...KEY, token_type: "webhook_secret" }
        await store({ ...hook, value: "hook" })
        expect(await deleteCredential(container, API_KEY)).toBe(true)
        expect(await read(API_KEY)).toBeNull()
        expect(await read(hook)).toBe("hook")
        expect(await show(platform_id)).toMatchObject({
          status: "pending",
          connection: "not_connected",
          api_config: {},
        })
        expect(await deleteCredential(container, API_KEY)).toBe(false)

        await store({ ...API_KEY, value: "key-2" })
        expect((await show(platform_id)).connection).toBe("connected")
      })

      it("erases what no longer opens", async () => {
        const { platform_id } = await store({ ...API_KEY, value: "key" })
        await sql(
          getContainer(),
          `update social_platform set api_config =
             jsonb_set(api_config, '{api_key_encrypted,authTag}', '"AAAAAAAAAAAAAAAAAAAAAA=="')
           where id = ?`,
          [platform_id]
        )
        await expect(read(API_KEY)).rejects.toThrow()
        expect(await deleteCredential(getContainer(), API_KEY)).toBe(true)
        expect(await read(API_KEY)).toBeNull()
      })

      it("takes every connection of the tenant's provider, and frees its name", async () => {
        const container = getContainer()
        for (const identifier of ["main", "second"]) {
          await store({ ...API_KEY, identifier, value: identifier })
        }
        await storeWhatsApp()
        await admin.post("/admin/social-platforms", {
          name: "Without an identifier",
          provider: "generic",
          tenant_id: "tenant-a",
          api_config: { api_key: "third" },
        })
        const { platform_ids } = await deleteProviderCredentials(container, {
          tenant_id: "tenant-a",
          provider: "generic",
        })
        expect(platform_ids).toHaveLength(3)
        const list = await admin.get("/admin/social-platforms")
        expect(list.data.social_platforms).toMatchObject([
          { provider: "whatsapp_business" },
        ])
        expect((await store({ ...API_KEY, value: "anew" })).created).toBe(true)
        expect(await read(API_KEY)).toBe("anew")
      })

      it("deletes nothing while posts are scheduled", async () => {
        await sandbox.reset()
        const id = await connectSandbox(admin, { tenant_id: "tenant-a" })
        await createPost(admin, {
          account_ids: [await accountOf(admin, id)],
          scheduled_at: inSeconds(86_400).toISOString(),
        })
        await expect(
          deleteProviderCredentials(getContainer(), {
            tenant_id: "tenant-a",
            provider: "sandbox",
          })
        ).rejects.toThrow(/has 1 scheduled post\. Nothing was deleted/)
        expect((await show(id)).connection).toBe("connected")
      })
    })

    describe("what expires", () => {
      it("is found within a window, the most urgent first, in one tenant or in all", async () => {
        const container = getContainer()
        await storeGoogle({ expires_at: inSeconds(300) })
        await storeGoogle({
          token_type: "refresh_token",
          value: "refresh",
          expires_at: inSeconds(900),
        })
        await store({ ...API_KEY, value: "key", expires_at: inSeconds(600) })
        await store({
          ...KEY,
          token_type: "webhook_secret",
          value: "hook",
          expires_at: inSeconds(100_000),
        })
        await storeWhatsApp()
        await store({
          ...API_KEY,
          tenant_id: null,
          value: "the store's",
          expires_at: inSeconds(-60),
        })
        const find = async (input: object) =>
          (
            await findExpiring(container, { within_seconds: 3600, ...input })
          ).map(({ tenant_id, token_type }) => [tenant_id, token_type])

        const ofTenant = [
          ["tenant-a", "access_token"],
          ["tenant-a", "api_key"],
          ["tenant-a", "refresh_token"],
        ]
        expect(await find({ tenant_id: "tenant-a" })).toEqual(ofTenant)
        expect(await find({ tenant_id: null })).toEqual([[null, "api_key"]])
        expect(await find({})).toEqual([[null, "api_key"], ...ofTenant])
        expect(await find({ limit: 2 })).toHaveLength(2)
        expect(
          await find({ tenant_id: "tenant-a", within_seconds: 0 })
        ).toEqual([])
        const [first] = await findExpiring(container, {
          tenant_id: "tenant-a",
          within_seconds: 400,
        })
        expect(first).toEqual({
          ...GOOGLE_TOKEN,
          platform_id: expect.any(String),
          expires_at: (await describeCredential(container, GOOGLE_TOKEN))
            ?.expires_at,
        })
      })

      it("is not hidden by a setting that is no time, and what is gone is not found", async () => {
        const { platform_id } = await store({
          ...API_KEY,
          value: "key",
          expires_at: inSeconds(60),
        })
        await store({
          ...API_KEY,
          identifier: "b",
          value: "b",
          expires_at: inSeconds(60),
        })
        await admin.post(`/admin/social-platforms/${platform_id}`, {
          api_config: { api_key_expires_at: "2020, or so" },
        })
        const find = () => findExpiring(getContainer(), { within_seconds: 600 })
        expect(await find()).toMatchObject([{ identifier: "b" }])
        await deleteCredential(getContainer(), { ...API_KEY, identifier: "b" })
        expect(await find()).toEqual([])
      })

      it("is looked for only with a window and a limit that make sense", async () => {
        for (const input of [
          { within_seconds: -1 },
          { within_seconds: Number.NaN },
          { within_seconds: Infinity },
          { within_seconds: "60" as unknown as number },
        ]) {
          await expect(findExpiring(getContainer(), input)).rejects.toThrow(
            /within_seconds must be/
          )
        }
        for (const limit of [0, 1001, 1.5]) {
          await expect(
            findExpiring(getContainer(), { within_seconds: 60, limit })
          ).rejects.toThrow(/limit must be/)
        }
      })

      it("has an index for the look-up and for the sweeps", async () => {
        const plans = [
          [
            "select * from social_platform where tenant_id = ? and provider = ? and identifier = ? and deleted_at is null",
            ["tenant-a", "generic", "main"],
          ],
          [
            "select * from social_platform where tenant_id is null and provider = ? and identifier = ? and deleted_at is null",
            ["generic", "main"],
          ],
          [
            "select * from social_platform where token_expires_at <= now() and deleted_at is null",
            [],
          ],
          [
            "select * from social_platform where refresh_token_expires_at <= now() and deleted_at is null",
            [],
          ],
        ] as const
        const knex = getContainer().resolve(
          ContainerRegistrationKeys.PG_CONNECTION
        )
        for (const [statement, parameters] of plans) {
          const plan = await knex.transaction(async (transaction) => {
            // With a handful of rows reading them all is always cheaper.
            await transaction.raw("set local enable_seqscan = off")
            const { rows } = await transaction.raw(
              `explain (format json) ${statement}`,
              [...parameters]
            )
            return JSON.stringify(rows)
          })
          expect(plan).toContain("Index")
          expect(plan).not.toContain("Seq Scan")
        }
      })
    })

    describe("the old vault's secret", () => {
      it("stops the import when it is missing or weak", async () => {
        const refusals = [
          ["", /is missing/],
          ["too short", /fewer than 16 characters/],
        ] as const
        const rows = [{ ...KEY, field: "api_key", value: sealScrypt("key") }]
        try {
          for (const [secret, message] of refusals) {
            process.env.ENCRYPTION_SECRET = secret
            await expect(
              importScryptWorkflow(getContainer()).run({ input: { rows } })
            ).rejects.toMatchObject({ message: expect.stringMatching(message) })
          }
        } finally {
          process.env.ENCRYPTION_SECRET = SCRYPT_SECRET
        }
        expect(await countRows(getContainer(), "social_platform")).toBe(0)
      })
    })
  },
})
