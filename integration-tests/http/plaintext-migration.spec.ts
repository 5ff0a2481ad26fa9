import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import type { EnvelopeV2 } from "../../src/modules/encryption/types"
import {
  decryptAccessToken,
  decryptRefreshToken,
} from "../../src/modules/socials/utils/token-helpers"
import { sql } from "./support/application"
import { connectTwoPlatforms } from "./support/connected-platforms"
import { changeLetter } from "./support/envelopes"
import { eventually } from "./support/eventually"
import { startWatch } from "./support/watch"

jest.setTimeout(120_000)

const PLAINTEXT_WARNING =
  "[Token Helper] Using plaintext access_token (not encrypted). Consider re-authenticating."

medusaIntegrationTestRunner({
  env: { SOCIAL_PLATFORMS_ENCRYPTION_READING: "migrate" },
  testSuite: (options) => {
    const { getContainer } = options
    const { context, stored, overwrite, sync } = connectTwoPlatforms(options)

    /** The row as a release without encryption would have left it. */
    const leavePlaintext = async () => {
      const container = getContainer()
      const { api_config } = await stored()
      const tokens = {
        access_token: (
          await decryptAccessToken(api_config, container, context.id)
        ).reveal(),
        refresh_token: (
          await decryptRefreshToken(api_config, container, context.id)
        ).reveal(),
      }
      await overwrite(tokens)
      return tokens
    }

    it("uses a plaintext token, and says so in the log", async () => {
      const tokens = await leavePlaintext()
      const watch = startWatch(getContainer(), context.admin)
      const { status, data } = await sync().finally(watch.stop)

      expect([status, data.message]).toEqual([200, undefined])
      const log = watch.log.join("\n")
      expect(log).toContain(PLAINTEXT_WARNING)
      for (const text of [log, ...watch.workflows, ...watch.events]) {
        expect(text).not.toContain(tokens.access_token)
        expect(text).not.toContain(tokens.refresh_token)
      }
    })

    it("seals what was used soon after, without keeping the caller waiting", async () => {
      const tokens = await leavePlaintext()
      expect((await sync()).status).toBe(200)
      await eventually(async () =>
        expect(Object.keys((await stored()).api_config).sort()).toEqual([
          "access_token_encrypted",
          "refresh_token_encrypted",
        ])
      )
      const { api_config } = await stored()
      const token = await decryptAccessToken(
        api_config,
        getContainer(),
        context.id
      )
      expect(token.reveal()).toBe(tokens.access_token)
    })

    it("seals all of it with the next write, whatever that is about", async () => {
      const tokens = await leavePlaintext()
      const { status, data } = await context.admin.post(
        `/admin/social-platforms/${context.id}`,
        { api_config: { colour: "red" } }
      )
      expect(status).toBe(200)
      const row = await stored()
      expect(Object.keys(row.api_config).sort()).toEqual([
        "access_token_encrypted",
        "colour",
        "refresh_token_encrypted",
      ])
      expect(row.key_version).toBe(1)
      for (const token of Object.values(tokens)) {
        expect(JSON.stringify([row, data])).not.toContain(token)
      }
      const token = await decryptAccessToken(
        row.api_config,
        getContainer(),
        context.id
      )
      expect(token.reveal()).toBe(tokens.access_token)
      expect((await sync()).status).toBe(200)
    })

    it("refreshes with a plaintext token, and stores the new ones sealed", async () => {
      const tokens = await leavePlaintext()
      await sql(
        getContainer(),
        "update social_platform set token_expires_at = now() where id = ?",
        [context.id]
      )
      expect((await sync()).status).toBe(200)
      const { api_config } = await stored()
      expect(Object.keys(api_config).sort()).toEqual([
        "access_token_encrypted",
        "refresh_token_encrypted",
      ])
      const token = await decryptAccessToken(
        api_config,
        getContainer(),
        context.id
      )
      expect(token.reveal()).not.toBe(tokens.access_token)
    })

    it("takes no envelope under the token's own name for the token, and seals none of it", async () => {
      const { access_token_encrypted: envelope, ...rest } = (await stored())
        .api_config
      for (const value of [envelope, JSON.stringify(envelope)]) {
        const planted = { ...rest, access_token: value }
        await overwrite(planted)
        const { status, data } = await sync()
        expect([status, data.message]).toEqual([
          500,
          expect.stringMatching(/not a well-formed envelope/),
        ])
        await context.admin.post(`/admin/social-platforms/${context.id}`, {
          api_config: { colour: "red" },
        })
        expect((await stored()).api_config).toEqual({
          ...planted,
          colour: "red",
        })
      }
    })

    it("falls back to no plaintext where there is an envelope", async () => {
      const { api_config } = await stored()
      const tokens = await leavePlaintext()
      const envelope = api_config.access_token_encrypted as EnvelopeV2
      await overwrite({
        ...tokens,
        access_token_encrypted: {
          ...envelope,
          authTag: changeLetter(envelope.authTag),
        },
      })
      const { status, data } = await sync()
      expect([status, data.message]).toEqual([
        500,
        expect.stringContaining("failed authentication"),
      ])
    })
  },
})
