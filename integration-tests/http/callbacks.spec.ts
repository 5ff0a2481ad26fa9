import { Modules } from "@medusajs/framework/utils"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  eventsOf,
  signedRequest,
  signEvents,
  tellFeed,
} from "../../sandbox/networks/meta/callbacks"
import {
  type MetaSimulator,
  startMeta,
} from "../../sandbox/networks/meta/server"
import { INSTAGRAM, PAGE, PROFILE } from "../../sandbox/networks/meta/state"
import { socialsModule } from "../../src/credentials/modules"
import handleCallbacks from "../../src/jobs/handle-callbacks"
import { type Admin, createAdmin, sql } from "./support/application"
import { dumpDatabase, storedPlatform } from "./support/database"
import {
  asForm,
  callbacksDone,
  callbacksOf,
  connectWithCallbacks,
  pressAtMeta,
  forgeriesOf,
  sendCallback,
} from "./support/callbacks"
import { eventually } from "./support/eventually"
import {
  connectMeta,
  consentAtMeta,
  createMetaPlatform,
  META_HOSTS,
} from "./support/meta"
import {
  createPost,
  letTimeCome,
  publish,
  readPost,
  runPublishing,
} from "./support/posts"

jest.setTimeout(120_000)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let meta: MetaSimulator
    let backendUrl: string | null

    beforeAll(async () => {
      meta = await startMeta(0)
      const options = await socialsModule(getContainer()).getOptions()
      backendUrl = options.backend_url
      options.backend_url = String(api.defaults.baseURL)
    })
    afterAll(async () => {
      const options = await socialsModule(getContainer()).getOptions()
      options.backend_url = backendUrl
      await meta.close()
    })
    beforeEach(async () => {
      meta.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const platformOf = async (id: string) =>
      (await admin.get(`/admin/social-platforms/${id}`)).data.social_platform
    const addressOf = async (id: string, called: string): Promise<string> =>
      (await callbacksOf(admin, id)).find(({ name }) => name === called)!.url
    const connect = (provider: string) =>
      connectWithCallbacks(admin, meta, provider)
    const atMeta = (path: string, fields?: Record<string, string>) =>
      pressAtMeta(meta, path, fields)
    const eventsOfPlatform = async (id: string): Promise<string[]> =>
      (await admin.get(`/admin/social-platforms/${id}/events`)).data.events.map(
        ({ type }: { type: string }) => type
      )
    const accountOf = async (platform: string) =>
      (await admin.get(`/admin/social-accounts?platform_id=${platform}`)).data
        .social_accounts[0]
    const publishOn = async (platform: string, body: object = {}) => {
      const { id } = await accountOf(platform)
      return publish(
        admin,
        await createPost(admin, { account_ids: [id], ...body })
      )
    }
    const done = () => callbacksDone(getContainer())

    it("shows the addresses to enter at Meta, and responds to its question with the right token alone", async () => {
      const id = await connectMeta(admin, meta, "facebook")
      const { callbacks } = await platformOf(id)
      const app = meta.state.apps.facebook.id
      expect(callbacks).toEqual([
        {
          name: "events",
          label: "Webhooks: callback URL",
          url: `${api.defaults.baseURL}/social-callbacks/facebook/${app}/events`,
          verify_token: expect.stringMatching(/^[\w-]{43}$/),
        },
        expect.objectContaining({
          name: "deauthorization",
          verify_token: null,
        }),
        expect.objectContaining({ name: "data-deletion", verify_token: null }),
      ])
      const { url, verify_token } = callbacks[0]
      const refused = await atMeta("/callbacks/facebook", {
        name: "events",
        url,
        verify_token: "another",
      })
      expect(refused.status).toBe(400)
      const saved = await atMeta("/callbacks/facebook", {
        name: "events",
        url,
        verify_token,
      })
      expect(saved.status).toBe(303)
      const threads = url.replace("/facebook/", "/threads/")
      const elsewhere = await fetch(
        `${threads}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=${verify_token}`
      )
      expect(elsewhere.status).toBe(403)
    })

    it("marks every platform of a person who has removed the app, and says why", async () => {
      const page = await connect("facebook")
      const profile = await connect("instagram")
      const { id: account } = await accountOf(page)
      const scheduled = await createPost(admin, {
        account_ids: [account],
        scheduled_at: new Date(Date.now() + 3_600_000).toISOString(),
      })
      await atMeta("/apps/facebook/remove")
      expect(meta.state.sent).toMatchObject([{ status: 200, body: "{}" }])
      await done()
      for (const id of [page, profile]) {
        expect(await platformOf(id)).toMatchObject({
          connection: "reauthorization_required",
          last_error: {
            class: "token_invalid",
            code: "access_withdrawn",
            message: expect.stringContaining(
              "The person who connected it has removed the app at"
            ),
          },
        })
      }
      const before = meta.requests.length
      await letTimeCome(getContainer(), scheduled)
      await runPublishing(getContainer())
      const { publications } = await readPost(admin, scheduled)
      expect(publications[0]).toMatchObject({
        state: "failed",
        last_error: { message: expect.stringContaining("Connect it again") },
      })
      expect(meta.requests).toHaveLength(before)
    })

    it.each(["threads", "instagram_login"])(
      "marks the platform of somebody who has removed the app at %s",
      async (provider) => {
        const id = await connect(provider)
        await atMeta(`/apps/${META_HOSTS[provider]}/remove`)
        await done()
        expect((await platformOf(id)).connection).toBe(
          "reauthorization_required"
        )
      }
    )

    it("asks the service where nobody is known by the name that it uses", async () => {
      const id = await connect("facebook")
      await sql(
        getContainer(),
        "update social_platform set profile = null where id = ?",
        [id]
      )
      await atMeta("/apps/facebook/remove")
      await done()
      expect(await platformOf(id)).toMatchObject({
        connection: "reauthorization_required",
        last_error: { code: "190/460" },
      })
    })

    it("works on a callback once, and not on a repetition after a new connection", async () => {
      const id = await connect("threads")
      const url = await addressOf(id, "deauthorization")
      const request = asForm(signedRequest(meta.state, "threads"))
      const sent = [
        await sendCallback(url, request),
        await sendCallback(url, request),
      ]
      expect(sent.map(({ status }) => status)).toEqual([200, 200])
      await done()
      const lost = (await eventsOfPlatform(id)).filter(
        (type) => type === "invalidated"
      )
      expect(lost).toHaveLength(1)

      await consentAtMeta(admin, "threads", id)
      expect((await sendCallback(url, request)).status).toBe(200)
      await done()
      expect((await platformOf(id)).connection).toBe("connected")
    })

    it("leaves alone what was connected after the person had removed the app", async () => {
      const id = await connect("threads")
      const url = await addressOf(id, "deauthorization")
      const before = Math.floor(Date.now() / 1000) - 60
      const late = asForm(signedRequest(meta.state, "threads", before))
      expect((await sendCallback(url, late)).status).toBe(200)
      await done()
      expect((await platformOf(id)).connection).toBe("connected")
    })

    it("refuses what was not signed by the application, whatever is wrong with it", async () => {
      const id = await connect("facebook")
      const post = await publishOn(id)
      const url = await addressOf(id, "events")
      const removed = eventsOf("facebook", "feed", {
        item: "status",
        verb: "remove",
        post_id: post.publications[0].external_id,
      })
      const wrong = forgeriesOf(meta, url, removed)
      const responses = []
      for (const [address, init] of wrong) {
        responses.push(await sendCallback(address, init))
      }
      expect(responses).toEqual(
        wrong.map(() => ({
          status: 403,
          body: "This was not signed by an application that is known here.",
        }))
      )
      expect(
        await sql(getContainer(), "select id from social_callback")
      ).toEqual([])
      const { publications } = await readPost(admin, post.id)
      expect(publications[0].removed_by_network).toBeNull()
    })

    it("takes no body of more than a megabyte", async () => {
      const id = await connect("facebook")
      const url = await addressOf(id, "events")
      const { status } = await sendCallback(
        url,
        signEvents(meta.state, "facebook", { filler: "x".repeat(1_100_000) })
      )
      expect(status).toBe(413)
    })

    it("lets nobody speak for a platform who knows its client ID alone", async () => {
      const id = await connect("threads")
      await createMetaPlatform(admin, meta, "threads", {
        client_secret: "a-secret-of-somebody-else",
      })
      const url = await addressOf(id, "deauthorization")
      const { apps } = meta.state
      apps.threads.secret = "a-secret-of-somebody-else"
      const { status } = await sendCallback(
        url,
        asForm(signedRequest(meta.state, "threads"))
      )
      expect(status).toBe(200)
      await done()
      expect((await platformOf(id)).connection).toBe("connected")
    })

    it.each([
      ["threads", PROFILE.id],
      ["instagram_login", INSTAGRAM.id_for_app],
    ])(
      "deletes what is kept of a person at %s who asks for it, and tells at an address that it is done",
      async (provider, person) => {
        const id = await connect(provider)
        await atMeta(`/apps/${META_HOSTS[provider]}/delete-data`)
        const [{ body }] = meta.state.sent
        const { url, confirmation_code } = JSON.parse(body)
        expect(url).toContain(confirmation_code)
        await done()
        expect(await (await fetch(url)).text()).toMatch(
          /^Done: what you asked for on \d{4}-\d\d-\d\d was carried out/
        )
        expect(await platformOf(id)).toMatchObject({
          connection: "not_connected",
          profile: null,
        })
        expect(await accountOf(id)).toMatchObject({
          name: "Deleted account",
          username: null,
          is_available: false,
        })
        const { api_config } = await storedPlatform(getContainer(), id)
        expect(api_config).not.toHaveProperty("access_token_encrypted")
        const kept = await dumpDatabase(getContainer())
        expect(kept).not.toContain(`"${person}"`)
        expect(kept).not.toContain(PROFILE.username)
        expect((await fetch(`${url}0`)).status).toBe(404)
      }
    )

    it("shows on the post what was deleted on the page, hidden there, and shown again", async () => {
      const id = await connect("facebook")
      const post = await publishOn(id, { parts: [{ text: "Which colour?" }] })
      const [publication] = post.publications
      const heard: unknown[] = []
      const bus = getContainer().resolve(Modules.EVENT_BUS)
      const name = "social_publication.removed_by_network"
      const listener = async ({ data }: { data: unknown }) =>
        void heard.push(data)
      const listening = { subscriberId: "test-callbacks" }
      bus.subscribe(name, listener, listening)
      const removal = async () =>
        (await readPost(admin, post.id)).publications[0].removed_by_network
      const tell = async (verb: string) => {
        await tellFeed(meta.state, {
          item: "status",
          verb,
          post_id: publication.external_id,
        })
        await done()
      }
      await tell("hide")
      expect(await removal()).toMatchObject({
        part: 0,
        reason: "It was hidden on the page.",
      })
      await tell("unhide")
      expect(await removal()).toBeNull()
      await tell("edited")
      expect(await removal()).toBeNull()

      await atMeta(`/posts/${publication.parts?.[1].external_id}/delete`)
      await done()
      expect(await removal()).toMatchObject({
        part: 1,
        reason: "It was deleted on the page.",
      })
      await eventually(async () => {
        expect(heard).toEqual([
          { id: publication.id, post_id: post.id },
          { id: publication.id, post_id: post.id },
        ])
      })
      bus.unsubscribe(name, listener, listening)
    })

    it("takes what concerns no post of the store's", async () => {
      const id = await connect("instagram")
      const url = await addressOf(id, "events")
      const told = [
        eventsOf("instagram", "comments", { id: "1", text: "Nice — ça va?" }),
        eventsOf("facebook", "feed", {
          item: "status",
          verb: "remove",
          post_id: `${PAGE.id}_1`,
        }),
        { object: "page", entry: "nonsense" },
      ]
      for (const value of told) {
        const sent = await sendCallback(
          url,
          signEvents(meta.state, "facebook", value)
        )
        expect(sent.status).toBe(200)
      }
      await done()
    })

    it("works later on what nobody could be told of, and keeps nothing of it then", async () => {
      const id = await connect("threads")
      const bus = getContainer().resolve(Modules.EVENT_BUS)
      const emit = jest
        .spyOn(Object.getPrototypeOf(bus), "emit")
        .mockRejectedValue(new Error("Redis is down"))
      const url = await addressOf(id, "deauthorization")
      const { status } = await sendCallback(
        url,
        asForm(signedRequest(meta.state, "threads"))
      )
      emit.mockRestore()
      expect(status).toBe(200)
      expect((await platformOf(id)).connection).toBe("connected")

      await handleCallbacks(getContainer())
      expect((await platformOf(id)).connection).toBe("reauthorization_required")
      expect(
        await sql(
          getContainer(),
          "select events, platform_ids, attempts from social_callback"
        )
      ).toEqual([{ events: null, platform_ids: null, attempts: 1 }])
    })
  },
})
