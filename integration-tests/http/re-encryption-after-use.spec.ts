import { randomBytes } from "node:crypto"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { encryptionModule } from "../../src/credentials/modules"
import type { EnvelopeV2 } from "../../src/modules/encryption/types"
import { sql } from "./support/application"
import { connectTwoPlatforms } from "./support/connected-platforms"
import { auditTrail } from "./support/database"
import { changeLetter, sealFormat1 } from "./support/envelopes"
import { restartEncryption } from "./support/keys"
import { eventually } from "./support/eventually"

jest.setTimeout(120_000)

medusaIntegrationTestRunner({
  env: { ENCRYPTION_KEY_V2: randomBytes(32).toString("base64") },
  testSuite: (options) => {
    const { getContainer } = options
    beforeEach(() => restartEncryption(getContainer()))
    const { context, stored, overwrite, sync } = connectTwoPlatforms(options)
    const encryption = () => encryptionModule(getContainer())
    const lookup = async (credential: string) =>
      (await context.admin.post("/admin/encryption/lookup", { credential }))
        .data.platforms

    const openAccessToken = async () => {
      const { api_config } = await stored()
      const value = await encryption().decrypt(
        api_config.access_token_encrypted as EnvelopeV2,
        { table: "social_platform", field: "access_token", rowId: context.id }
      )
      return value.reveal()
    }

    it("seals a value of format 1 anew after its use, and finds the row by it", async () => {
      const token = await openAccessToken()
      const { api_config } = await stored()
      await overwrite({
        ...api_config,
        access_token_encrypted: sealFormat1(token, 16),
      })
      expect((await sync()).status).toBe(200)
      await eventually(async () =>
        expect(
          (await stored()).api_config.access_token_encrypted
        ).toMatchObject({
          v: 2,
          keyVersion: 1,
        })
      )
      expect(await openAccessToken()).toBe(token)
      expect(await lookup(token)).toEqual([
        { id: context.id, credentials: ["access_token"] },
      ])
    })

    it("moves what is used to a promoted key, and leaves what is not used", async () => {
      const token = await openAccessToken()
      await encryption().promoteKey(2)
      expect((await sync()).status).toBe(200)
      await eventually(async () => expect((await stored()).key_version).toBe(2))
      expect(await openAccessToken()).toBe(token)
      expect((await stored(context.other)).key_version).toBe(1)
      await eventually(async () =>
        expect((await auditTrail(getContainer(), context.id)).at(-1)).toEqual({
          type: "rotated",
          actor_id: null,
          details: { key_version: 2 },
        })
      )
    })

    it("writes once however often the value is used meanwhile", async () => {
      const version = async () => {
        const [row] = await sql(
          getContainer(),
          "select credentials_version as n from social_platform where id = ?",
          [context.id]
        )
        return row.n as number
      }
      const before = await version()
      await encryption().promoteKey(2)
      await Promise.all([sync(), sync(), sync()])
      await eventually(async () => expect((await stored()).key_version).toBe(2))
      await sync()
      expect(await version()).toBe(before + 1)
    })

    it("leaves a neighbour that does not open as it is, without writing again and again", async () => {
      const { api_config } = await stored()
      const refresh = api_config.refresh_token_encrypted as EnvelopeV2
      const damaged = { ...refresh, authTag: changeLetter(refresh.authTag) }
      await overwrite({ ...api_config, refresh_token_encrypted: damaged })
      await encryption().promoteKey(2)
      expect((await sync()).status).toBe(200)
      await eventually(async () =>
        expect(
          (await stored()).api_config.access_token_encrypted
        ).toMatchObject({
          keyVersion: 2,
        })
      )
      expect((await stored()).api_config.refresh_token_encrypted).toEqual(
        damaged
      )
    })

    it("re-encrypts what publications have achieved, which holds addresses for uploads", async () => {
      const where = {
        table: "social_checkpoint",
        field: "content",
        rowId: "spub_1",
      }
      const content = await encryption().encrypt("an upload's address", where)
      await sql(
        getContainer(),
        "insert into social_checkpoint (id, content) values (?, ?::jsonb)",
        [where.rowId, JSON.stringify(content)]
      )
      await encryption().promoteKey(2)
      let after: string | undefined
      do {
        const { data } = await context.admin.post(
          "/admin/encryption/re-encrypt",
          { after }
        )
        expect(data.report.quarantined).toEqual([])
        after = data.report.next ?? undefined
      } while (after)
      const [row] = await sql(
        getContainer(),
        "select content from social_checkpoint where id = ?",
        [where.rowId]
      )
      const sealed = row.content as EnvelopeV2
      expect(sealed.keyVersion).toBe(2)
      const opened = await encryption().decrypt(sealed, where)
      expect(opened.reveal()).toBe("an upload's address")
    })

    it("re-encrypts in bulk with the index in step, so that retiring a key loses nothing", async () => {
      const token = await openAccessToken()
      await encryption().promoteKey(2)
      const { data } = await context.admin.post("/admin/encryption/re-encrypt")
      expect(data.report).toMatchObject({ changed: 2, quarantined: [] })
      const [row] = await sql(
        getContainer(),
        "select credential_index as index from social_platform where id = ?",
        [context.id]
      )
      const digest = await encryption().blindIndex(
        token,
        { table: "social_platform", field: "access_token" },
        2
      )
      expect(row.index).toContain(`access_token:${digest}`)
      expect(await lookup(token)).toHaveLength(1)
    })

    it("re-encrypts an envelope that an old release stored as text", async () => {
      const token = await openAccessToken()
      const { api_config } = await stored()
      await overwrite({
        ...api_config,
        access_token_encrypted: JSON.stringify(sealFormat1(token, 12)),
      })
      const { data } = await context.admin.post("/admin/encryption/re-encrypt")
      expect(data.report).toMatchObject({ changed: 1, quarantined: [] })
      expect(await openAccessToken()).toBe(token)
      const status = await context.admin.get("/admin/encryption")
      expect(status.data.encryption.outdated).toBe(0)
    })
  },
})
