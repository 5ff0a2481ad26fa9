import { randomBytes } from "node:crypto"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { approveConsent } from "../../sandbox/consent-client"
import { jsonReply, type Reply, sendReply } from "../../sandbox/http"
import { startLinkedIn } from "../../sandbox/networks/linkedin/server"
import {
  CLIENT_ID,
  CLIENT_SECRET,
  PAGE,
} from "../../sandbox/networks/linkedin/state"
import type { SimulatorRequest } from "../../sandbox/networks/simulator"
import {
  type DrillSeed,
  startDrillNetworks,
} from "../distributed/support/drill-networks"
import { accountOf, type Admin, createAdmin, sql } from "./support/application"
import { dumpDatabase, keepHistory } from "./support/database"
import {
  type EchoNetwork,
  MARK,
  startEchoNetwork,
} from "./support/echo-network"
import { newFernetKey, sealFernet } from "./support/fernet"
import { sealWithFirstKey } from "./support/keys"
import { marked, type MarkedLife } from "./support/platform-lifetime"
import { type PictureServer, startPictureServer } from "./support/pictures"
import {
  createPost,
  makeDue,
  publish,
  readPost,
  runPublishing,
} from "./support/posts"
import { leaksOf, startWatch, type Watch } from "./support/watch"

jest.setTimeout(180_000)

const SECOND_KEY = randomBytes(32).toString("base64")
const FERNET_KEY = newFernetKey()
const IMPORTED = `${MARK}-imported`

/** What a network says that repeats all it was sent. */
const REPEATED = "I will not take"

const repeatOf = ({ url, headers, body }: SimulatorRequest): Reply =>
  jsonReply(400, {
    error: "not_like_this",
    message: `${REPEATED} ${url.href} ${JSON.stringify(headers)} ${body.toString("latin1")}`,
  })

const isFixture = ({ provider }: DrillSeed): boolean =>
  provider.startsWith("gallery")

/** A credential, and of an address the part that nobody else may know. */
const secretsOf = ({ credentials }: DrillSeed): string[] =>
  Object.values(credentials).flatMap((value) => [
    value,
    value.replaceAll(" ", ""),
    value.split("/").at(-1)!,
  ])

medusaIntegrationTestRunner({
  env: {
    LOG_TOKEN_OPERATIONS: "true",
    // A refused token is used again and again here: it must not be erased.
    AUTO_CLEAR_INVALID_TOKENS: "false",
    ENCRYPTION_KEY_V2: SECOND_KEY,
    TOKEN_ENCRYPTION_KEY: FERNET_KEY,
  },
  testSuite: ({ api, getContainer }) => {
    describe("a token on its way through the application", () => {
      let admin: Admin
      let network: EchoNetwork
      let pictures: PictureServer
      let watch: Watch
      let life: MarkedLife

      beforeAll(async () => {
        admin = await createAdmin(api, getContainer(), "ada@example.com")
        network = await startEchoNetwork()
        pictures = await startPictureServer()
      })
      afterAll(() => Promise.all([network.close(), pictures.close()]))

      beforeEach(async () => {
        network.behave()
        await sealWithFirstKey(getContainer())
        await keepHistory(getContainer())
        watch = startWatch(getContainer(), admin)
        life = marked({
          container: getContainer(),
          admin: watch.admin,
          unwatched: admin,
          network,
          pictures,
        })
      })
      afterEach(() => watch.stop())

      /** Searches everything that has left, and everything that is stored. */
      const expectNoLeak = async (
        further: readonly string[] = [],
        seen = ["social_platform", "social_oauth_session"]
      ) => {
        const secrets = [
          ...further,
          MARK,
          process.env.ENCRYPTION_KEY!,
          SECOND_KEY,
          FERNET_KEY,
          ...life.states,
          ...network.verifiers.filter(Boolean),
        ]
        expect(leaksOf(secrets, watch.responses)).toEqual([])
        expect(leaksOf(secrets, watch.log)).toEqual([])
        expect(leaksOf(secrets, watch.events)).toEqual([])
        expect(leaksOf(secrets, watch.workflows)).toEqual([])
        expect(leaksOf(secrets, network.addresses)).toEqual([])

        const dump = await dumpDatabase(getContainer())
        // Each version that a row ever had, so not even a moment goes unseen.
        const history = dump.get("public.row_history")?.join("\n")
        for (const table of seen) {
          expect(history).toContain(`${table}: `)
        }
        for (const [table, rows] of dump) {
          expect([table, leaksOf(secrets, rows)]).toEqual([table, []])
        }
      }

      /** Asks as an operator would. */
      const encryption = async (path: string, body: object = {}) => {
        const { status, data } = await watch.admin.post(
          `/admin/encryption/${path}`,
          body
        )
        expect([path, status, data.message]).toEqual([path, 200, undefined])
        return data
      }

      it("is found nowhere in its whole life, a rotation of the key and an import included", async () => {
        const id = await life.create()
        expect((await life.connect(id)).status).toBe(200)
        const published = await life.publish(id)
        expect(published.status).toBe("published")
        expect((await life.sync(id)).status).toBe(200)
        await life.verify(id)
        await life.expire(id)
        expect((await life.sync(id)).status).toBe(200)
        await expectNoLeak()

        // The network repeats whatever it was sent.
        expect(await life.endure(id)).toEqual([])
        expect(watch.responses.join("\n")).toContain("not_like_this")
        await expectNoLeak()

        await encryption("keys/2/promote")
        const dry = await encryption("re-encrypt", { dry_run: true })
        expect(dry.report.changed).toBeGreaterThan(0)
        await encryption("re-encrypt", { limit: 1 })
        await encryption("re-encrypt")
        const { report } = await encryption("verify")
        expect(report).toMatchObject({
          quarantined: [],
          verified: [{ format: 2, key_version: 2, values: 3 }],
        })
        await sql(
          getContainer(),
          "update encryption_key set promoted_at = now() - interval '1 hour' where version = 2"
        )
        await encryption("keys/1/retire")
        await expectNoLeak()

        // With the refresh token of before, which is under the new key now.
        expect((await life.sync(id)).status).toBe(200)
        expect((await life.connect(id)).status).toBe(200)
        expect((await life.publish(id)).status).toBe("published")

        const imported = await encryption("import-fernet", {
          rows: [
            {
              provider: "sandbox",
              identifier: "shop-1",
              value: sealFernet(FERNET_KEY, IMPORTED),
            },
            {
              provider: "sandbox",
              identifier: "shop-2",
              value: sealFernet(newFernetKey(), IMPORTED),
            },
          ],
        })
        expect(imported.report).toMatchObject({
          imported: 1,
          failed: [{ row: 2 }],
        })
        for (const path of [
          "/admin/encryption",
          "/admin/social-providers",
          "/admin/social-platforms",
          `/admin/social-platforms/${id}`,
          `/admin/social-platforms/${id}/events`,
          "/admin/socials/health",
          "/admin/social-accounts",
          "/admin/social-posts",
        ]) {
          const { status } = await watch.admin.get(path)
          expect([path, status]).toEqual([path, 200])
        }
        expect((await life.remove(id)).status).toBe(200)
        await expectNoLeak()
        expectAllWasThere()
      })

      /** The secrets were really there to be found, and everything was done. */
      const expectAllWasThere = () => {
        const tokens = [...network.tokens]
        expect(tokens.length).toBeGreaterThan(3)
        expect(tokens.filter((token) => !token.startsWith(MARK))).toEqual([])
        expect(network.verifiers.filter(Boolean).length).toBeGreaterThan(1)
        const log = watch.log.join("\n")
        for (const line of [
          "[OAuth Callback] ✓ Tokens encrypted successfully",
          "[Resolve Provider Tokens] ✓ Using encrypted access token",
          "[TOKEN_ENCRYPT]",
          "[TOKEN_DECRYPT]",
        ]) {
          expect(log).toContain(line)
        }
        const events = watch.events.join("\n")
        expect(events).toContain("social_platform.connected")
        expect(events).toContain("social_platform.synced")
        const workflows = watch.workflows.join("\n")
        for (const name of [
          "create-social-platform",
          "complete-oauth-authorization",
          "sync-platform-data",
          "create-social-post",
          "publish-post",
          "promote-encryption-key",
          "re-encrypt",
          "import-fernet",
        ]) {
          expect(workflows).toContain(name)
        }
      }

      it("is found nowhere with any network's own secrets, and not where a network repeats them", async () => {
        const networks = (await startDrillNetworks()).filter(
          // Those that connect by a consent page have their life above.
          ({ seed }) =>
            Object.keys(seed.credentials).length &&
            !(seed.auth_type === "oauth2" && seed.tokens) &&
            !isFixture(seed)
        )
        const sent = new Set<string>()
        let repeats = false
        for (const { simulator } of networks) {
          simulator.intercept(async ({ request, carryOut, response }) => {
            const { authorization = "" } = request.headers
            sent.add(authorization.replace(/^\w+ /, ""))
            sendReply(response, repeats ? repeatOf(request) : await carryOut())
          })
        }
        const secrets = () => [
          ...networks.flatMap(({ seed }) => secretsOf(seed)),
          ...[...sent].filter(Boolean),
        ]
        const platforms = new Map<string, string>()
        const publishOn = async (id: string) =>
          publish(
            watch.admin,
            await createPost(watch.admin, {
              account_ids: [await accountOf(admin, id, platforms.get(id))],
              media: [{ url: pictures.url }],
            })
          )
        for (const { seed } of networks) {
          const { status, data } = await watch.admin.post(
            "/admin/social-platforms",
            {
              name: seed.provider,
              provider: seed.provider,
              auth_type: seed.auth_type,
              base_url: seed.settings.base_url,
              api_config: {
                channels: "@adas_shop",
                ...seed.settings,
                ...seed.credentials,
              },
            }
          )
          expect([seed.provider, status, data.message]).toEqual([
            seed.provider,
            200,
            undefined,
          ])
          platforms.set(data.social_platform.id, seed.account.external_id)
        }
        for (const id of platforms.keys()) {
          const { data } = await life.verify(id)
          expect(data.verification).toMatchObject({ ok: true })
          expect((await life.sync(id)).status).toBe(200)
          expect((await publishOn(id)).status).toBe("published")
        }
        expect(sent.size).toBeGreaterThanOrEqual(networks.length)
        await expectNoLeak(secrets(), ["social_platform", "social_checkpoint"])

        repeats = true
        for (const id of platforms.keys()) {
          expect((await life.verify(id)).data.verification.ok).toBe(false)
          expect((await life.sync(id)).status).not.toBe(200)
          const post = await publishOn(id)
          expect(post.status).not.toBe("published")
          await watch.admin.delete(`/admin/social-posts/${post.id}`)
        }
        expect(watch.responses.join("\n")).toContain(REPEATED)
        repeats = false
        for (const id of platforms.keys()) {
          await watch.admin.get(`/admin/social-platforms/${id}`)
          await watch.admin.get(`/admin/social-platforms/${id}/events`)
          await watch.admin.delete(`/admin/social-platforms/${id}`)
        }
        await Promise.all(networks.map(({ simulator }) => simulator.close()))
        await expectNoLeak(secrets(), ["social_platform", "social_checkpoint"])
      })

      it("is found nowhere with the addresses that let whoever has them upload to an account", async () => {
        const linkedin = await startLinkedIn(0)
        linkedin.state.processing_ms = 0
        const addresses = new Set<string>()
        linkedin.intercept(async ({ carryOut, response }) => {
          const reply = await carryOut()
          for (const [, address] of String(reply.body).matchAll(
            /"uploadUrl":"([^"]+)"/g
          )) {
            addresses.add(address)
          }
          sendReply(response, reply)
        })
        const { status, data } = await watch.admin.post(
          "/admin/social-platforms",
          {
            name: "Our LinkedIn",
            provider: "linkedin",
            api_config: {
              base_url: linkedin.url,
              client_id: CLIENT_ID,
              client_secret: CLIENT_SECRET,
              publishes_on: "profile and pages",
            },
          }
        )
        expect([status, data.message]).toEqual([200, undefined])
        const { id } = data.social_platform
        const { location } = (
          await admin.get(`/admin/oauth/linkedin?platform_id=${id}`)
        ).data
        const consented = new URL(await approveConsent(location))
        await admin.post("/admin/oauth/linkedin/callback", {
          ...Object.fromEntries(consented.searchParams),
          platform_id: id,
        })
        const post = await publish(
          watch.admin,
          await createPost(watch.admin, {
            account_ids: [await accountOf(admin, id, PAGE.urn)],
            media: [{ url: pictures.url }],
          })
        )
        for (let round = 0; round < 10; round++) {
          await makeDue(getContainer(), post.id)
          await runPublishing(getContainer())
        }
        expect((await readPost(watch.admin, post.id)).status).toBe("published")
        expect(addresses.size).toBeGreaterThan(0)
        await linkedin.close()
        await expectNoLeak(
          [...addresses].map((address) =>
            address.split("/").slice(3).join("/")
          ),
          ["social_platform", "social_checkpoint"]
        )
      })

      it("is found nowhere when a request is refused", async () => {
        const id = await life.create()
        const SECRET = `${MARK}-secret`
        for (const body of [
          { api_config: { access_token: { value: SECRET } } },
          { api_config: { access_token_encrypted: SECRET } },
          { api_config: { pages: [{ access_token: SECRET }] } },
          { api_config: SECRET },
          { metadata: { access_token: SECRET } },
          { metadata: SECRET },
          { access_token: SECRET },
          { api_config: { probe_url: 1, token: SECRET }, category: "shop" },
        ]) {
          const { status } = await watch.admin.post(
            `/admin/social-platforms/${id}`,
            body
          )
          expect([body, status]).toEqual([body, 400])
        }
        for (const body of [
          { state: [SECRET], code: SECRET },
          { state: "a", code: { value: SECRET } },
          { state: SECRET, code: SECRET },
          { state: SECRET, code: SECRET, error: "access_denied" },
          { state: SECRET, error: "access_denied", iss: "x" },
          { code: SECRET },
          { state: "a", code: "b", access_token: SECRET },
        ]) {
          const { status } = await watch.admin.post(
            "/admin/oauth/sandbox/callback",
            body
          )
          expect([body, status]).toEqual([body, 400])
        }
        const synced = await watch.admin.post(
          "/admin/socials/sync-platform-data",
          { platform_id: id, access_token: SECRET }
        )
        expect(synced.status).toBe(400)

        await life.connect(id)
        await expectNoLeak()
      })
    })
  },
})
