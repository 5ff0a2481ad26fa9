import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { storeConnectionToken } from "../../src/credentials"
import { socialsModule } from "../../src/credentials/modules"
import seedMetaToken from "../../src/scripts/seed-meta-token"
import { type Admin, createAdmin } from "./support/application"
import {
  auditTrail,
  countRows,
  dumpDatabase,
  storedPlatform,
} from "./support/database"
import { newFernetKey, sealFernet } from "./support/fernet"
import { type MetaGraph, startMetaGraph } from "./support/meta-graph"
import { leaksOf, startWatch } from "./support/watch"

jest.setTimeout(120_000)

const FERNET_KEY = newFernetKey()

medusaIntegrationTestRunner({
  env: { TOKEN_ENCRYPTION_KEY: FERNET_KEY, LOG_TOKEN_OPERATIONS: "true" },
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let graph: MetaGraph

    beforeEach(async () => {
      graph = await startMetaGraph()
      // Where the operator says that Meta is: the environment's token goes nowhere else.
      const { provider_config } =
        await socialsModule(getContainer()).getOptions()
      provider_config.meta_system_user = { base_url: graph.url }
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })
    afterEach(async () => {
      delete process.env.META_ACCESS_TOKEN
      const { provider_config } =
        await socialsModule(getContainer()).getOptions()
      delete provider_config.meta_system_user
      await graph.close()
    })

    const create = async (api_config: object = {}) => {
      const { status, data } = await admin.post("/admin/social-platforms", {
        name: "Meta",
        provider: "meta_system_user",
        api_config,
      })
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_platform.id as string
    }
    const sync = (id: string) =>
      admin.post("/admin/socials/sync-platform-data", { platform_id: id })
    const kinds = async (id: string) => {
      const { data } = await admin.get(
        `/admin/social-accounts?platform_id=${id}`
      )
      return data.social_accounts.map(
        (account: { kind: string }) => account.kind
      )
    }
    const usedTokens = () =>
      new Set(graph.requests.map(({ headers }) => headers.authorization))

    it("R2: syncs ad accounts and pages with the connection's own decrypted token", async () => {
      // Another process's token must not be taken while there is one of its own.
      process.env.META_ACCESS_TOKEN = "not-this-one"
      const id = await create({ access_token: "placeholder" })
      // It was tested when it was saved.
      graph.requests.length = 0
      const watch = startWatch(getContainer(), admin)
      try {
        await storeConnectionToken(getContainer(), id, {
          access_token: graph.state.token,
          ad_account_ids: ["act_11"],
          actor_id: admin.id,
        })
        const { status, data } = await watch.admin.post(
          "/admin/socials/sync-platform-data",
          { platform_id: id }
        )
        expect([status, data.message]).toEqual([200, undefined])
      } finally {
        watch.stop()
      }
      expect(usedTokens()).toEqual(new Set([`Bearer ${graph.state.token}`]))
      expect(new Set(await kinds(id))).toEqual(new Set(["ad_account", "page"]))

      const log = watch.log.join("\n")
      expect(log).toContain("[TOKEN_ENCRYPT]")
      expect(log).toContain("[TOKEN_DECRYPT]")
      const dump = [...(await dumpDatabase(getContainer())).values()].flat()
      const said = [
        ...watch.log,
        ...watch.events,
        ...watch.workflows,
        ...watch.responses,
      ]
      expect(leaksOf([graph.state.token], [...dump, ...said])).toEqual([])

      const shown = (await admin.get(`/admin/social-platforms/${id}`)).data
        .social_platform
      expect(shown.api_config.ad_account_ids).toEqual(["act_11"])
      expect(shown.credentials).toContainEqual({
        name: "access_token",
        configured: true,
        storage: "encrypted",
        key_version: 1,
      })
      expect(
        (await auditTrail(getContainer(), id)).map(({ type }) => type)
      ).toEqual(["created", "reauthorization_required", "connected"])
    })

    it("R2: falls back to the environment's token where the connection has none", async () => {
      process.env.META_ACCESS_TOKEN = graph.state.token
      const id = await create()
      expect((await sync(id)).status).toBe(200)
      expect(usedTokens()).toEqual(new Set([`Bearer ${graph.state.token}`]))
      const { api_config } = await storedPlatform(getContainer(), id)
      expect(api_config).not.toHaveProperty("access_token_encrypted")

      delete process.env.META_ACCESS_TOKEN
      const { status, data } = await sync(id)
      expect(status).toBe(400)
      expect(data.message).toMatch(/is not connected/)
    })

    it("R2: refuses a connection without any token", async () => {
      const { status, data } = await admin.post("/admin/social-platforms", {
        name: "Meta",
        provider: "meta_system_user",
      })
      expect([status, data.message]).toEqual([
        400,
        expect.stringContaining("access_token"),
      ])
    })

    it("R2: seeds the system user's token from the environment, encrypted, once", async () => {
      const seed = () =>
        seedMetaToken({ container: getContainer() as never, args: [] })
      await seed()
      expect(await countRows(getContainer(), "social_platform")).toBe(0)

      process.env.META_ACCESS_TOKEN = "marked-seed-token-1"
      await seed()
      process.env.META_ACCESS_TOKEN = "marked-seed-token-2"
      await seed()
      const { data } = await admin.get("/admin/social-platforms")
      expect(data.social_platforms).toMatchObject([
        {
          provider: "meta_system_user",
          identifier: "system-user",
          status: "active",
        },
      ])
      const dump = [...(await dumpDatabase(getContainer())).values()].flat()
      expect(leaksOf(["marked-seed-token"], dump)).toEqual([])
    })

    describe("R2: verifying, with the app's ID and secret", () => {
      const END = Date.UTC(2035, 0, 20) / 1000
      const withApp = () => ({
        app_id: graph.state.app_id,
        app_secret: graph.state.app_secret,
      })
      const verify = async (id: string) => {
        const { status, data } = await admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect([status, data.message]).toEqual([200, undefined])
        return data
      }

      it("stores when the token ends and what it was granted", async () => {
        graph.state.expires_at = END
        graph.state.data_access_expires_at = Date.UTC(2034, 5, 1) / 1000
        const id = await create({
          access_token: graph.state.token,
          ...withApp(),
        })
        const { verification, social_platform } = await verify(id)
        expect(verification).toEqual({
          ok: true,
          message:
            "The token belongs to Store robot, and ends on 2035-01-20. Its access to data ends on 2034-06-01.",
        })
        expect(social_platform).toMatchObject({
          token_expires_at: "2035-01-20T00:00:00.000Z",
          reconnect_before: "2035-01-20T00:00:00.000Z",
          scopes: ["ads_read", "business_management", "pages_show_list"],
          token_validity: "true",
        })

        graph.state.expires_at = 0
        const endless = await verify(id)
        expect(endless.verification.message).toContain("does not end")
        expect(endless.social_platform).toMatchObject({
          token_expires_at: null,
          reconnect_before: null,
        })
      })

      it("stores nothing about the token of the environment, which is not the platform's", async () => {
        graph.state.expires_at = END
        process.env.META_ACCESS_TOKEN = graph.state.token
        const id = await create(withApp())
        const { verification, social_platform } = await verify(id)
        expect(verification.message).toContain("ends on 2035-01-20")
        expect(social_platform).toMatchObject({
          token_expires_at: null,
          scopes: null,
        })
      })
    })

    it("R2: imports the Fernet tokens of the service that it replaces", async () => {
      const id = await create({ access_token: "placeholder" })
      const { data } = await admin.post("/admin/encryption/import-fernet", {
        rows: [
          { platform_id: id, value: sealFernet(FERNET_KEY, graph.state.token) },
        ],
        overwrite: true,
      })
      expect(data.report).toMatchObject({ imported: 1, failed: [] })
      expect((await sync(id)).status).toBe(200)
    })
  },
})
