import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { createCipheriv, randomBytes, scryptSync } from "node:crypto"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { importColumnBatch } from "../../src/credentials/imports/import-column"
import { importStoredBatch } from "../../src/credentials/imports/import-stored"
import {
  fernetOpener,
  scryptOpener,
} from "../../src/credentials/imports/opener"
import type { ImportRow } from "../../src/shared/import-rows"
import { encryptionModule } from "../../src/credentials/modules"
import { createColumnRegistry } from "../../src/modules/encryption/columns"
import type { EnvelopeV2 } from "../../src/modules/encryption/types"
import { openCredential } from "../../src/modules/socials/utils/token-helpers"
import { importScryptWorkflow } from "../../src/workflows/encryption/workflows/import-scrypt"
import { type Admin, createAdmin, sql } from "./support/application"
import {
  auditTrail,
  countRows,
  overwriteApiConfig,
  storedPlatform,
} from "./support/database"
import { newFernetKey, sealFernet } from "./support/fernet"
import { sealWithFirstKey } from "./support/keys"
import { leaksOf, startWatch } from "./support/watch"

jest.setTimeout(120_000)

const OLD_KEY = newFernetKey()
const OLDER_KEY = newFernetKey()
const SCRYPT_SECRET = "the secret of the tenant vault"
const TOKEN = "marked-imported-token-51c7"

/** As the vault of tenants sealed: salt, iv, tag and ciphertext in base64. */
const sealScrypt = (text: string, secret = SCRYPT_SECRET): string => {
  const salt = randomBytes(16)
  const iv = randomBytes(12)
  const cipher = createCipheriv("aes-256-gcm", scryptSync(secret, salt, 32), iv)
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()])
  return Buffer.concat([salt, iv, cipher.getAuthTag(), body]).toString("base64")
}

medusaIntegrationTestRunner({
  env: {
    TOKEN_ENCRYPTION_KEY: `${OLD_KEY},${OLDER_KEY}`,
    ENCRYPTION_SECRET: SCRYPT_SECRET,
    ENCRYPTION_KEY_V2: randomBytes(32).toString("base64"),
  },
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    beforeEach(async () => {
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const importFernet = (rows: ImportRow[], options: object = {}) =>
      admin.post("/admin/encryption/import-fernet", { rows, ...options })
    const open = async (id: string, name = "access_token") => {
      const { api_config } = await storedPlatform(getContainer(), id)
      const value = await openCredential(api_config, name, getContainer(), id)
      return value?.reveal()
    }
    const list = async () =>
      (await admin.get("/admin/social-platforms")).data.social_platforms
    const row = (text = TOKEN, key = OLD_KEY): ImportRow => ({
      provider: "sandbox",
      identifier: "shop-1",
      value: sealFernet(key, text),
    })

    it("says what an import would do, and stores nothing", async () => {
      const { status, data } = await importFernet([row()], { dry_run: true })
      expect([status, data.message]).toEqual([200, undefined])
      expect(data.report).toEqual({
        examined: 1,
        imported: 1,
        unchanged: 0,
        created_platforms: 1,
        failed: [],
      })
      expect(await countRows(getContainer(), "social_platform")).toBe(0)
    })

    it("imports tokens under the keys of the old system, and shows none of them", async () => {
      const watch = startWatch(getContainer(), admin)
      const { data } = await watch.admin
        .post("/admin/encryption/import-fernet", {
          rows: [
            { ...row(), expires_at: "2031-01-02T03:04:05Z" },
            { ...row("another-token", OLDER_KEY), identifier: "shop-2" },
          ],
        })
        .finally(watch.stop)
      expect(data.report).toMatchObject({ imported: 2, created_platforms: 2 })

      const platforms = await list()
      const first = platforms.find((p: any) => p.identifier === "shop-1")
      expect(first).toMatchObject({
        provider: "sandbox",
        status: "active",
        token_expires_at: "2031-01-02T03:04:05.000Z",
      })
      expect(await open(first.id)).toBe(TOKEN)
      expect(await auditTrail(getContainer(), first.id)).toEqual([
        {
          type: "imported",
          actor_id: admin.id,
          details: { credentials: ["access_token"], created: true },
        },
      ])
      const said = [
        ...watch.log,
        ...watch.responses,
        ...watch.events,
        ...watch.workflows,
      ]
      expect(leaksOf([TOKEN, OLD_KEY], said)).toEqual([])
    })

    it("changes nothing when it runs again", async () => {
      await importFernet([row()])
      const [before] = await list()
      const { data } = await importFernet([row()])
      expect(data.report).toMatchObject({
        imported: 0,
        unchanged: 1,
        created_platforms: 0,
      })
      expect(await list()).toEqual([before])
    })

    it("replaces another value only when it is told to", async () => {
      await importFernet([row()])
      const refused = await importFernet([row("newer-token")])
      expect(refused.data.report.failed).toEqual([
        {
          row: 1,
          code: "conflict",
          message: expect.stringMatching(/another access token already/),
        },
      ])
      const [{ id }] = await list()
      expect(await open(id)).toBe(TOKEN)

      const { data } = await importFernet([row("newer-token")], {
        overwrite: true,
      })
      expect(data.report).toMatchObject({ imported: 1, failed: [] })
      expect(await open(id)).toBe("newer-token")
    })

    it("takes a whole token set apart", async () => {
      const sealedAt = new Date("2030-01-01T00:00:00Z")
      const set = JSON.stringify({
        access_token: "Atza|access",
        refresh_token: "Atzr|refresh",
        expires_in: 3600,
        scope: "advertising::campaign_management",
      })
      const { data } = await importFernet([
        {
          ...row(),
          field: "token_set",
          value: sealFernet(OLD_KEY, set, sealedAt),
        },
      ])
      expect(data.report).toMatchObject({ imported: 1, failed: [] })
      const [platform] = await list()
      expect(await open(platform.id)).toBe("Atza|access")
      expect(await open(platform.id, "refresh_token")).toBe("Atzr|refresh")
      expect(platform).toMatchObject({
        scopes: ["advertising::campaign_management"],
        token_expires_at: "2030-01-01T01:00:00.000Z",
      })
    })

    it("reports each row that fails, and imports the others", async () => {
      const { data } = await importFernet([
        { ...row("x", newFernetKey()), row: 7 },
        { ...row(), value: "not-a-token" },
        { ...row(), identifier: undefined },
        { ...row(), provider: "no-such-network" },
        { ...row(), platform_id: "splat_missing" },
        { ...row(), field: "app_secret_of_nobody", provider: "generic" },
        { ...row(), expires_at: "soon" },
        row(),
      ])
      expect(data.report).toMatchObject({ examined: 8, imported: 1 })
      expect(data.report.failed.map((f: any) => [f.row, f.code])).toEqual([
        [7, "foreign_unauthenticated"],
        [2, "foreign_malformed"],
        [3, "invalid_data"],
        [4, "invalid_data"],
        [5, "not_found"],
        [6, "invalid_data"],
        [7, "invalid_data"],
      ])
      expect(await list()).toHaveLength(1)
    })

    it("refuses a request without rows, and one with too many", async () => {
      expect((await importFernet([])).status).toBe(400)
      const many = Array.from({ length: 501 }, () => row())
      const { status, data } = await importFernet(many)
      expect(status).toBe(400)
      expect(JSON.stringify(data)).not.toContain(many[0].value)
    })

    it("names the variable when there is no key to import with", async () => {
      const keys = process.env.TOKEN_ENCRYPTION_KEY
      delete process.env.TOKEN_ENCRYPTION_KEY
      const { status, data } = await importFernet([row()]).finally(() => {
        process.env.TOKEN_ENCRYPTION_KEY = keys
      })
      expect([status, data.type]).toEqual([400, "invalid_data"])
      expect(data.message).toMatch(/needs at least one key/)
    })

    it("imports scrypt values from a workflow, with the tenant's place", async () => {
      const input = {
        rows: [
          {
            provider: "sandbox",
            tenant_id: "tenant-9",
            identifier: "main",
            value: sealScrypt(TOKEN),
          },
          {
            ...row(),
            value: sealScrypt(TOKEN, "another secret of some length"),
          },
        ],
      }
      const { result } = await importScryptWorkflow(getContainer()).run({
        input,
      })
      expect(result).toMatchObject({ imported: 1 })
      expect(result.failed).toMatchObject([
        { row: 2, code: "foreign_unauthenticated" },
      ])
      const [platform] = await list()
      expect(platform.tenant_id).toBe("tenant-9")
      expect(await open(platform.id)).toBe(TOKEN)
    })

    it("never takes a sealed value of another system for the secret itself", async () => {
      await importFernet([row()])
      const [{ id }] = await list()
      const sealed = sealFernet(OLD_KEY, TOKEN)
      await overwriteApiConfig(getContainer(), id, { access_token: sealed })
      await expect(open(id)).rejects.toThrow(/Fernet token.*import/i)

      const { data } = await admin.post("/admin/encryption/seal-plaintext")
      expect(data.report).toMatchObject({
        changed: 0,
        quarantined: [
          { row_id: id, field: "access_token", code: "foreign_format" },
        ],
      })
      expect((await storedPlatform(getContainer(), id)).api_config).toEqual({
        access_token: sealed,
      })
    })

    it("imports in place what stands in the platforms' own rows", async () => {
      await importFernet([row()])
      const [{ id }] = await list()
      await overwriteApiConfig(getContainer(), id, {
        access_token: sealFernet(OLD_KEY, TOKEN),
        refresh_token_encrypted: sealFernet(OLDER_KEY, "refresh-1"),
        colour: "red",
      })
      const opener = fernetOpener(process.env)
      const dry = await importStoredBatch(getContainer(), opener, {
        dry_run: true,
      })
      expect(dry).toMatchObject({ examined: 1, changed: 1, quarantined: [] })
      await expect(open(id)).rejects.toThrow()

      await importStoredBatch(getContainer(), opener, {})
      expect(await open(id)).toBe(TOKEN)
      expect(await open(id, "refresh_token")).toBe("refresh-1")
      const { api_config } = await storedPlatform(getContainer(), id)
      expect(Object.keys(api_config).sort()).toEqual([
        "access_token_encrypted",
        "colour",
        "refresh_token_encrypted",
      ])
      expect(await importStoredBatch(getContainer(), opener, {})).toMatchObject(
        { changed: 0 }
      )
    })

    it("imports a column of the application's own table in place", async () => {
      const container = getContainer()
      await sql(
        container,
        "create table git_connection (id int primary key, token text, extra jsonb)"
      )
      await sql(
        container,
        "insert into git_connection values (1, ?, to_jsonb(?::text)), (2, ?, null), (3, null, null)",
        [
          sealFernet(OLD_KEY, "token-1"),
          sealFernet(OLD_KEY, "extra-1"),
          sealFernet(newFernetKey(), "token-2"),
        ]
      )
      const opener = fernetOpener(process.env)
      const place = { table: "git_connection", column: "token" }
      const reports = []
      for (let after: string | undefined = ""; after !== undefined;) {
        const report = await importColumnBatch(container, opener, {
          ...place,
          after,
          limit: 1,
        })
        reports.push([report.changed, report.quarantined.map((q) => q.code)])
        after = report.next ?? undefined
      }
      expect(reports).toEqual([
        [1, []],
        [0, ["foreign_unauthenticated"]],
        [0, []],
      ])
      await importColumnBatch(container, opener, { ...place, column: "extra" })

      const [stored] = await sql(
        container,
        "select * from git_connection order by id"
      )
      const encryption = encryptionModule(container)
      const opened = (value: EnvelopeV2 | string, field: string) =>
        encryption.decrypt(value, {
          table: "git_connection",
          field,
          rowId: "1",
        })
      expect((await opened(stored.token, "token")).reveal()).toBe("token-1")
      expect((await opened(stored.extra, "extra")).reveal()).toBe("extra-1")
      await expect(
        importColumnBatch(container, opener, { ...place, column: "nothing" })
      ).rejects.toThrow(/no table "git_connection" with the columns "nothing"/)
    })

    it("imports scrypt values that stand where envelopes belong", async () => {
      await importFernet([row()])
      const [{ id }] = await list()
      await overwriteApiConfig(getContainer(), id, {
        access_token_encrypted: sealScrypt(TOKEN),
        refresh_token: sealScrypt("refresh-1"),
      })
      const status = await admin.get("/admin/encryption")
      expect(status.data.encryption).toMatchObject({ foreign: 1, plaintext: 1 })
      const report = await importStoredBatch(
        getContainer(),
        scryptOpener(process.env),
        { fields: ["access_token", "refresh_token"] }
      )
      expect(report).toMatchObject({ changed: 1, quarantined: [] })
      expect(await open(id)).toBe(TOKEN)
      expect(await open(id, "refresh_token")).toBe("refresh-1")
    })

    describe("a column of the application's own", () => {
      const place = { table: "supplier_account", column: "secret" }
      const encryption = () => encryptionModule(getContainer())
      const status = async () =>
        (await admin.get("/admin/encryption")).data.encryption
      /** Runs an operation to its end, as the dashboard does. */
      const runAll = async (operation: string) => {
        const reports = []
        for (let after: string | undefined = ""; after !== undefined;) {
          const { data } = await admin.post(`/admin/encryption/${operation}`, {
            after,
            limit: 1,
          })
          reports.push(data.report)
          after = data.report.next ?? undefined
        }
        return reports
      }

      beforeEach(async () => {
        const container = getContainer()
        await sealWithFirstKey(container)
        await sql(container, "drop table if exists supplier_account")
        await sql(
          container,
          "create table supplier_account (id text primary key, secret text, narrow varchar(120))"
        )
        await sql(
          container,
          "insert into supplier_account values ('a', ?, ?), ('b/1', ?, null), ('c', null, null)",
          [
            sealFernet(OLD_KEY, "secret-a"),
            sealFernet(OLD_KEY, "narrow-a"),
            sealFernet(OLD_KEY, "secret-b"),
          ]
        )
      })
      // The registry outlives the database's way back, in this process's memory.
      afterEach(async () => {
        const container = getContainer()
        await sealWithFirstKey(container)
        await sql(container, "delete from encryption_column")
        await sql(container, "drop table if exists supplier_account")
      })

      it("is part of every operation on keys, once an import has filled it", async () => {
        const container = getContainer()
        const opener = fernetOpener(process.env)
        await importColumnBatch(container, opener, { ...place, dry_run: true })
        expect((await status()).columns).toEqual([])
        await importColumnBatch(container, opener, place)
        expect(await status()).toMatchObject({
          outdated: 0,
          columns: [{ ...place, is_missing: false, envelopes: 2, others: 0 }],
        })

        await admin.post("/admin/encryption/keys/2/promote")
        await sql(
          container,
          "update encryption_key set promoted_at = now() - interval '1 hour' where version = 2"
        )
        expect((await status()).outdated).toBe(2)
        const early = await admin.post("/admin/encryption/keys/1/retire")
        expect([early.status, early.data.message]).toEqual([
          400,
          expect.stringContaining("2 stored values need key version 1"),
        ])

        const changed = (await runAll("re-encrypt")).map((r) => r.changed)
        expect(changed.reduce((a, b) => a + b)).toBe(2)
        expect(await status()).toMatchObject({ outdated: 0 })
        expect((await runAll("verify")).flatMap((r) => r.verified)).toEqual([
          { format: 2, key_version: 2, values: 1 },
          { format: 2, key_version: 2, values: 1 },
        ])
        const rows = await sql(
          container,
          "select id, secret from supplier_account where secret is not null"
        )
        for (const { id, secret } of rows) {
          const opened = await encryption().decrypt(secret, {
            table: "supplier_account",
            field: "secret",
            rowId: id,
          })
          expect(opened.reveal()).toBe(`secret-${id[0]}`)
        }
      })

      it("holds back what would make its damaged values, or a missing column, unreadable unseen", async () => {
        const container = getContainer()
        await importColumnBatch(container, fernetOpener(process.env), place)
        await admin.post("/admin/encryption/keys/2/promote")
        await runAll("re-encrypt")
        await sql(
          container,
          "update supplier_account set secret = left(secret, 80) where id = 'a'"
        )
        expect(await status()).toMatchObject({ unrecognised: 1 })
        expect((await runAll("verify")).flatMap((r) => r.quarantined)).toEqual([
          expect.objectContaining({
            table: "supplier_account",
            row_id: "a",
            field: "secret",
            code: "malformed_envelope",
          }),
        ])
        const retire = () => admin.post("/admin/encryption/keys/1/retire")
        expect((await retire()).data.message).toContain(
          "1 stored value is damaged or in the wrong place"
        )
        await sql(container, "drop table supplier_account")
        expect((await status()).columns).toMatchObject([{ is_missing: true }])
        const refused = await retire()
        expect([refused.status, refused.data.message]).toEqual([
          400,
          expect.stringMatching(
            /"secret" of the table "supplier_account".*is not in the database/
          ),
        ])
      })

      it("that is too narrow for envelopes keeps its values, and is told", async () => {
        const report = await importColumnBatch(
          getContainer(),
          fernetOpener(process.env),
          { table: "supplier_account", column: "narrow" }
        )
        expect(report).toMatchObject({
          changed: 0,
          quarantined: [
            {
              row_id: "a",
              field: "narrow",
              code: "not_stored",
              message: expect.stringMatching(/22001.*wide enough/),
            },
          ],
        })
        expect(JSON.stringify(report)).not.toContain("authTag")
      })

      it("may be sealed under names that the application has chosen", async () => {
        const knex = getContainer().resolve(
          ContainerRegistrationKeys.PG_CONNECTION
        )
        const context = { table: "supplier", field: "api_key" }
        const registry = createColumnRegistry(knex, [
          { ...place, context },
          { table: "supplier_account", column: "absent" },
        ])
        expect(await registry.list()).toEqual([
          { ...place, id_column: "id", context, type: "text" },
          {
            table: "supplier_account",
            column: "absent",
            id_column: "id",
            context: { table: "supplier_account", field: "absent" },
            type: null,
          },
        ])
      })
    })

    it("finds the platform that holds a leaked token, without opening anything", async () => {
      await importFernet([row(), { ...row("other"), identifier: "shop-2" }])
      const lookup = (credential: string) =>
        admin.post("/admin/encryption/lookup", { credential })
      const [first] = (await list()).filter(
        (p: any) => p.identifier === "shop-1"
      )

      const decrypt = jest.spyOn(
        Object.getPrototypeOf(encryptionModule(getContainer())),
        "decrypt"
      )
      const { status, data } = await lookup(TOKEN)
      expect([status, data]).toEqual([
        200,
        { platforms: [{ id: first.id, credentials: ["access_token"] }] },
      ])
      expect((await lookup("never-stored")).data).toEqual({ platforms: [] })
      expect(decrypt).not.toHaveBeenCalled()
      decrypt.mockRestore()

      await importFernet([row("rotated-token")], { overwrite: true })
      expect((await lookup(TOKEN)).data).toEqual({ platforms: [] })
      expect((await lookup("rotated-token")).data.platforms).toHaveLength(1)
      expect(JSON.stringify(await list())).not.toContain("credential_index")
    })
  },
})
