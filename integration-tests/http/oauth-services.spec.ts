import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { getAccessToken } from "../../src/credentials"
import { socialsModule } from "../../src/credentials/modules"
import { Migration20261121190500 } from "../../src/modules/socials/migrations/Migration20261121190500"
import { openCredential } from "../../src/modules/socials/utils/token-helpers"
import { type Admin, createAdmin, sql } from "./support/application"
import { connect, consent, startConnecting } from "./support/consent"
import { auditTrail, storedPlatform } from "./support/database"
import {
  type GitHostKind,
  type GitHostServer,
  startGitHost,
} from "./support/git-host"
import { type Keycloak, startKeycloak } from "./support/keycloak"

jest.setTimeout(120_000)

const WRONG_SECRET = "marked-wrong-secret"

/** GitHub, GitLab and Keycloak as they really answer, through the routes that the dashboard uses. */
medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin

    beforeEach(async () => {
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const create = async (
      provider: string,
      api_config: object
    ): Promise<string> => {
      const { status, data } = await admin.post("/admin/social-platforms", {
        name: `Our ${provider}`,
        provider,
        auth_type: "oauth2",
        api_config,
      })
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_platform.id
    }
    const platform = async (id: string) => {
      const { data } = await admin.get(`/admin/social-platforms/${id}`)
      return data.social_platform
    }
    const disconnect = async (id: string) => {
      const { data } = await admin.post(
        `/admin/social-platforms/${id}/disconnect`
      )
      return data
    }
    const stored = async (id: string, name: string) => {
      const { api_config } = await storedPlatform(getContainer(), id)
      const token = await openCredential(api_config, name, getContainer(), id)
      return token?.reveal()
    }
    const token = async (id: string) =>
      (await getAccessToken(getContainer(), id)).reveal()
    const expire = (id: string) =>
      sql(
        getContainer(),
        `update social_platform set connected_at = now() - interval '1 day',
           last_refreshed_at = null, token_expires_at = now() - interval '1 second'
         where id = ?`,
        [id]
      )
    const alarms = async (id: string) =>
      (await auditTrail(getContainer(), id)).filter(
        ({ type }) => type === "configuration_alarm"
      )

    describe("github.com", () => {
      let github: GitHostServer
      let before: Record<string, Record<string, string>>
      let id: string

      beforeEach(async () => {
        github = await startGitHost("github")
        const options = await socialsModule(getContainer()).getOptions()
        before = options.provider_config
        // What the description says of github.com stays, its issuer included.
        options.provider_config = {
          ...before,
          github: {
            authorization_endpoint: `${github.url}/login/oauth/authorize`,
            token_endpoint: `${github.url}/login/oauth/access_token`,
            base_url: `${github.url}/api/v3`,
            client_id: github.state.client_id,
            client_secret: github.state.client_secret,
          },
        }
        id = await create("github", {})
      })
      afterEach(async () => {
        const options = await socialsModule(getContainer()).getOptions()
        options.provider_config = before
        await github.close()
      })

      it("connects with the issuer that its responses name, and keeps both lifetimes", async () => {
        const { status, data } = await connect(api, admin, "github", id)
        expect([status, data.message]).toEqual([200, undefined])
        expect(data.social_platform).toMatchObject({
          connection: "connected",
          profile: { username: "ada" },
        })
        expect(await stored(id, "access_token")).toMatch(/^ghu_/)
        expect(await stored(id, "refresh_token")).toMatch(/^ghr_/)
        const { token_expires_at, refresh_token_expires_at } = (await platform(
          id
        )) as Record<string, string>
        const hours = (time: string) =>
          Math.round((Date.parse(time) - Date.now()) / 3_600_000)
        expect(hours(token_expires_at)).toBe(8)
        expect(hours(refresh_token_expires_at)).toBe(4416)
      })

      it("is refused, its code unused, when the response names another issuer", async () => {
        github.state.issuer = "https://github.com"
        const { status, data } = await connect(api, admin, "github", id)
        expect([status, data.message]).toEqual([
          400,
          "The authorization response does not come from the server that was asked. Start again with Connect.",
        ])
        expect(
          github.requests.filter(({ method }) => method === "POST")
        ).toEqual([])
      })

      it("asks for a new connection when GitHub calls the refresh token bad, with HTTP 200", async () => {
        await connect(api, admin, "github", id)
        github.withdraw()
        await expire(id)
        await expect(token(id)).rejects.toMatchObject({
          errorClass: "token_invalid",
          code: "invalid_grant",
        })
        expect(await platform(id)).toMatchObject({
          connection: "reauthorization_required",
          last_error: { class: "token_invalid", code: "invalid_grant" },
        })
      })

      it("blames the registration, not the grant, when GitHub knows no such client", async () => {
        await connect(api, admin, "github", id)
        const refreshToken = await stored(id, "refresh_token")
        github.state.client_secret = WRONG_SECRET
        await expire(id)
        await expect(token(id)).rejects.toMatchObject({
          errorClass: "config_error",
          code: "invalid_client",
        })
        expect(await stored(id, "refresh_token")).toBe(refreshToken)
        expect(await alarms(id)).toHaveLength(1)
      })

      it("refuses a code that GitHub does not know any more, and stores nothing", async () => {
        const answer = await consent(
          api,
          await startConnecting(admin, "github", id)
        )
        const { status, data } = await admin.post(
          "/admin/oauth/github/callback",
          { ...answer, code: "used-before" }
        )
        expect([status, data.message]).toEqual([
          400,
          expect.stringContaining("invalid_grant"),
        ])
        expect(await stored(id, "access_token")).toBeUndefined()
      })
    })

    describe("a GitLab of one's own", () => {
      let gitlab: GitHostServer
      let id: string

      beforeEach(async () => {
        gitlab = await startGitHost("gitlab" satisfies GitHostKind)
        id = await create("gitlab", {
          instance_url: gitlab.url,
          client_id: gitlab.state.client_id,
          client_secret: gitlab.state.client_secret,
        })
        const { status, data } = await connect(api, admin, "gitlab", id)
        expect([status, data.message]).toEqual([200, undefined])
      })
      afterEach(() => gitlab.close())

      it("rotates the refresh token with every refresh", async () => {
        const first = await stored(id, "refresh_token")
        await expire(id)
        const fresh = await token(id)
        expect(await stored(id, "access_token")).toBe(fresh)
        expect(await stored(id, "refresh_token")).not.toBe(first)
        await expire(id)
        expect(await token(id)).not.toBe(fresh)
      })

      it("asks for a new connection when Doorkeeper calls the grant invalid, and raises no alarm", async () => {
        gitlab.withdraw()
        await expire(id)
        await expect(token(id)).rejects.toMatchObject({
          errorClass: "token_invalid",
          code: "invalid_grant",
        })
        expect(await platform(id)).toMatchObject({
          connection: "reauthorization_required",
        })
        expect(await alarms(id)).toEqual([])
      })

      it("keeps the grant and raises the alarm when Doorkeeper refuses the client", async () => {
        const refreshToken = await stored(id, "refresh_token")
        gitlab.state.client_secret = WRONG_SECRET
        await expire(id)
        await expect(token(id)).rejects.toMatchObject({
          errorClass: "config_error",
          code: "invalid_client",
        })
        expect(await stored(id, "refresh_token")).toBe(refreshToken)
        expect(await alarms(id)).toHaveLength(1)
      })

      it("waits when it is asked too often, whatever stands beside that", async () => {
        const refreshToken = await stored(id, "refresh_token")
        await expire(id)
        gitlab.answer(
          429,
          { error: "invalid_grant", error_description: "Retry later" },
          {
            "retry-after": "60",
            "www-authenticate": 'Bearer realm="Doorkeeper"',
          }
        )
        await expect(token(id)).rejects.toMatchObject({
          errorClass: "rate_limited",
          retryAt: expect.any(Date),
        })
        expect(await stored(id, "refresh_token")).toBe(refreshToken)
        expect(await alarms(id)).toEqual([])
      })

      it("forgets both tokens when the platform is disconnected", async () => {
        const tokens = [
          await stored(id, "access_token"),
          await stored(id, "refresh_token"),
        ]
        expect(await disconnect(id)).toMatchObject({ revoked: true })
        const revoked = gitlab.requests
          .filter(({ path }) => path === "/oauth/revoke")
          .map(({ form }) => form.get("token"))
        expect(revoked.sort()).toEqual(tokens.sort())
        expect(await stored(id, "access_token")).toBeUndefined()
      })

      it("tells that only a part was withdrawn", async () => {
        gitlab.state.unrevocable = ["access_token"]
        expect(await disconnect(id)).toMatchObject({
          revoked: false,
          revoked_tokens: ["refresh_token"],
        })
        expect((await auditTrail(getContainer(), id)).at(-1)).toMatchObject({
          type: "disconnected",
          details: { revoked: false, revoked_tokens: ["refresh_token"] },
        })
      })
    })

    describe("the redirect URI of a GitLab of one's own", () => {
      let gitlab: GitHostServer

      beforeEach(async () => {
        gitlab = await startGitHost("gitlab")
      })
      afterEach(() => gitlab.close())

      const createOwn = () =>
        create("gitlab", {
          instance_url: gitlab.url,
          client_id: gitlab.state.client_id,
          client_secret: gitlab.state.client_secret,
        })
      /** Runs the migration for platforms that were there before. */
      const migrate = async (direction: "up" | "down") => {
        const migration = new Migration20261121190500(
          undefined as never,
          undefined as never
        )
        await migration[direction]()
        for (const query of migration.getQueries()) {
          await sql(getContainer(), String(query))
        }
      }
      const asked = (location: URL) => location.searchParams.get("redirect_uri")

      it("carries the platform, and the platform shows it", async () => {
        const id = await createOwn()
        const location = await startConnecting(admin, "gitlab", id)
        expect(asked(location)).toMatch(
          new RegExp(`/oauth/gitlab/callback/${id}$`)
        )
        expect(await platform(id)).toMatchObject({
          redirect_uri: asked(location),
        })
        gitlab.state.redirect_uris = [asked(location) ?? ""]
        const { status, data } = await connect(api, admin, "gitlab", id)
        expect([status, data.message]).toEqual([200, undefined])
      })

      it("is that of the provider on gitlab.com", async () => {
        const id = await create("gitlab", {
          client_id: "the-app",
          client_secret: "the-secret",
        })
        expect(asked(await startConnecting(admin, "gitlab", id))).toMatch(
          /\/oauth\/gitlab\/callback$/
        )
      })

      it("stays what is registered for a platform from before it carried the platform", async () => {
        const [id, onGitlabCom] = [
          await createOwn(),
          await create("gitlab", { client_id: "a", client_secret: "b" }),
        ]
        await migrate("up")
        const location = await startConnecting(admin, "gitlab", id)
        expect(asked(location)).toMatch(/\/oauth\/gitlab\/callback$/)
        expect((await platform(onGitlabCom)).api_config).toEqual({
          client_id: "a",
        })
        gitlab.state.redirect_uris = [asked(location) ?? ""]
        const { status, data } = await connect(api, admin, "gitlab", id)
        expect([status, data.message]).toEqual([200, undefined])

        await migrate("down")
        expect((await platform(id)).redirect_uri).toMatch(new RegExp(`${id}$`))
      })

      it("takes no response that arrived at another one, and spoils nothing", async () => {
        const [id, other] = [await createOwn(), await createOwn()]
        const response = await consent(
          api,
          await startConnecting(admin, "gitlab", id)
        )
        for (const platform_id of [undefined, other]) {
          const { status, data } = await admin.post(
            "/admin/oauth/gitlab/callback",
            { ...response, platform_id }
          )
          expect([status, data.message]).toEqual([
            400,
            expect.stringContaining("The authorization is unknown"),
          ])
        }
        const { status } = await admin.post(
          "/admin/oauth/gitlab/callback",
          response
        )
        expect(status).toBe(200)
      })
    })

    describe("a realm of Keycloak", () => {
      let keycloak: Keycloak

      beforeEach(async () => {
        keycloak = await startKeycloak()
      })
      afterEach(() => keycloak.close())

      const byEndpoints = () => ({
        authorization_endpoint: `${keycloak.endpoints}/auth`,
        token_endpoint: `${keycloak.endpoints}/token`,
        revocation_endpoint: `${keycloak.endpoints}/revoke`,
        introspection_endpoint: `${keycloak.endpoints}/token/introspect`,
      })
      const createRealm = (settings: object) =>
        create("generic_oauth2", {
          client_id: keycloak.state.client_id,
          client_secret: keycloak.state.client_secret,
          ...settings,
        })
      const connected = async (settings: object) => {
        const id = await createRealm(settings)
        const { status, data } = await connect(api, admin, "generic_oauth2", id)
        expect([status, data.message]).toEqual([200, undefined])
        return id
      }

      it("connects by its endpoints, although its issuer is not known", async () => {
        const id = await connected(byEndpoints())
        expect(await platform(id)).toMatchObject({
          connection: "connected",
          scopes: ["profile", "email"],
          refresh_token_expires_at: expect.any(String),
        })
      })

      it("connects by its issuer alone, through what it publishes", async () => {
        const id = await connected({ issuer: keycloak.issuer })
        expect(await platform(id)).toMatchObject({ connection: "connected" })
      })

      it("is refused when the response comes from another realm than its issuer names", async () => {
        const id = await createRealm({ issuer: keycloak.issuer })
        const response = await consent(
          api,
          await startConnecting(admin, "generic_oauth2", id)
        )
        const { status, data } = await admin.post(
          "/admin/oauth/generic_oauth2/callback",
          { ...response, iss: `${keycloak.url}/realms/other` }
        )
        expect([status, data.message]).toEqual([
          400,
          expect.stringContaining("does not come from the server"),
        ])
        expect(await stored(id, "access_token")).toBeUndefined()
      })

      it.each([
        ["its session has ended", "Session not active"],
        ["its refresh token has ended", "Token is not active"],
      ])("asks for a new connection when %s", async (_, description) => {
        const id = await connected(byEndpoints())
        if (description === "Session not active") {
          keycloak.logOutAll()
        } else {
          keycloak.endRefreshTokens()
        }
        await expire(id)
        await expect(token(id)).rejects.toMatchObject({
          errorClass: "token_invalid",
          code: "invalid_grant",
        })
        expect(await platform(id)).toMatchObject({
          connection: "reauthorization_required",
        })
      })

      it("counts as revoked what Keycloak calls invalid once its session is over", async () => {
        const id = await connected(byEndpoints())
        expect(await disconnect(id)).toMatchObject({
          revoked: true,
          revoked_tokens: ["refresh_token", "access_token"],
        })
      })

      it("goes on refreshing when the realm does not publish its endpoints any more", async () => {
        const id = await connected({ issuer: keycloak.issuer })
        const before = await token(id)
        keycloak.state.publishes_metadata = false
        const inTwoHours = Date.now() + 7_200_000
        const clock = jest.spyOn(Date, "now").mockReturnValue(inTwoHours)
        try {
          const fresh = await getAccessToken(getContainer(), id, {
            forceRefresh: true,
          })
          expect(fresh.reveal()).not.toBe(before)
        } finally {
          clock.mockRestore()
        }
      })

      it("keeps the grant and raises the alarm when the client is not authorized", async () => {
        const id = await connected(byEndpoints())
        keycloak.state.client_secret = WRONG_SECRET
        await expire(id)
        await expect(token(id)).rejects.toMatchObject({
          errorClass: "config_error",
          code: "unauthorized_client",
        })
        expect(await stored(id, "refresh_token")).toEqual(expect.any(String))
        expect(await alarms(id)).toHaveLength(1)
      })
    })
  },
})
