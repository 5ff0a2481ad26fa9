import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { approveConsent } from "../../sandbox/consent-client"
import {
  type MastodonSimulator,
  startMastodon,
} from "../../sandbox/networks/mastodon/server"
import { countRequests } from "../../sandbox/networks/simulator"
import { socialsModule } from "../../src/credentials/modules"
import { type Admin, createAdmin, sql } from "./support/application"
import { storedPlatform } from "./support/database"
import { eventually } from "./support/eventually"
import { type PictureServer, startPictureServer } from "./support/pictures"
import {
  createPost,
  makeDue,
  publish,
  readPost,
  runPublishing,
} from "./support/posts"
import { withRequestTimeout } from "./support/timeout"

jest.setTimeout(120_000)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let mastodon: MastodonSimulator
    let pictures: PictureServer

    beforeAll(async () => {
      mastodon = await startMastodon(0)
      pictures = await startPictureServer()
    })
    afterAll(async () => {
      await pictures.close()
      await mastodon.close()
    })
    beforeEach(async () => {
      mastodon.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const createPlatform = async (
      api_config: object = { instance_url: mastodon.url },
      body: object = {}
    ): Promise<string> => {
      const { status, data } = await admin.post("/admin/social-platforms", {
        name: "Our Mastodon",
        provider: "mastodon",
        ...body,
        api_config,
      })
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_platform.id
    }
    const begin = (id: string) =>
      admin.get(`/admin/oauth/mastodon?platform_id=${id}`)
    const finish = async (id: string, location: string) => {
      const { searchParams } = new URL(await approveConsent(location))
      return admin.post("/admin/oauth/mastodon/callback", {
        state: searchParams.get("state"),
        code: searchParams.get("code"),
        platform_id: id,
      })
    }
    const connect = async (): Promise<string> => {
      const id = await createPlatform()
      const { data } = await begin(id)
      const { status, data: told } = await finish(id, data.location)
      expect([status, told.message]).toEqual([200, undefined])
      return id
    }
    const accountOf = async (id: string) =>
      (await admin.get(`/admin/social-accounts?platform_id=${id}`)).data
        .social_accounts[0]
    const connectedAccount = async (): Promise<string> =>
      (await accountOf(await connect())).id
    const postWith = async (body: object = {}) =>
      publish(
        admin,
        await createPost(admin, {
          account_ids: [await connectedAccount()],
          ...body,
        })
      )
    const change = (id: string, api_config: object) =>
      admin.post(`/admin/social-platforms/${id}`, { api_config })

    describe("connecting", () => {
      it("takes the address of the instance alone, and registers the application there", async () => {
        const { data } = await admin.get("/admin/social-providers")
        const description = data.social_providers.find(
          ({ identifier }: { identifier: string }) => identifier === "mastodon"
        )
        expect(
          description.setting_fields.map(({ name }: { name: string }) => name)
        ).toEqual(["instance_url"])
        expect(description.redirect_uri).toBeNull()

        const id = await connect()
        const [app] = mastodon.state.apps
        expect(app).toMatchObject({
          name: "Medusa",
          redirect_uris: [
            expect.stringMatching(`/oauth/mastodon/callback/${id}$`),
          ],
        })
        const platform = (await admin.get(`/admin/social-platforms/${id}`)).data
          .social_platform
        expect(platform).toMatchObject({
          status: "active",
          token_expires_at: null,
        })
        const { api_config } = await storedPlatform(getContainer(), id)
        expect(api_config).toMatchObject({ client_id: app.client_id })
        expect(JSON.stringify(api_config)).not.toContain(app.client_secret)
        expect(JSON.stringify(platform)).not.toContain(app.client_secret)
        expect(await accountOf(id)).toMatchObject({
          external_id: "1",
          name: "Ada's shop",
          username: `ada@${new URL(mastodon.url).host}`,
        })
        const tested = await admin.post(`/admin/social-platforms/${id}/verify`)
        expect(tested.data.verification.message).toBe(
          `The credentials belong to Ada's shop (@ada@${new URL(mastodon.url).host}).`
        )
      })

      it("registers once, however often Connect is pressed", async () => {
        const id = await createPlatform()
        const { data } = await begin(id)
        await begin(id)
        expect((await finish(id, data.location)).status).toBe(200)
        await begin(id)
        expect(mastodon.state.apps).toHaveLength(1)
      })

      it("registers anew where the instance may have forgotten an unused registration", async () => {
        const id = await createPlatform()
        await begin(id)
        await sql(
          getContainer(),
          `update social_platform set api_config = api_config || ? where id = ?`,
          [JSON.stringify({ registered_at: "2026-01-01T00:00:00.000Z" }), id]
        )
        mastodon.state.apps = []
        const { data } = await begin(id)
        expect((await finish(id, data.location)).status).toBe(200)
        expect(mastodon.state.apps).toHaveLength(1)
      })

      it("takes a registration to no other instance", async () => {
        const other = await startMastodon(0)
        const id = await createPlatform()
        await begin(id)
        expect((await change(id, { instance_url: other.url })).status).toBe(200)
        const { api_config } = await storedPlatform(getContainer(), id)
        expect(Object.keys(api_config)).toEqual(["instance_url"])
        const { data } = await begin(id)
        expect(data.location).toContain(other.url)
        expect((await finish(id, data.location)).status).toBe(200)

        const refused = await change(id, { instance_url: mastodon.url })
        expect([refused.status, refused.data.message]).toEqual([
          400,
          expect.stringContaining("Disconnect first"),
        ])
        await other.close()
      })

      it("keeps to a registration that a person has entered", async () => {
        const app = await fetch(`${mastodon.url}/api/v1/apps`, {
          method: "POST",
          body: new URLSearchParams({
            client_name: "Our own",
            redirect_uris: "https://shop.example.com/callback",
            scopes: "read write",
          }),
        }).then((response) => response.json())
        const id = await createPlatform()
        await begin(id)
        const registered = mastodon.state.apps.length
        const { status } = await change(id, {
          client_id: app.client_id,
          client_secret: app.client_secret,
        })
        expect(status).toBe(200)
        const { data } = await begin(id)
        expect(new URL(data.location).searchParams.get("client_id")).toBe(
          app.client_id
        )
        expect(mastodon.state.apps).toHaveLength(registered)
        const { api_config } = await storedPlatform(getContainer(), id)
        expect(Object.keys(api_config).sort()).toEqual([
          "client_id",
          "client_secret_encrypted",
          "instance_url",
        ])
      })

      it("stores nothing when the instance does not register the application", async () => {
        const id = await createPlatform()
        mastodon.fault({
          path: /apps/,
          kind: "reply",
          reply: {
            status: 404,
            headers: { "content-type": "text/html" },
            body: "<html>Not Mastodon</html>",
          },
        })
        const { status, data } = await begin(id)
        expect([status, data.message]).toEqual([
          400,
          `${new URL(mastodon.url).host} does not register applications as Mastodon does. Check the address of the instance.`,
        ])
        const { api_config } = await storedPlatform(getContainer(), id)
        expect(Object.keys(api_config)).toEqual(["instance_url"])
      })

      it("ends the token at the instance when it is disconnected", async () => {
        const id = await connect()
        expect(mastodon.state.tokens.size).toBe(1)
        await admin.post(`/admin/social-platforms/${id}/disconnect`)
        expect(mastodon.state.tokens.size).toBe(0)
      })

      it("takes an access token from the account's preferences instead", async () => {
        const id = await createPlatform(
          {
            instance_url: mastodon.url,
            access_token: mastodon.makeToken(),
          },
          { auth_type: "bearer" }
        )
        const { status } = await admin.post(
          "/admin/socials/sync-platform-data",
          { platform_id: id }
        )
        expect(status).toBe(200)
        expect(await accountOf(id)).toMatchObject({ external_id: "1" })
        expect(mastodon.state.apps).toEqual([])
      })
    })

    describe("publishing", () => {
      it("knows the limits of the instance", async () => {
        mastodon.state.configuration.statuses.max_characters = 30
        const { data } = await admin.post("/admin/social-posts", {
          caption: "Much too long for this small instance",
          account_ids: [await connectedAccount()],
        })
        expect(data.message).toMatch(/30/)
      })

      it("sends pictures with their descriptions, a link and the chosen settings", async () => {
        const account_id = await connectedAccount()
        const { publications } = await publish(
          admin,
          await createPost(admin, {
            account_ids: [],
            publications: [
              {
                account_id,
                settings: {
                  visibility: "unlisted",
                  spoiler_text: "Autumn",
                  sensitive: true,
                  language: "de",
                },
              },
            ],
            caption: "Neu im Laden",
            link: "https://shop.example.com/scarf",
            media: [{ url: pictures.url, alt_text: "A red scarf" }],
          })
        )
        const [post] = mastodon.posts()
        expect(publications[0]).toMatchObject({
          state: "published",
          external_id: post.id,
          external_url: `${mastodon.url}/@ada/${post.id}`,
        })
        expect(post).toMatchObject({
          text: "Neu im Laden\n\nhttps://shop.example.com/scarf",
          visibility: "unlisted",
          spoiler_text: "Autumn",
          sensitive: true,
          language: "de",
          media: [{ content_type: "image/png", description: "A red scarf" }],
        })
      })

      it("says what language a post is in: its own, the account's own of it, or the store's", async () => {
        const account_id = await connectedAccount()
        const options = await socialsModule(getContainer()).getOptions()
        options.publishing.language = "fr"
        const languageOf = async (body: object) => {
          const id = await createPost(admin, {
            account_ids: [account_id],
            ...body,
          })
          expect((await publish(admin, id)).status).toBe("published")
          return mastodon.state.statuses.at(-1)?.language
        }
        try {
          expect(await languageOf({ caption: "Bonjour" })).toBe("fr")
          expect(
            await languageOf({ caption: "Servus", language: "de-AT" })
          ).toBe("de")
          expect(
            await languageOf({
              ...{ caption: "Buongiorno", language: "de" },
              publications: [{ account_id, variant: { language: "it" } }],
            })
          ).toBe("it")
        } finally {
          options.publishing.language = null
        }
        const refused = await admin.post("/admin/social-posts", {
          ...{ caption: "Hello", account_ids: [account_id] },
          language: "not a language",
        })
        expect([refused.status, refused.data.message]).toEqual([
          400,
          expect.stringContaining(
            "language must be a language tag (BCP 47), for example en or de-AT"
          ),
        ])
      })

      it("publishes a thread, each entry as a reply to the one before it", async () => {
        const post = await postWith({
          caption: "First",
          parts: [{ text: "Second" }, { text: "Third" }],
        })
        expect(post.status).toBe("published")
        const [first, second, third] = mastodon.posts()
        expect([second.in_reply_to_id, third.in_reply_to_id]).toEqual([
          first.id,
          second.id,
        ])
      })

      it("publishes once when the instance's answer gets lost", async () => {
        mastodon.fault({
          method: "POST",
          path: /statuses$/,
          kind: "drop_reply",
        })
        const { publications } = await postWith()
        expect(publications[0].state).toBe("published")
        expect(mastodon.posts()).toHaveLength(1)
        expect(publications[0].external_id).toBe(mastodon.posts()[0].id)
      })

      it("sends again with the same key what the instance never got", async () => {
        mastodon.fault({
          method: "POST",
          path: /statuses$/,
          kind: "drop_request",
        })
        const { id, publications } = await postWith()
        expect(publications[0]).toMatchObject({ state: "unknown" })
        await sql(
          getContainer(),
          "update social_publication set armed_at = armed_at - interval '5 minutes' where post_id = ?",
          [id]
        )
        for (const state of ["pending", "published"]) {
          await makeDue(getContainer(), id)
          await runPublishing(getContainer())
          expect((await readPost(admin, id)).publications[0].state).toBe(state)
        }
        expect(mastodon.posts()).toHaveLength(1)
        expect(countRequests(mastodon, "POST", /statuses$/)).toBe(2)
      })

      it("sends nothing again while a slow instance may still be at it", async () => {
        mastodon.state.storing_ms = 2_500
        const { id, publications } = await withRequestTimeout(
          getContainer(),
          500,
          () => postWith()
        )
        expect(publications[0].last_error).toMatchObject({ code: "timeout" })
        // However soon somebody asks for it.
        await makeDue(getContainer(), id)
        await runPublishing(getContainer())
        await eventually(async () =>
          expect(mastodon.posts().length).toBeGreaterThan(0)
        )
        await makeDue(getContainer(), id)
        await runPublishing(getContainer())
        expect((await readPost(admin, id)).publications[0]).toMatchObject({
          state: "published",
          external_id: mastodon.posts()[0].id,
        })
        expect(mastodon.posts()).toHaveLength(1)
        expect(countRequests(mastodon, "POST", /statuses$/)).toBe(1)
      })

      it("tells what the instance refuses, in its words and with what to do", async () => {
        mastodon.fault({
          path: /statuses$/,
          method: "POST",
          kind: "reply",
          reply: {
            status: 422,
            headers: { "content-type": "application/json" },
            body: JSON.stringify({
              error: "Validation failed: Text character limit of 500 exceeded",
            }),
          },
        })
        const { publications } = await postWith()
        expect(publications[0]).toMatchObject({
          state: "failed",
          last_error: {
            class: "content_rejected",
            message:
              "Mastodon answered 422 (http_422): Validation failed: Text character limit of 500 exceeded. Shorten the text or the content warning.",
          },
        })
      })

      it("waits until the instance takes files again", async () => {
        const end = new Date(Date.now() + 20 * 60_000)
        mastodon.fault({
          path: /v2\/media$/,
          kind: "reply",
          reply: {
            status: 429,
            headers: {
              "content-type": "application/json",
              "x-ratelimit-reset": end.toISOString(),
            },
            body: JSON.stringify({ error: "Too many requests" }),
          },
        })
        const { publications } = await postWith({
          media: [{ url: pictures.url }],
        })
        expect(publications[0]).toMatchObject({
          state: "pending",
          last_error: { class: "rate_limited" },
          next_attempt_at: end.toISOString(),
        })
      })
    })

    it("removes a post at the instance", async () => {
      const { id, publications } = await postWith()
      expect(mastodon.posts()).toHaveLength(1)
      const { status } = await admin.post(
        `/admin/social-posts/${id}/publications/${publications[0].id}/remove`
      )
      expect(status).toBe(200)
      expect(mastodon.posts()).toEqual([])
    })
  },
})
