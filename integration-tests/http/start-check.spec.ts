import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { socialsModule } from "../../src/credentials/modules"
import {
  type Admin,
  createAdmin,
  createSandboxPlatform,
  sql,
} from "./support/application"
import { overwriteApiConfig } from "./support/database"
import { sealFormat1 } from "./support/envelopes"
import { restartEncryption } from "./support/keys"
import { startWatch } from "./support/watch"

jest.setTimeout(120_000)

medusaIntegrationTestRunner({
  // As an operator who has configured nothing.
  env: { SOCIAL_PLATFORMS_MINIMUM_ENVELOPE_FORMAT: "" },
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    beforeEach(async () => {
      await restartEncryption(getContainer())
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })
    const status = async () =>
      (await admin.get("/admin/encryption")).data.encryption
    const start = () =>
      socialsModule(getContainer()).__hooks.onApplicationStart()

    it("makes a new installation strict for good", async () => {
      await start()
      expect(await status()).toMatchObject({
        floor: { reading: "require-encrypted", minimum_envelope_format: 2 },
        policy: { reading: "require-encrypted", minimum_envelope_format: 2 },
      })
    })

    it("leaves an installation alone that holds credentials of an old release", async () => {
      const id = await createSandboxPlatform(admin)
      await overwriteApiConfig(getContainer(), id, {
        access_token_encrypted: sealFormat1("an-old-token", 16),
      })
      await sql(getContainer(), "delete from encryption_policy_floor")
      await restartEncryption(getContainer())
      await start()
      expect((await status()).floor).toBeNull()
    })

    it("tells at start which key is missing and how many rows need it", async () => {
      for (const name of ["First", "Second"]) {
        const id = await createSandboxPlatform(admin, { name })
        await overwriteApiConfig(getContainer(), id, {
          access_token_encrypted: { ...sealFormat1("x", 12), keyVersion: 9 },
        })
      }
      const watch = startWatch(getContainer(), admin)
      await start().finally(watch.stop)
      expect(watch.log.join("\n")).toContain(
        "Key version 9 is not configured, and 2 rows need it. Set ENCRYPTION_KEY_V9"
      )
    })
  },
})
