import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import type { EnvelopeV2 } from "../../src/modules/encryption/types"
import { decryptAccessToken } from "../../src/modules/socials/utils/token-helpers"
import { sql } from "./support/application"
import { connectTwoPlatforms } from "./support/connected-platforms"
import { changeLetter, sealFormat1 } from "./support/envelopes"

jest.setTimeout(120_000)

const PLAINTEXT = "marked-plaintext-9d3e"

medusaIntegrationTestRunner({
  env: {
    SOCIAL_PLATFORMS_ENCRYPTION_WRITING: "dual",
    SOCIAL_PLATFORMS_MINIMUM_ENVELOPE_FORMAT: "2",
  },
  testSuite: (options) => {
    const { getContainer } = options
    const { context, stored, overwrite, sync, show, credential } =
      connectTwoPlatforms(options)

    const openToken = async () => {
      const { api_config } = await stored()
      const token = await decryptAccessToken(
        api_config,
        getContainer(),
        context.id
      )
      return token.reveal()
    }

    it("stores a twin that a rolled-back release can read, and owns up to it", async () => {
      const { api_config } = await stored()
      expect(Object.keys(api_config).sort()).toEqual([
        "access_token",
        "access_token_encrypted",
        "refresh_token",
        "refresh_token_encrypted",
      ])
      expect(api_config.access_token).toBe(await openToken())
      expect(await credential("access_token")).toEqual({
        name: "access_token",
        configured: true,
        storage: "plaintext",
        key_version: 1,
      })
      const said = JSON.stringify(await show())
      expect(said).not.toContain(api_config.access_token)
      expect(said).not.toContain(api_config.refresh_token)
    })

    it("reads the envelope and not the twin", async () => {
      const { api_config } = await stored()
      await overwrite({ ...api_config, access_token: PLAINTEXT })
      const { status, data } = await sync()
      expect([status, data.message]).toEqual([200, undefined])
    })

    it("keeps both in step, and erases both", async () => {
      const { admin, id } = context
      const before = (await stored()).api_config
      await sql(
        getContainer(),
        "update social_platform set token_expires_at = now() where id = ?",
        [id]
      )
      expect((await sync()).status).toBe(200)
      const refreshed = (await stored()).api_config
      expect(refreshed.access_token).toBe(await openToken())
      expect(refreshed.access_token).not.toBe(before.access_token)
      expect(refreshed.refresh_token).not.toBe(before.refresh_token)

      const { status } = await admin.post(
        `/admin/social-platforms/${id}/disconnect`
      )
      expect(status).toBe(200)
      expect((await stored()).api_config).toEqual({})
    })

    it("lets a person disconnect and delete in spite of a damaged credential", async () => {
      const { admin, id } = context
      await admin.post(`/admin/social-platforms/${id}`, {
        api_config: { webhook_secret: "a-webhook-secret" },
      })
      const { api_config } = await stored()
      const envelope = api_config.webhook_secret_encrypted as EnvelopeV2
      const damaged = {
        webhook_secret: "a-webhook-secret",
        webhook_secret_encrypted: {
          ...envelope,
          authTag: changeLetter(envelope.authTag),
        },
      }
      await overwrite({ ...api_config, ...damaged })

      const disconnected = await admin.post(
        `/admin/social-platforms/${id}/disconnect`
      )
      expect([disconnected.status, disconnected.data.revoked]).toEqual([
        200,
        true,
      ])
      expect((await stored()).api_config).toEqual(damaged)
      const deleted = await admin.delete(`/admin/social-platforms/${id}`)
      expect(deleted.status).toBe(200)
      expect((await stored()).api_config).toEqual({})
    })

    it("refuses an envelope of format 1, and says what to do", async () => {
      await overwrite({
        access_token_encrypted: sealFormat1(await openToken(), 12),
      })
      const { status, data } = await sync()
      expect([status, data.message]).toEqual([
        500,
        expect.stringMatching(
          /envelope of format 1, which minimum_envelope_format forbids.*Re-encrypt/
        ),
      ])
    })
  },
})
