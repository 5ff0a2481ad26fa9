import path from "node:path"
import { MedusaModule } from "@medusajs/framework/modules-sdk"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { SOCIALS_MODULE } from "../../src/modules/socials"
import {
  accountOf,
  type Admin,
  createAdmin,
  createSandboxPlatform,
} from "./support/application"
import { storedPlatform } from "./support/database"
import { connectNoticeboard, registerNoticeboard } from "./support/noticeboard"
import { createPost, publish } from "./support/posts"
import { sandbox, sandboxUrl } from "./support/sandbox"

jest.setTimeout(120_000)

registerNoticeboard()

const fixture = (name: string) => path.resolve(__dirname, "../fixtures", name)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin

    beforeEach(async () => {
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const list = async (query = "") => {
      const { status, data } = await admin.get(`/admin/social-providers${query}`)
      expect(status).toBe(200)
      return data
    }
    const identifiers = async (query: string) =>
      (await list(query)).social_providers.map(
        ({ identifier }: { identifier: string }) => identifier
      )

    describe("the list of providers", () => {
      it("has the built-in ones and the application's own", async () => {
        const data = await list()
        const all = await identifiers("")
        expect(data).toMatchObject({ count: all.length, offset: 0 })
        expect(all.slice(0, 2)).toEqual(["sandbox", "generic"])
        expect(all).toContain("noticeboard")
        expect(all.length).toBeGreaterThan(40)
      })

      it("says all that a form needs, and no configured value", async () => {
        const data = await list()
        const [network] = data.social_providers
        expect(network).toMatchObject({
          identifier: "sandbox",
          label: "Sandbox",
          category: "social",
          auth_types: ["oauth2"],
          credential_fields: [
            {
              name: "client_secret",
              required: true,
              input: "password",
              preconfigured: true,
            },
          ],
          capabilities: {
            connect: true,
            verify: true,
            accounts: true,
            profile: true,
            publish: true,
            insights: true,
          },
          publishing: { max_text_length: 500, max_media: 4, supports_link: true },
          redirect_uri: expect.stringMatching(
            /^http:\/\/localhost:\d+\/oauth\/sandbox\/callback$/
          ),
        })
        expect(
          network.setting_fields.map(
            ({ name, preconfigured }: { name: string; preconfigured: boolean }) => [
              name,
              preconfigured,
            ]
          )
        ).toEqual([
          ["base_url", true],
          ["client_id", true],
        ])
        expect(JSON.stringify(data)).not.toContain("sandbox-secret")
        expect(
          data.social_providers.find(
            ({ identifier }: { identifier: string }) => identifier === "generic"
          )
        ).toMatchObject({
          capabilities: { connect: false, publish: false },
          publishing: null,
          redirect_uri: null,
        })
      })

      it("can be searched, filtered and paged", async () => {
        expect(await identifiers("?q=NOTICE")).toEqual(["noticeboard"])
        const payment = await identifiers("?category=payment")
        expect(payment).toEqual(expect.arrayContaining(["generic", "mollie"]))
        expect(payment).not.toContain("sandbox")
        expect(await identifiers("?limit=1&offset=1")).toEqual(["generic"])
        expect((await list("?limit=1")).count).toBe((await identifiers("")).length)

        const wrong = await admin.get("/admin/social-providers?category=banking")
        expect(wrong.status).toBe(400)
        expect(wrong.data.message).toContain("social, payment, shipping")
      })

      it("is for administrators only", async () => {
        const { status } = await api.get("/admin/social-providers", {
          validateStatus: () => true,
        })
        expect(status).toBe(401)
      })
    })

    describe("a provider of the application's own", () => {
      it("connects, seals its tokens, lists its accounts and publishes", async () => {
        const id = await connectNoticeboard(admin)
        const { data } = await admin.get(`/admin/social-platforms/${id}`)
        expect(data.social_platform).toMatchObject({
          provider: "noticeboard",
          category: "communication",
          status: "active",
          connection: "connected",
          scopes: ["accounts:read", "posts:write", "offline_access"],
        })
        const row = await storedPlatform(getContainer(), id)
        expect(Object.keys(row.api_config).sort()).toEqual([
          "access_token_encrypted",
          "client_secret_encrypted",
          "refresh_token_encrypted",
        ])
        expect(JSON.stringify(row)).not.toContain("sandbox-secret")

        const account = await accountOf(admin, id)
        const post = await publish(
          admin,
          await createPost(admin, { caption: "A notice", account_ids: [account] })
        )
        expect(post).toMatchObject({
          status: "published",
          publications: [
            {
              state: "published",
              account: { name: "Ada's Shop board" },
              external_url: expect.stringContaining(`${sandboxUrl()}/posts/`),
            },
          ],
        })
        expect(await sandbox.posts()).toEqual([
          expect.objectContaining({ account_id: "page_main", text: "A notice" }),
        ])
      })

      it("syncs, refreshes and disconnects by its description alone", async () => {
        await sandbox.settings({ access_token_ttl: 1 })
        const id = await connectNoticeboard(admin)
        await new Promise((resolve) => setTimeout(resolve, 1100))
        await sandbox.settings({ access_token_ttl: 3600 })
        const before = await sandbox.countRequests("POST", "/token")
        const synced = await admin.post("/admin/socials/sync-platform-data", {
          platform_id: id,
        })
        expect(synced.status).toBe(200)
        expect(synced.data.sync).toMatchObject({
          accounts: { created: 0, updated: 2, removed: 0 },
          profile: null,
        })
        expect(await sandbox.countRequests("POST", "/token")).toBe(before + 1)

        // The description names no address to revoke tokens at.
        const { data } = await admin.post(
          `/admin/social-platforms/${id}/disconnect`
        )
        expect(data).toMatchObject({
          revoked: false,
          social_platform: { connection: "not_connected" },
        })
      })

      it("lacks an operation and says so", async () => {
        const id = await connectNoticeboard(admin)
        const { status, data } = await admin.post(
          `/admin/social-platforms/${id}/verify`
        )
        expect(status).toBe(400)
        expect(data.message).toBe(
          "Noticeboard has no way to check its credentials."
        )
      })

      it("is not mixed up with another one on the way through OAuth", async () => {
        const id = await createSandboxPlatform(admin)
        const { status, data } = await admin.get(
          `/admin/oauth/noticeboard?platform_id=${id}`
        )
        expect(status).toBe(400)
        expect(data.message).toBe(
          `Platform ${id} belongs to provider "sandbox", not to "noticeboard".`
        )
      })
    })

    describe("a provider that is wrong stops the start", () => {
      const boot = (provider: object) =>
        MedusaModule.bootstrap({
          moduleKey: SOCIALS_MODULE,
          defaultPath: path.resolve(__dirname, "../../src/modules/socials"),
          declaration: {
            scope: "internal",
            options: { providers: [provider] },
          },
          sharedContainer: getContainer(),
        })
      /** What the start of the module says; a second start waits for the first. */
      const refusal = async (provider: object): Promise<string> => {
        const [start] = await Promise.allSettled([
          boot(provider),
          boot(provider),
        ])
        return start.status === "rejected"
          ? String(start.reason?.message)
          : "It started."
      }

      it("for want of a description", async () => {
        expect(
          await refusal({ resolve: fixture("nameless"), id: "nameless" })
        ).toContain(
          'The social platform provider "nameless" needs a "description" with an "identifier" of lower-case letters, digits, "_" and "-".'
        )
      })

      it("for want of an option that it asks for", async () => {
        expect(
          await refusal({ resolve: fixture("noticeboard"), id: "noticeboard" })
        ).toContain('The noticeboard needs the option "base_url".')
      })

      it("when it is not there", async () => {
        expect(
          await refusal({ resolve: fixture("nowhere"), id: "nowhere" })
        ).toContain("fixtures/nowhere")
      })
    })
  },
})
