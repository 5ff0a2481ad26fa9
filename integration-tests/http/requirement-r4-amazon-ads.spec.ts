import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  getAccessToken,
  getUserProfiles,
  isTokenExpired,
  storeConnectionToken,
  validateToken,
} from "../../src/credentials"
import { encryptionModule, socialsModule } from "../../src/credentials/modules"
import probeCredentials from "../../src/jobs/probe-credentials"
import refreshExpiringTokens from "../../src/jobs/refresh-expiring-tokens"
import { type AmazonAds, startAmazonAds } from "./support/amazon-ads"
import { type Admin, createAdmin, sql } from "./support/application"
import { storedPlatform } from "./support/database"
import { restartEncryption } from "./support/keys"
import { newFernetKey, sealFernet } from "./support/fernet"

jest.setTimeout(120_000)

const FERNET_KEY = newFernetKey()

medusaIntegrationTestRunner({
  env: {
    TOKEN_ENCRYPTION_KEY: FERNET_KEY,
    ENCRYPTION_KEY_V2: Buffer.alloc(32, 7).toString("base64"),
  },
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let amazon: AmazonAds
    let id: string

    beforeEach(async () => {
      await restartEncryption(getContainer())
      amazon = await startAmazonAds()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      const { provider_config } =
        await socialsModule(getContainer()).getOptions()
      provider_config.amazon_ads = {
        client_id: amazon.state.client_id,
        client_secret: amazon.state.client_secret,
        token_endpoint: amazon.token_endpoint,
        authorization_endpoint: amazon.authorization_endpoint,
        base_url: amazon.url,
      }
      id = await create("eu")
    })
    afterEach(async () => {
      await amazon.close()
    })

    const create = async (region: string) => {
      const { status, data } = await admin.post("/admin/social-platforms", {
        name: `Ads ${region}`,
        provider: "amazon_ads",
        category: "analytics",
        api_config: { region },
      })
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_platform.id as string
    }
    const connect = async (secondsLeft: number, platformId = id) => {
      const pair = amazon.grant()
      await storeConnectionToken(getContainer(), platformId, {
        ...pair,
        expires_at: new Date(Date.now() + secondsLeft * 1000),
      })
      await sql(
        getContainer(),
        "update social_platform set connected_at = now() - interval '2 hours' where id = ?",
        [platformId]
      )
      return pair
    }
    const refreshes = () =>
      amazon.requests.filter(
        ({ form }) => form.get("grant_type") === "refresh_token"
      ).length
    const row = async () => (await storedPlatform(getContainer(), id)) as any
    const force = () =>
      getAccessToken(getContainer(), id, { forceRefresh: true })

    it("R4: lists the advertising profiles of every region with exact ids", async () => {
      for (const region of ["na", "eu", "fe"]) {
        const platformId = await create(region)
        await connect(3600, platformId)
        const profiles = await getUserProfiles(getContainer(), platformId)
        expect(
          profiles.map(({ external_id, kind }) => [external_id, kind])
        ).toEqual([
          ["90071992547409931", "advertising_profile"],
          ["3312345678901234", "advertising_profile"],
        ])
      }
      const ids = amazon.requests.map(
        ({ headers }) => headers["amazon-advertising-api-clientid"]
      )
      expect(new Set(ids)).toEqual(new Set([amazon.state.client_id]))
    })

    it("R4: takes a token for expired a quarter of an hour before its end", async () => {
      await connect(899)
      expect(await isTokenExpired(getContainer(), id)).toBe(true)
      expect(await isTokenExpired(getContainer(), id, 60)).toBe(false)
      await connect(960)
      expect(await isTokenExpired(getContainer(), id)).toBe(false)
    })

    it("R4: validates by the expiry first and then by asking for the profiles", async () => {
      const { access_token } = await connect(600)
      amazon.expire(access_token)
      expect(await validateToken(getContainer(), id)).toBe(true)
      expect(refreshes()).toBe(1)
      expect(amazon.requests.at(-1)?.path).toBe("/v2/profiles")

      amazon.withdraw()
      expect(await validateToken(getContainer(), id)).toBe(false)
      expect(await row()).toMatchObject({
        token_validity: "false",
        status: "error",
      })
    })

    it("R4: asks for a new connection when the grant has ended, and clears its tokens after a week", async () => {
      await connect(10)
      amazon.withdraw()
      await expect(force()).rejects.toMatchObject({ code: "invalid_grant" })
      await sql(
        getContainer(),
        "update social_platform set grant_ended_at = now() - interval '7 days' where id = ?",
        [id]
      )
      await probeCredentials(getContainer())
      const { api_config, token_validity, last_error } = await row()
      expect(
        Object.keys(api_config).filter((key) => key.endsWith("_encrypted"))
      ).toEqual([])
      expect([token_validity, last_error.class]).toEqual([
        "false",
        "token_invalid",
      ])
    })

    it("R4: clears nothing when our own registration is refused, or nobody answers", async () => {
      await connect(10)
      const { api_config } = await row()
      amazon.state.client_secret = "changed-by-somebody"
      await expect(force()).rejects.toMatchObject({
        errorClass: "config_error",
      })
      amazon.answer(503, "<html>down</html>")
      await expect(force()).rejects.toMatchObject({ errorClass: "transient" })
      expect(await row()).toMatchObject({
        api_config,
        token_validity: "unknown",
      })
    })

    it("R4: refreshes once for everybody, and in the background before anybody asks", async () => {
      await connect(10)
      await Promise.all(
        Array.from({ length: 25 }, () => getAccessToken(getContainer(), id))
      )
      expect(refreshes()).toBe(1)
      await sql(
        getContainer(),
        "update social_platform set next_refresh_at = now() where id = ?",
        [id]
      )
      await refreshExpiringTokens(getContainer())
      expect(refreshes()).toBe(2)
    })

    it("R4: rotates the key of the whole token set, which works as before", async () => {
      const { access_token } = await connect(3600)
      await encryptionModule(getContainer()).promoteKey(2)
      const { data } = await admin.post("/admin/encryption/re-encrypt")
      expect(data.report).toMatchObject({ quarantined: [] })
      expect((await row()).key_version).toBe(2)
      expect((await getAccessToken(getContainer(), id)).reveal()).toBe(
        access_token
      )
      expect(await validateToken(getContainer(), id)).toBe(true)
    })

    it("R4: imports the Fernet token sets of the service that it replaces", async () => {
      const pair = amazon.grant()
      const { data } = await admin.post("/admin/encryption/import-fernet", {
        rows: [
          {
            platform_id: id,
            field: "token_set",
            value: sealFernet(
              FERNET_KEY,
              JSON.stringify({
                ...pair,
                token_type: "bearer",
                expires_in: 3600,
              })
            ),
          },
        ],
      })
      expect(data.report).toMatchObject({ imported: 1, failed: [] })
      expect(await validateToken(getContainer(), id)).toBe(true)
      await expect(force()).resolves.toBeDefined()
    })
  },
})
