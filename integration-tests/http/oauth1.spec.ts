import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { type Admin, createAdmin } from "./support/application"
import { dumpDatabase, storedPlatform } from "./support/database"
import {
  startOAuth1Network,
  type OAuth1Network,
} from "./support/oauth1-network"
import { leaksOf, startWatch } from "./support/watch"

jest.setTimeout(120_000)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let network: OAuth1Network

    beforeEach(async () => {
      network = await startOAuth1Network()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })
    afterEach(() => network.close())

    const create = async (as: Admin = admin, changes: object = {}) => {
      const { data } = await as.post("/admin/social-platforms", {
        name: "Old network",
        provider: "generic_oauth1",
        api_config: {
          ...network.endpoints,
          consumer_key: network.consumer_key,
          consumer_secret: network.consumer_secret,
          probe_url: `${network.url}/1.1/account/verify_credentials.json`,
          ...changes,
        },
      })
      expect(data.message).toBeUndefined()
      return data.social_platform.id as string
    }

    /** Goes where the browser goes, and returns what the dashboard's page gets. */
    const authorize = async (id: string, as: Admin = admin) => {
      const { data } = await as.get(
        `/admin/oauth/generic_oauth1?platform_id=${id}`
      )
      expect(data.message).toBeUndefined()
      const page = await fetch(data.location, { redirect: "manual" })
      const callback = new URL(page.headers.get("location")!)
      expect(callback.pathname).toBe("/oauth/generic_oauth1/callback")
      const { headers } = await api.get(
        `${callback.pathname}${callback.search}`,
        {
          maxRedirects: 0,
          validateStatus: () => true,
        }
      )
      const fragment = new URL(headers.location).hash.slice(1)
      return Object.fromEntries(new URLSearchParams(fragment))
    }
    const finish = (answer: object, as: Admin = admin) =>
      as.post("/admin/oauth/generic_oauth1/callback", answer)

    it("connects, signs every request, and shows no secret anywhere", async () => {
      const watch = startWatch(getContainer(), admin)
      let id = ""
      try {
        id = await create(watch.admin)
        const { status, data } = await finish(
          await authorize(id, watch.admin),
          watch.admin
        )
        expect([status, data.message]).toEqual([200, undefined])
        const verified = await watch.admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect(verified.data.verification).toMatchObject({ ok: true })
      } finally {
        watch.stop()
      }
      const { api_config, status } = await storedPlatform(getContainer(), id)
      expect(status).toBe("active")
      expect(Object.keys(api_config)).toEqual(
        expect.arrayContaining([
          "access_token_encrypted",
          "access_token_secret_encrypted",
          "consumer_secret_encrypted",
        ])
      )
      const secrets = [network.consumer_secret, ...network.secrets]
      const dump = [...(await dumpDatabase(getContainer())).values()].flat()
      expect(leaksOf(secrets, dump)).toEqual([])
      // The address that the browser is sent to names the temporary token (RFC 5849, 2.2).
      const said = [...watch.log, ...watch.events, ...watch.workflows]
      expect(leaksOf(secrets, said)).toEqual([])
    })

    it("stores nothing when the person refuses", async () => {
      network.decide("deny")
      const id = await create()
      const answer = await authorize(id)
      expect(answer).toMatchObject({ error: "access_denied" })
      const { status, data } = await finish(answer)
      expect([status, data.message]).toEqual([
        400,
        expect.stringMatching(/refused at the service/),
      ])
      const { api_config } = await storedPlatform(getContainer(), id)
      expect(api_config).not.toHaveProperty("access_token_encrypted")
    })

    it("takes an answer once, and none that belongs to another authorization", async () => {
      const [first, second] = [await create(), await create()]
      const mine = await authorize(first)
      const other = await authorize(second)
      const mixed = await finish({ ...mine, code: other.code })
      expect(mixed.status).toBe(400)
      expect((await finish(mine)).status).toBe(400)
      expect((await finish(other)).status).toBe(200)
      expect((await finish(other)).status).toBe(400)
      expect((await storedPlatform(getContainer(), first)).status).toBe(
        "pending"
      )
    })

    it("says what to do when the registration is refused", async () => {
      const id = await create(admin, { consumer_key: "somebody-else" })
      const { status, data } = await admin.get(
        `/admin/oauth/generic_oauth1?platform_id=${id}`
      )
      expect([status, data.type]).toEqual([400, "not_allowed"])
      expect(data.message).toMatch(/consumer/i)
      expect(JSON.stringify(data)).not.toContain(network.consumer_secret)
    })

    it("notices that somebody has removed the application at the service", async () => {
      const id = await create()
      await finish(await authorize(id))
      network.revoke()
      const { data } = await admin.post(`/admin/social-platforms/${id}/verify`)
      expect(data.verification.ok).toBe(false)
      expect(await storedPlatform(getContainer(), id)).toMatchObject({
        token_validity: "false",
        status: "error",
      })
    })
  },
})
