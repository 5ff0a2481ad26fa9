import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { getAccessToken, storeConnectionToken } from "../../src/credentials"
import { socialsModule } from "../../src/credentials/modules"
import seedMetaToken from "../../src/scripts/seed-meta-token"
import { type Admin, createAdmin, sql } from "./support/application"
import { connect } from "./support/consent"
import { type FakeService, startFakeService } from "./support/fake-service"
import { type GitHostServer, startGitHost } from "./support/git-host"

jest.setTimeout(120_000)

const META_TOKEN = "EAAsharedwithnobody"

/** What the operator has configured for all platforms, where a dashboard user names another address. */
medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let gitlab: GitHostServer
    let elsewhere: FakeService
    let before: Record<string, Record<string, string>>

    beforeEach(async () => {
      gitlab = await startGitHost("gitlab")
      elsewhere = await startFakeService(() => ({ status: 200, body: {} }))
      const options = await socialsModule(getContainer()).getOptions()
      before = options.provider_config
      const registration = {
        client_id: gitlab.state.client_id,
        client_secret: gitlab.state.client_secret,
      }
      options.provider_config = {
        ...before,
        gitlab: { ...registration, instance_url: gitlab.url },
        slack: registration,
        generic_oauth2: registration,
      }
      process.env.META_ACCESS_TOKEN = META_TOKEN
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })
    afterEach(async () => {
      delete process.env.META_ACCESS_TOKEN
      const options = await socialsModule(getContainer()).getOptions()
      options.provider_config = before
      await Promise.all([gitlab.close(), elsewhere.close()])
    })

    const create = (provider: string, body: object = {}) =>
      admin.post("/admin/social-platforms", {
        name: `Our ${provider}`,
        provider,
        ...body,
      })
    const created = async (provider: string, body?: object) => {
      const { status, data } = await create(provider, body)
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_platform.id as string
    }
    /** As an older release, or another writer of the table, may have left it. */
    const plant = (id: string, api_config: object) =>
      sql(
        getContainer(),
        "update social_platform set api_config = coalesce(api_config, '{}') || ?::jsonb where id = ?",
        [JSON.stringify(api_config), id]
      )
    const expectNothingSent = () => expect(elsewhere.requests).toEqual([])

    it.each([
      ["gitlab", "instance_url", "client_secret"],
      ["gitlab", "base_url", "client_secret"],
      ["slack", "base_url", "client_secret"],
      ["generic_oauth2", "token_endpoint", "client_secret"],
      ["generic_oauth2", "issuer", "client_secret"],
      ["meta_system_user", "base_url", "access_token"],
    ])(
      "%s: a platform with a %s of its own needs a %s of its own",
      async (provider, setting, credential) => {
        const address = { [setting]: `${elsewhere.url}/x` }
        const message = `${setting} leads to another address than the store's configuration for`
        const refused = await create(provider, { api_config: address })
        expect([refused.status, refused.data.message]).toEqual([
          400,
          expect.stringContaining(message),
        ])
        expect(refused.data.message).toContain(`own ${credential}`)
        expect(
          await sql(getContainer(), "select id from social_platform")
        ).toEqual([])

        // Nor can it be moved there afterwards.
        const id = await created(provider)
        const moved = await admin.post(`/admin/social-platforms/${id}`, {
          api_config: address,
        })
        expect([moved.status, moved.data.message]).toEqual([
          400,
          expect.stringContaining(message),
        ])

        expectNothingSent()

        // With credentials of its own it may be wherever it likes.
        const own = await create(provider, {
          api_config: { ...address, [credential]: "a-secret-of-its-own" },
        })
        expect([own.status, own.data.message]).toEqual([200, undefined])
        // And it cannot lose them to fall back on the shared ones.
        const erased = await admin.post(
          `/admin/social-platforms/${own.data.social_platform.id}`,
          { api_config: { [credential]: null } }
        )
        expect([erased.status, erased.data.message]).toEqual([
          400,
          expect.stringContaining(message),
        ])
        // Whatever was tested when it was saved, it was tested with its own.
        const sent = JSON.stringify(
          elsewhere.requests.map(({ form, headers }) => [[...form], headers])
        )
        expect(sent).not.toContain(META_TOKEN)
        expect(sent).not.toContain(gitlab.state.client_secret)
      }
    )

    it("takes the column base_url for what it is", async () => {
      const refused = await create("meta_system_user", {
        base_url: elsewhere.url,
      })
      expect([refused.status, refused.data.message]).toEqual([
        400,
        expect.stringContaining("base_url leads to another address"),
      ])
      const id = await created("meta_system_user")
      const moved = await admin.post(`/admin/social-platforms/${id}`, {
        base_url: elsewhere.url,
      })
      expect(moved.status).toBe(400)
      expectNothingSent()
    })

    it("uses them at the address that the operator has configured, also when a platform repeats it", async () => {
      for (const api_config of [{}, { instance_url: `${gitlab.url}/` }]) {
        const id = await created("gitlab", { api_config })
        const { status, data } = await connect(api, admin, "gitlab", id)
        expect([status, data.message]).toEqual([200, undefined])
      }
    })

    it("does not send the client secret elsewhere when a stored platform says so", async () => {
      const id = await created("gitlab")
      await storeConnectionToken(getContainer(), id, {
        access_token: "old-access",
        refresh_token: "old-refresh",
        expires_at: new Date(Date.now() + 1000),
      })
      await plant(id, { instance_url: elsewhere.url })

      const start = await admin.get(`/admin/oauth/gitlab?platform_id=${id}`)
      expect([start.status, start.data.message]).toEqual([
        400,
        expect.stringContaining("instance_url leads to another address"),
      ])
      await expect(
        getAccessToken(getContainer(), id, { forceRefresh: true })
      ).rejects.toMatchObject({
        errorClass: "config_error",
        code: "shared_credential_refused",
      })
      const { data } = await admin.post(
        `/admin/social-platforms/${id}/disconnect`
      )
      expect(data.revoked).toBe(false)
      expectNothingSent()
    })

    it("does not send the environment's token elsewhere when a stored platform says so", async () => {
      const id = await created("meta_system_user")
      await plant(id, { base_url: elsewhere.url })
      const { status, data } = await admin.post(
        "/admin/socials/sync-platform-data",
        { platform_id: id }
      )
      expect([status, data.message]).not.toEqual([200, undefined])
      const shown = await admin.get(`/admin/social-platforms/${id}`)
      expect(shown.data.social_platform.connection).toBe("not_connected")
      expectNothingSent()
    })

    it("does not seed the environment's token into a platform that leads elsewhere", async () => {
      await seedMetaToken({ container: getContainer(), args: [] })
      const [{ id }] = await sql(
        getContainer(),
        "select id from social_platform"
      )
      await plant(id, { base_url: elsewhere.url })
      await expect(
        seedMetaToken({ container: getContainer(), args: [] })
      ).rejects.toThrow(/META_ACCESS_TOKEN was not stored: base_url/)
      expectNothingSent()
    })

    it("asks for stored credentials again when a setting that nobody declares leads them elsewhere", async () => {
      const id = await created("slack", {
        auth_type: "bearer",
        api_config: { access_token: "xoxb-own" },
      })
      const { status, data } = await admin.post(
        `/admin/social-platforms/${id}`,
        { api_config: { base_url: elsewhere.url } }
      )
      expect([status, data.message]).toEqual([
        400,
        expect.stringContaining(
          "base_url decides where the stored credentials are sent."
        ),
      ])
      expectNothingSent()
    })
  },
})
