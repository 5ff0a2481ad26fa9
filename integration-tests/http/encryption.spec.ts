import { randomBytes } from "node:crypto"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { encryptionModule } from "../../src/credentials/modules"
import {
  accountOf,
  type Admin,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import { auditTrail } from "./support/database"
import { restartEncryption, sealWithFirstKey } from "./support/keys"
import { publish } from "./support/posts"
import { sandbox } from "./support/sandbox"

jest.setTimeout(240_000)

const newKey = () => randomBytes(32).toString("base64")

medusaIntegrationTestRunner({
  // Version 2 is configured beside the primary: the first step of a rotation.
  env: { ENCRYPTION_KEY_V2: newKey() },
  testSuite: ({ api, getContainer }) => {
    describe("the rotation of a key", () => {
      let admin: Admin

      beforeEach(async () => {
        await sandbox.reset()
        await sealWithFirstKey(getContainer())
        admin = await createAdmin(api, getContainer(), "ada@example.com")
      })

      const status = async () =>
        (await admin.get("/admin/encryption")).data.encryption

      it("promotes, re-encrypts, verifies and retires, with a post published under each key", async () => {
        const platform = await connectSandbox(admin)
        await admin.post("/admin/social-platforms", {
          name: "Carrier",
          provider: "generic",
          auth_type: "api_key",
          api_config: { api_key: "carrier-key" },
        })
        expect(await status()).toMatchObject({
          active_version: 1,
          outdated: 0,
          plaintext: 0,
          unreadable: 0,
        })

        const promoted = await admin.post("/admin/encryption/keys/2/promote")
        expect(promoted.status).toBe(200)
        expect(promoted.data.encryption).toMatchObject({
          active_version: 2,
          outdated: 3,
        })

        const early = await admin.post("/admin/encryption/keys/1/retire")
        expect(early.status).toBe(400)
        expect(early.data.message).toMatch(/3 stored values need key version 1/)

        const dry = await admin.post("/admin/encryption/re-encrypt", {
          dry_run: true,
        })
        expect(dry.data.report).toMatchObject({ examined: 2, changed: 2 })
        expect((await status()).outdated).toBe(3)

        // One row at a time, as an operation that is stopped and goes on.
        const first = await admin.post("/admin/encryption/re-encrypt", {
          limit: 1,
        })
        expect(first.data.report).toMatchObject({
          examined: 1,
          changed: 1,
          skipped: 0,
          quarantined: [],
        })
        await admin.post("/admin/encryption/re-encrypt")
        expect(await status()).toMatchObject({ outdated: 0, active_version: 2 })

        const verified = await admin.post("/admin/encryption/verify")
        expect(verified.data.report).toMatchObject({
          examined: 2,
          changed: 0,
          quarantined: [],
          verified: [{ format: 2, key_version: 2, values: 3 }],
        })

        const post = await admin.post("/admin/social-posts", {
          caption: "Under the new key",
          account_ids: [await accountOf(admin, platform)],
        })
        const published = await publish(admin, post.data.social_post.id)
        expect(published.status).toBe("published")

        const hasty = await admin.post("/admin/encryption/keys/1/retire")
        expect(hasty.status).toBe(400)
        expect(hasty.data.message).toMatch(/Try again in \d+ s/)
        await sql(
          getContainer(),
          "update encryption_key set promoted_at = now() - interval '5 minutes' where version = 2"
        )
        const retired = await admin.post("/admin/encryption/keys/1/retire")
        expect(retired.status).toBe(200)
        expect(retired.data.encryption.keys[0]).toMatchObject({
          version: 1,
          state: "retired",
          values: { format_1: 0, format_2: 0 },
        })
        const again = await admin.post("/admin/encryption/keys/1/promote")
        expect(again.status).toBe(400)
        expect(again.data.message).toMatch(/retired/)
      })

      it("is in the audit trail of each platform that it has rewritten, with who did it", async () => {
        const [rotated, damaged] = [
          await connectSandbox(admin),
          await connectSandbox(admin),
        ]
        await sql(
          getContainer(),
          `update social_platform set api_config = jsonb_set(
             jsonb_set(api_config, '{access_token_encrypted,authTag}', '"AAAAAAAAAAAAAAAAAAAAAA=="'),
             '{refresh_token_encrypted,authTag}', '"AAAAAAAAAAAAAAAAAAAAAA=="') where id = ?`,
          [damaged]
        )
        const events = async (id: string) =>
          (await auditTrail(getContainer(), id)).filter(
            ({ type }) => type === "rotated" || type === "sealed"
          )
        await admin.post("/admin/encryption/keys/2/promote")
        await admin.post("/admin/encryption/re-encrypt", { dry_run: true })
        expect(await events(rotated)).toEqual([])

        await admin.post("/admin/encryption/re-encrypt")
        await admin.post("/admin/encryption/re-encrypt")
        await admin.post("/admin/encryption/verify")
        const entry = {
          type: "rotated",
          actor_id: admin.id,
          details: { key_version: 2 },
        }
        expect(await events(rotated)).toEqual([entry])
        expect(await events(damaged)).toEqual([])

        await sql(
          getContainer(),
          `update social_platform set api_config = api_config || '{"webhook_secret": "left-in-the-clear"}' where id = ?`,
          [rotated]
        )
        await admin.post("/admin/encryption/seal-plaintext")
        expect(await events(rotated)).toEqual([
          entry,
          { type: "sealed", actor_id: admin.id, details: null },
        ])
        const shown = await admin.get(
          `/admin/social-platforms/${rotated}/events`
        )
        expect(
          shown.data.events.map(({ type }: { type: string }) => type)
        ).toEqual(expect.arrayContaining(["sealed", "rotated", "connected"]))
      })

      it("goes backwards while the old key is there", async () => {
        await connectSandbox(admin)
        await admin.post("/admin/encryption/keys/2/promote")
        await admin.post("/admin/encryption/re-encrypt")
        await admin.post("/admin/encryption/keys/1/promote")
        await admin.post("/admin/encryption/re-encrypt")
        expect(await status()).toMatchObject({ active_version: 1, outdated: 0 })
      })

      it("leaves a damaged value alone, reports it, and finishes the rest", async () => {
        const damaged = await connectSandbox(admin)
        await connectSandbox(admin)
        await sql(
          getContainer(),
          `update social_platform set api_config = jsonb_set(api_config, '{access_token_encrypted,authTag}', '"AAAAAAAAAAAAAAAAAAAAAA=="') where id = ?`,
          [damaged]
        )
        await admin.post("/admin/encryption/keys/2/promote")
        const { data } = await admin.post("/admin/encryption/re-encrypt")
        expect(data.report).toMatchObject({
          examined: 2,
          changed: 2,
          quarantined: [
            { row_id: damaged, field: "access_token", code: "tampered" },
          ],
        })
        expect((await status()).outdated).toBe(1)
      })

      it("seals what is left in plaintext", async () => {
        const id = await connectSandbox(admin)
        await sql(
          getContainer(),
          `update social_platform set api_config = api_config || '{"webhook_secret": "left-in-the-clear"}' where id = ?`,
          [id]
        )
        expect((await status()).plaintext).toBe(1)

        const { data } = await admin.post("/admin/encryption/seal-plaintext")
        expect(data.report).toMatchObject({ changed: 1, quarantined: [] })
        expect((await status()).plaintext).toBe(0)
        const [row] = await sql(
          getContainer(),
          "select api_config::text as text from social_platform where id = ?",
          [id]
        )
        expect(row.text).not.toContain("left-in-the-clear")
        expect(row.text).toContain("webhook_secret_encrypted")
      })

      it("keeps a key while a running process lacks the active one", async () => {
        await admin.post("/admin/encryption/keys/2/promote")
        await sql(
          getContainer(),
          `insert into encryption_process (id, host, pid, keys)
           values ('another', 'worker-7', 41, '[{"version": 1, "kid": "k"}]')`
        )
        await sql(
          getContainer(),
          "update encryption_key set promoted_at = now() - interval '5 minutes' where version = 2"
        )
        const early = await admin.post("/admin/encryption/keys/1/retire")
        expect(early.status).toBe(400)
        expect(early.data.message).toMatch(
          /Key version 2 is missing in a running process: process 41 on worker-7/
        )
        await sql(
          getContainer(),
          "delete from encryption_process where id = 'another'"
        )
        expect(
          (await admin.post("/admin/encryption/keys/1/retire")).status
        ).toBe(200)
      })

      it("has a doctor that says what is wrong, how bad it is and what to do next", async () => {
        const id = await connectSandbox(admin)
        const doctor = async () =>
          (await admin.get("/admin/encryption/doctor")).data.doctor
        const before = await doctor()
        expect(
          before.findings.map(({ code }: { code: string }) => code)
        ).toEqual(["no_floor"])
        expect(before.processes).toEqual([
          expect.objectContaining({
            pid: process.pid,
            refusal: null,
            keys: [
              expect.objectContaining({ version: 1 }),
              expect.objectContaining({ version: 2 }),
            ],
          }),
        ])

        await sql(
          getContainer(),
          `update social_platform set credential_index = null, api_config = api_config
             || '{"webhook_secret": "left-in-the-clear", "api_key_encrypted": null}' where id = ?`,
          [id]
        )
        await sql(
          getContainer(),
          `insert into encryption_process (id, host, pid, keys)
           values ('another', 'worker-7', 41, '[]')`
        )
        await sql(
          getContainer(),
          "update encryption_key set promoted_at = now() - interval '400 days' where version = 1"
        )
        const { findings } = await doctor()
        expect(
          findings.map(({ severity, code }: Record<string, string>) => [
            severity,
            code,
          ])
        ).toEqual([
          ["error", "process_without_active_key"],
          ["warning", "plaintext"],
          ["warning", "old_key"],
          ["info", "process_without_key"],
          ["info", "unindexed"],
          ["info", "nulls"],
          ["info", "no_floor"],
        ])
        expect(findings[0]).toEqual({
          code: "process_without_active_key",
          severity: "error",
          message:
            "Process 41 on worker-7 does not have key version 1, the active one: it can store no credential.",
          next: "Configure key version 1 there and restart it.",
        })
        expect(JSON.stringify(findings)).not.toContain("left-in-the-clear")
      })

      it("keeps a trail of who promoted, raised the floor and looked up, without values", async () => {
        await admin.post("/admin/encryption/keys/2/promote")
        await admin.post("/admin/encryption/policy", {
          reading: "require-encrypted",
          minimum_envelope_format: 1,
        })
        await admin.post("/admin/encryption/lookup", {
          credential: "a-token-that-turned-up",
        })
        const { data } = await admin.get("/admin/encryption/events?limit=3")
        expect(
          data.events.map(
            ({ type, actor_id, details }: Record<string, any>) => [
              type,
              actor_id,
              details,
            ]
          )
        ).toEqual([
          ["credential_looked_up", admin.id, { found: [] }],
          [
            "floor_raised",
            admin.id,
            { reading: "require-encrypted", minimum_envelope_format: 1 },
          ],
          ["key_promoted", admin.id, { before: 1, key_version: 2 }],
        ])
        expect(data).toMatchObject({ limit: 3, offset: 0 })
        expect(data.count).toBeGreaterThan(3)
        const refused = await admin.get("/admin/encryption/events?limit=0")
        expect(refused.status).toBe(400)
      })

      it("spends no refresh token while this process may not seal, and goes on when it may", async () => {
        const id = await connectSandbox(admin)
        await sql(
          getContainer(),
          "update social_platform set token_expires_at = now() - interval '1 minute' where id = ?",
          [id]
        )
        const sync = () =>
          admin.post("/admin/socials/sync-platform-data", { platform_id: id })
        await sql(getContainer(), "delete from encryption_registry")
        await encryptionModule(getContainer()).__hooks.onApplicationStart()
        const refused = await sync()
        expect(refused.status).toBeGreaterThanOrEqual(400)
        expect(refused.data.message).toMatch(/key registry was changed/)

        await sql(
          getContainer(),
          "insert into encryption_registry default values"
        )
        await restartEncryption(getContainer())
        expect((await sync()).status).toBe(200)
      })

      it("raises the floor only when nothing would fall below it, and never lowers it", async () => {
        const id = await connectSandbox(admin)
        await sql(
          getContainer(),
          `update social_platform set api_config = api_config || '{"webhook_secret": "left-in-the-clear"}' where id = ?`,
          [id]
        )
        const strict = {
          reading: "require-encrypted",
          minimum_envelope_format: 2,
        }
        const refused = await admin.post("/admin/encryption/policy", strict)
        expect(refused.status).toBe(400)
        expect(refused.data.message).toMatch(
          /1 stored secrets are in plaintext/
        )

        await admin.post("/admin/encryption/seal-plaintext")
        const raised = await admin.post("/admin/encryption/policy", strict)
        expect(raised.data.encryption.floor).toEqual(strict)
        const lowered = await admin.post("/admin/encryption/policy", {
          reading: "migrate",
          minimum_envelope_format: 1,
        })
        expect(lowered.data.encryption.floor).toEqual(strict)
      })

      it.each([
        ["/admin/encryption/keys/9/promote", {}],
        ["/admin/encryption/keys/none/promote", {}],
        ["/admin/encryption/keys/9/retire", {}],
        ["/admin/encryption/keys/1/retire", {}],
        ["/admin/encryption/re-encrypt", { limit: 0 }],
        ["/admin/encryption/verify", { dry_run: true }],
        ["/admin/encryption/policy", { reading: "never" }],
      ])("refuses POST %s %j and changes nothing", async (path, body) => {
        const before = await status()
        const response = await admin.post(path, body)
        expect(response.status).toBe(400)
        expect(response.data.message).toEqual(expect.any(String))
        expect(await status()).toEqual(before)
      })
    })
  },
})
