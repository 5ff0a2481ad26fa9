import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { createSocialPostWorkflow } from "../../src/workflows/posts/workflows/create-social-post"
import { updateSocialPostWorkflow } from "../../src/workflows/posts/workflows/update-social-post"
import {
  accountOf,
  type Admin,
  connectSandbox,
  createAdmin,
  sql,
} from "./support/application"
import { connectNoticeboard, registerNoticeboard } from "./support/noticeboard"
import { type PictureServer, startPictureServer } from "./support/pictures"
import {
  createPost,
  moveFile,
  letTimeCome,
  type Post,
  publish,
  readPost,
  retry,
  runPublishing,
  settled,
} from "./support/posts"
import { sandbox } from "./support/sandbox"

jest.setTimeout(120_000)

registerNoticeboard()

const inOneHour = () => new Date(Date.now() + 3_600_000).toISOString()

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let main: string
    let outlet: string
    let board: string
    let pictures: PictureServer

    // Made once: the database goes back to this state before each test, and no
    // test here touches the connection.
    beforeAll(async () => {
      pictures = await startPictureServer()
      await sandbox.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      const platformId = await connectSandbox(admin)
      main = await accountOf(admin, platformId)
      outlet = await accountOf(admin, platformId, "page_outlet")
      board = await accountOf(admin, await connectNoticeboard(admin))
    })
    afterAll(() => pictures.close())

    /** How often a text was published at the network. */
    const countPublished = async (text: string): Promise<number> =>
      (await sandbox.posts()).filter((post) => post.text === text).length

    const counts = async () => {
      const [row] = await sql(
        getContainer(),
        `select (select count(*)::int from social_post) as posts,
                (select count(*)::int from social_publication) as publications`
      )
      return row
    }

    const createProduct = async (title: string): Promise<string> => {
      const { data } = await admin.post("/admin/products", {
        title,
        options: [{ title: "Size", values: ["M"] }],
      })
      return data.product.id
    }

    describe("writing a post", () => {
      it("stores a draft with one publication for each account", async () => {
        const { status, data } = await admin.post("/admin/social-posts", {
          caption: "New in: scarves",
          link: "https://shop.example.com/scarves",
          media: [{ url: pictures.url, alt_text: "A red scarf" }],
          account_ids: [main, outlet, main],
        })

        expect(status).toBe(200)
        expect(data.social_post).toMatchObject({
          caption: "New in: scarves",
          link: "https://shop.example.com/scarves",
          media: [{ url: pictures.url, alt_text: "A red scarf" }],
          status: "draft",
          scheduled_at: null,
          published_at: null,
          created_by: admin.id,
          products: [],
        })
        expect(
          data.social_post.publications.map(
            ({ account_id, state }: { account_id: string; state: string }) => ({
              account_id,
              state,
            })
          )
        ).toEqual(
          expect.arrayContaining([
            { account_id: main, state: "pending" },
            { account_id: outlet, state: "pending" },
          ])
        )
        expect(await counts()).toEqual({ posts: 1, publications: 2 })
        expect(await countPublished("New in: scarves")).toBe(0)
      })

      it("keeps a post with a time as scheduled", async () => {
        const scheduled_at = inOneHour()
        const { data } = await admin.post("/admin/social-posts", {
          caption: "Tomorrow",
          account_ids: [main],
          scheduled_at,
        })
        expect(data.social_post).toMatchObject({
          status: "scheduled",
          scheduled_at,
        })
      })

      it.each([
        [
          "a time in the past",
          { scheduled_at: "2020-01-01T00:00:00Z" },
          "scheduled_at must lie in the future. Leave it out to keep a draft.",
        ],
        [
          "a day without a time",
          { scheduled_at: "2050-01-31" },
          "scheduled_at must be a time in ISO 8601 with its zone",
        ],
        [
          "a time without its zone",
          { scheduled_at: "2050-01-31T09:00:00" },
          "scheduled_at must be a time in ISO 8601 with its zone",
        ],
        [
          "an empty time",
          { scheduled_at: "" },
          "scheduled_at must be a time in ISO 8601 with its zone",
        ],
        [
          "no account",
          { account_ids: [] },
          "account_ids must name at least one account to publish to.",
        ],
        [
          "an unknown account",
          { account_ids: ["sacc_nowhere"] },
          "There is no account with the id sacc_nowhere.",
        ],
        [
          "an unknown product",
          { product_ids: ["prod_nowhere"] },
          "There is no product with the id prod_nowhere.",
        ],
        [
          "neither text nor image",
          { caption: "  " },
          "The post for Ada's Shop (Ada's sandbox), Feed has neither text nor media. Write something or add a file.",
        ],
        [
          "a link that is no address",
          { link: "javascript:alert(1)" },
          "link must be an address that starts with https://",
        ],
        [
          "an image on the server's own disk",
          { media: [{ url: "file:///etc/passwd" }] },
          "media.0.url must be an address that starts with https://",
        ],
        [
          "a time that is no time",
          { scheduled_at: "tomorrow" },
          "scheduled_at must be a time in ISO 8601 with its zone",
        ],
        ["an unknown field", { status: "published" }, "status"],
        [
          "too many images",
          { media: Array(5).fill({ url: "https://cdn.example.com/a.png" }) },
          "Ada's Shop (Ada's sandbox), Feed takes up to 4 images, or 1 GIF, or 1 video; this has 5 images.",
        ],
      ])(
        "refuses %s, says what is wrong and stores nothing",
        async (_, change, message) => {
          const { status, data } = await admin.post("/admin/social-posts", {
            caption: "New in",
            account_ids: [main],
            ...change,
          })

          expect(status).toBe(400)
          expect(data.type).toBe("invalid_data")
          expect(data.message).toContain(message)
          expect(await counts()).toEqual({ posts: 0, publications: 0 })
        }
      )

      it("names the one account, of several, that the text is too long for", async () => {
        const { status, data } = await admin.post("/admin/social-posts", {
          caption: "👩‍👩‍👧".repeat(120),
          account_ids: [main, board],
        })

        expect(status).toBe(400)
        expect(data.message).toBe(
          "The post does not fit. The text is 120 characters; Ada's Shop board (The noticeboard), Board takes up to 100."
        )
        expect(await counts()).toEqual({ posts: 0, publications: 0 })
      })

      it("names every account and everything that does not fit it", async () => {
        const { data } = await admin.post("/admin/social-posts", {
          caption: "x".repeat(501),
          link: "https://shop.example.com",
          media: [{ url: pictures.url }],
          account_ids: [main, board],
        })

        expect(data.message).toContain(
          "The text is 501 characters; Ada's Shop (Ada's sandbox), Feed takes up to 500."
        )
        expect(data.message).toContain(
          "The text is 501 characters; Ada's Shop board (The noticeboard), Board takes up to 100."
        )
        expect(data.message).toContain(
          "Ada's Shop board (The noticeboard), Board takes no media; this has 1 image."
        )
        // What only goes out otherwise than meant is no reason to refuse it.
        expect(data.message).not.toContain("link")
      })
    })

    describe("what differs on one account", () => {
      const write = (publications: object[], body: object = {}) =>
        admin.post("/admin/social-posts", {
          caption: "New in: scarves",
          publications,
          ...body,
        })

      it("is stored with its publication: placement, settings, text, link and images", async () => {
        const variant = {
          caption: "Scarves!",
          link: null,
          media: [],
          parts: [{ text: "More tomorrow", delay_seconds: 60 }],
        }
        const { status, data } = await write(
          [
            {
              account_id: board,
              placement: "door",
              settings: { size: "small", pinned: true },
              variant: { caption: "Scarves" },
            },
            { account_id: main, variant },
          ],
          { account_ids: [main, outlet], link: "https://shop.example.com" }
        )

        expect(status).toBe(200)
        const byAccount = Object.fromEntries(
          data.social_post.publications.map(
            (publication: { account_id: string }) => [
              publication.account_id,
              publication,
            ]
          )
        )
        expect(Object.keys(byAccount)).toHaveLength(3)
        expect(byAccount[board]).toMatchObject({
          placement: "door",
          settings: { size: "small", pinned: true },
          variant: { caption: "Scarves" },
        })
        expect(byAccount[main]).toMatchObject({
          placement: "feed",
          settings: null,
          variant,
        })
        expect(byAccount[outlet]).toMatchObject({
          settings: null,
          variant: null,
        })
      })

      it("goes out on that account alone", async () => {
        const { data } = await write([
          { account_id: main, variant: { caption: "Only here" } },
          { account_id: outlet },
        ])
        await publish(admin, data.social_post.id)
        expect(await countPublished("Only here")).toBe(1)
        expect(await countPublished("New in: scarves")).toBe(1)
      })

      it("decides by which rules the account judges", async () => {
        const caption = "x".repeat(60)
        const choose = (choice: object) =>
          write([{ account_id: board, ...choice }], { caption })

        expect((await choose({})).status).toBe(200)
        const small = await choose({ settings: { size: "small" } })
        expect(small.data.message).toContain("takes up to 50.")
        const door = await choose({ placement: "door" })
        expect(door.data.message).toContain(
          "Ada's Shop board (The noticeboard), Front door takes up to 40."
        )
        const short = await choose({
          placement: "door",
          variant: { caption: "Short" },
        })
        expect(short.status).toBe(200)
      })

      it.each([
        [
          "a setting that is none of the choices",
          { settings: { size: "huge" } },
          `The settings for Ada's Shop board (The noticeboard), Board do not fit. "Size" must be one of: small, large.`,
        ],
        [
          "a setting of the wrong kind",
          { settings: { pinned: "yes" } },
          '"Pin it to the top" (pinned): Invalid input: expected boolean, received string.',
        ],
        [
          "a setting that there is not",
          { settings: { colour: "red" } },
          "There is no colour. Use: size, pinned, topic.",
        ],
        [
          "a placement that there is not",
          { placement: "roof" },
          "Ada's Shop board (The noticeboard) has no placement roof. Use: board, door.",
        ],
        [
          "a member of a publication that there is not",
          { state: "published" },
          "state",
        ],
      ])("refuses %s and stores nothing", async (_, choice, message) => {
        const { status, data } = await write([{ account_id: board, ...choice }])
        expect(status).toBe(400)
        expect(data.message).toContain(message)
        expect(await counts()).toEqual({ posts: 0, publications: 0 })
      })

      it("refuses settings that an account does not have, and an account named twice", async () => {
        const none = await write([{ account_id: main, settings: { a: 1 } }])
        expect(none.data.message).toContain(
          "There is no a. Use: visibility, board, content_warning, draft."
        )
        const twice = await write([{ account_id: main }, { account_id: main }])
        expect(twice.data.message).toBe(
          "publications names Ada's Shop (Ada's sandbox), Feed twice."
        )
      })

      it("stays when other things of the post change, and goes when it is said", async () => {
        const { data } = await write([
          {
            account_id: board,
            settings: { size: "small" },
            variant: { caption: "Kept" },
          },
          { account_id: main },
        ])
        const change = async (body: object) => {
          const response = await admin.post(
            `/admin/social-posts/${data.social_post.id}`,
            body
          )
          expect(response.status).toBe(200)
          return response.data.social_post.publications.find(
            ({ account_id }: { account_id: string }) => account_id === board
          )
        }

        const kept = {
          settings: { size: "small" },
          variant: { caption: "Kept" },
        }
        expect(await change({ caption: "Other" })).toMatchObject(kept)
        expect(await change({ account_ids: [board] })).toMatchObject(kept)
        expect(
          await change({ publications: [{ account_id: board, variant: null }] })
        ).toMatchObject({ settings: { size: "small" }, variant: null })
      })
    })

    describe("what an account takes", () => {
      const read = async (query = "", account = board) =>
        admin.get(`/admin/social-accounts/${account}/publishing${query}`)

      it("is told with its settings, placements, look-ups, facts and quota", async () => {
        const { status, data } = await read()
        expect(status).toBe(200)
        expect(data).toMatchObject({
          limits: { text: [{ max: 100 }] },
          settings_schema: {
            type: "object",
            properties: {
              size: { enum: ["small", "large"], default: "large" },
              topic: { title: "Topic", "x-lookup": "topics" },
            },
          },
          placements: [{ value: "board" }, { value: "door" }],
          lookups: [{ name: "topics", label: "Topics", search: true }],
          facts: { keeper: "Ada's Shop" },
          default_settings: null,
          quota: [{ label: "notices a day", count: 3, used: 0 }],
        })
        expect(Date.parse(data.facts_at)).toBeGreaterThan(
          Date.now() - 3_600_000
        )
      })

      it("follows the placement and the settings that are asked about", async () => {
        const max = async (query: string) =>
          (await read(query)).data.limits.text[0].max
        const small = encodeURIComponent('{"size":"small"}')
        expect(await max(`?settings=${small}`)).toBe(50)
        expect(await max("?placement=door")).toBe(40)
      })

      it.each([
        ["?placement=roof", 400, "has no placement roof"],
        ["?settings=small", 400, "settings must be a JSON object"],
        ["?colour=red", 400, "colour"],
      ])("refuses %s", async (query, status, message) => {
        const response = await read(query)
        expect(response.status).toBe(status)
        expect(response.data.message).toContain(message)
      })

      it("answers 404 for an account that there is not", async () => {
        expect((await read("", "sacc_nowhere")).status).toBe(404)
      })

      it("asks for the account's facts again once they are a day old, and by a sync", async () => {
        const age = (interval: string) =>
          sql(
            getContainer(),
            `update social_account set facts = '{"old": true}', facts_at = now() - ?::interval where id = ?`,
            [interval, board]
          )
        await age("23 hours")
        expect((await read()).data.facts).toEqual({ old: true })
        await age("25 hours")
        expect((await read()).data.facts).toEqual({ keeper: "Ada's Shop" })

        await age("1 hour")
        const { data } = await admin.get(`/admin/social-accounts/${board}`)
        await admin.post("/admin/socials/sync-platform-data", {
          platform_id: data.social_account.platform_id,
        })
        expect((await read()).data.facts).toEqual({ keeper: "Ada's Shop" })
      })

      it("does not ask each time for what the service does not tell", async () => {
        await sql(
          getContainer(),
          "update social_account set facts = null, facts_at = null where id = ?",
          [main]
        )
        await sandbox.fault({ target: "account", kind: "error", times: 5 })
        const asked = () =>
          sandbox.countRequests("GET", "/api/accounts/page_main")
        const before = await asked()
        for (let time = 0; time < 3; time++) {
          expect((await read("", main)).status).toBe(200)
        }
        expect((await asked()) - before).toBe(1)
      })

      it("keeps an account's settings for its new posts", async () => {
        const { status, data } = await admin.post(
          `/admin/social-accounts/${board}`,
          { default_settings: { size: "small" } }
        )
        expect(status).toBe(200)
        expect(data.social_account.default_settings).toEqual({ size: "small" })
        expect((await read()).data.limits.text[0].max).toBe(50)

        const refused = await admin.post("/admin/social-posts", {
          caption: "x".repeat(60),
          account_ids: [board],
        })
        expect(refused.data.message).toContain("takes up to 50.")
        await admin.post(`/admin/social-accounts/${board}`, {
          default_settings: { pinned: true },
        })
        expect((await read()).data.default_settings).toEqual({ pinned: true })
      })

      it("refuses settings that no post could have", async () => {
        const { status, data } = await admin.post(
          `/admin/social-accounts/${board}`,
          { default_settings: { size: "huge" } }
        )
        expect(status).toBe(400)
        expect(data.message).toBe(
          `The settings for Ada's Shop board do not fit. "Size" must be one of: small, large.`
        )
        expect((await read()).data.default_settings).toBeNull()
      })

      it("offers what its service has to choose from, and asks once in a while", async () => {
        const look = (q: string, name = "topics") =>
          admin.get(`/admin/social-accounts/${board}/lookups/${name}?q=${q}`)
        const { status, data } = await look("Ada")
        expect(status).toBe(200)
        expect(data.options).toEqual([
          { value: "page_main", label: "Ada's Shop news" },
        ])
        expect((await look("Nobody")).data.options).toEqual([])

        await sandbox.fault({ target: "accounts", kind: "error", status: 500 })
        expect((await look("Ada")).data.options).toHaveLength(1)
        const failed = await look("Shop")
        expect(failed.status).toBe(500)
        await sandbox.clearFaults()

        const unknown = await look("Ada", "colours")
        expect(unknown.status).toBe(404)
        expect(unknown.data.message).toBe(
          "Noticeboard has no look-up colours. It has: topics."
        )
      })
    })

    describe("finding posts", () => {
      beforeEach(async () => {
        await createPost(admin, { caption: "Red scarf", account_ids: [main] })
        await createPost(admin, {
          caption: "Blue hat",
          account_ids: [main, outlet],
          scheduled_at: inOneHour(),
        })
      })

      const captions = async (query: string): Promise<string[]> => {
        const { status, data } = await admin.get(`/admin/social-posts?${query}`)
        expect(status).toBe(200)
        expect(data.count).toBe(data.social_posts.length)
        return data.social_posts.map(
          ({ caption }: { caption: string }) => caption
        )
      }

      it("lists, orders and pages", async () => {
        expect(await captions("order=caption")).toEqual([
          "Blue hat",
          "Red scarf",
        ])
        expect(await captions("order=-caption")).toEqual([
          "Red scarf",
          "Blue hat",
        ])

        const { data } = await admin.get(
          "/admin/social-posts?order=caption&limit=1&offset=1"
        )
        expect(data).toMatchObject({ count: 2, limit: 1, offset: 1 })
        expect(data.social_posts).toHaveLength(1)
        expect(data.social_posts[0].caption).toBe("Red scarf")
      })

      it("filters by status and by words", async () => {
        expect(await captions("status=scheduled")).toEqual(["Blue hat"])
        expect(await captions("status[]=draft&status[]=failed")).toEqual([
          "Red scarf",
        ])
        expect(await captions("q=scarf")).toEqual(["Red scarf"])
        expect(await captions("q=nothing")).toEqual([])
      })

      it("filters by account and still shows every publication of a post", async () => {
        expect(await captions(`account_id=${outlet}`)).toEqual(["Blue hat"])
        expect(
          await captions(
            `account_id[]=${outlet}&account_id[]=${main}&order=caption`
          )
        ).toEqual(["Blue hat", "Red scarf"])

        const { data } = await admin.get(
          `/admin/social-posts?account_id=${outlet}`
        )
        expect(
          data.social_posts[0].publications.map(
            ({ account }: { account: { name: string } }) => account.name
          )
        ).toEqual(expect.arrayContaining(["Ada's Shop", "Ada's Outlet"]))
      })

      it("refuses an unknown status or order and names the allowed ones", async () => {
        const byStatus = await admin.get("/admin/social-posts?status=lost")
        expect(byStatus.status).toBe(400)
        expect(byStatus.data.message).toContain("needs_attention")

        const byOrder = await admin.get("/admin/social-posts?order=metadata")
        expect(byOrder.status).toBe(400)
        expect(byOrder.data.message).toContain(
          "order must be one of: id, caption"
        )
      })

      it("answers 404 for a post that does not exist", async () => {
        for (const response of [
          await admin.get("/admin/social-posts/spost_nowhere"),
          await admin.post("/admin/social-posts/spost_nowhere", {
            caption: "x",
          }),
          await admin.post("/admin/social-posts/spost_nowhere/publish"),
          await admin.post("/admin/social-posts/spost_nowhere/retry"),
          await admin.delete("/admin/social-posts/spost_nowhere"),
        ]) {
          expect(response.status).toBe(404)
          expect(response.data.message).toContain("spost_nowhere")
        }
      })

      it("is for administrators only", async () => {
        for (const [method, path] of [
          ["get", "/admin/social-posts"],
          ["post", "/admin/social-posts"],
          ["post", "/admin/social-posts/spost_1/publish"],
        ] as const) {
          const { status } = await api.request({
            method,
            url: path,
            data: {},
            validateStatus: () => true,
          })
          expect(status).toBe(401)
        }
      })
    })

    describe("changing a post", () => {
      it("changes what is named and keeps the rest", async () => {
        const id = await createPost(admin, {
          link: "https://shop.example.com/a",
          media: [
            { url: `${pictures.url}?1`, alt_text: "One" },
            { url: `${pictures.url}?2`, alt_text: "Two" },
          ],
          account_ids: [main, outlet],
        })
        const { status, data } = await admin.post(`/admin/social-posts/${id}`, {
          media: [{ url: `${pictures.url}?3` }],
          account_ids: [outlet],
          scheduled_at: inOneHour(),
        })

        expect(status).toBe(200)
        expect(data.social_post).toMatchObject({
          caption: "The autumn collection is here",
          link: "https://shop.example.com/a",
          media: [{ url: `${pictures.url}?3`, alt_text: null }],
          status: "scheduled",
        })
        expect(
          data.social_post.publications.map(
            (publication: { account_id: string }) => publication.account_id
          )
        ).toEqual([outlet])

        const draft = await admin.post(`/admin/social-posts/${id}`, {
          scheduled_at: null,
          link: null,
        })
        expect(draft.data.social_post).toMatchObject({
          status: "draft",
          scheduled_at: null,
          link: null,
        })
      })

      it.each([
        ["a time in the past", { scheduled_at: "2020-01-01T00:00:00Z" }],
        ["a day without a time", { scheduled_at: "2050-01-31" }],
        ["an empty time", { scheduled_at: "" }],
        ["no account", { account_ids: [] }],
        ["an unknown account", { account_ids: ["sacc_nowhere"] }],
        ["an unknown product", { product_ids: ["prod_nowhere"] }],
        ["a text that is too long", { caption: "x".repeat(501) }],
        ["no text", { caption: "" }],
      ])("refuses %s and changes nothing", async (_, change) => {
        const id = await createPost(admin, { account_ids: [main] })
        const before = await readPost(admin, id)

        const { status } = await admin.post(`/admin/social-posts/${id}`, change)
        expect(status).toBe(400)
        expect(await readPost(admin, id)).toEqual(before)
      })

      it.each([
        ["no time at all", "soon"],
        ["an empty time", ""],
        ["a day without a time", "2050-01-31"],
      ])(
        "refuses %s from a workflow too, and keeps the plan",
        async (_, scheduled_at) => {
          const id = await createPost(admin, {
            account_ids: [main],
            scheduled_at: inOneHour(),
          })
          const before = await readPost(admin, id)
          const refusal = {
            message: expect.stringContaining("scheduled_at must be a time"),
          }

          await expect(
            updateSocialPostWorkflow(getContainer()).run({
              input: { id, scheduled_at },
            })
          ).rejects.toMatchObject(refusal)
          await expect(
            createSocialPostWorkflow(getContainer()).run({
              input: { caption: "Soon", account_ids: [main], scheduled_at },
            })
          ).rejects.toMatchObject(refusal)
          expect(await readPost(admin, id)).toEqual(before)
          expect(await counts()).toEqual({ posts: 1, publications: 1 })
        }
      )

      it("refuses to change a post that has gone out", async () => {
        const id = await createPost(admin, { account_ids: [main] })
        await publish(admin, id)
        const before = await readPost(admin, id)

        const { status, data } = await admin.post(`/admin/social-posts/${id}`, {
          caption: "Something else",
        })
        expect(status).toBe(400)
        expect(data.message).toBe(
          'A post with the status "published" cannot be changed: it has gone out, or is about to. Write a new one.'
        )
        expect(await readPost(admin, id)).toEqual(before)
      })
    })

    describe("changing a post on one account", () => {
      const change = (post: Post, account: string, body: object) =>
        admin.post(
          `/admin/social-posts/${post.id}/publications/${on(post, account).id}`,
          body
        )
      const on = (post: Post, account: string) =>
        post.publications.find(({ account_id }) => account_id === account)!

      it("repairs what failed there while it is out elsewhere, and a retry publishes it", async () => {
        const id = await createPost(admin, {
          caption: "Repaired where it failed",
          account_ids: [main, outlet],
        })
        await sandbox.fault({ target: "posts", kind: "error", status: 422 })
        const post = await publish(admin, id)
        expect(post.status).toBe("partially_published")
        const failed = post.publications.find(
          ({ state }) => state === "failed"
        )!
        const out = post.publications.find(
          ({ state }) => state === "published"
        )!

        const { status, data } = await change(post, failed.account_id, {
          variant: { caption: "Shorter there" },
        })
        expect(status).toBe(200)
        expect(on(data.social_post, failed.account_id)).toMatchObject({
          state: "failed",
          variant: { caption: "Shorter there" },
        })
        expect(on(data.social_post, out.account_id)).toMatchObject({
          state: "published",
          variant: null,
        })

        expect((await retry(admin, id)).status).toBe("published")
        expect(await countPublished("Shorter there")).toBe(1)
        expect(await countPublished("Repaired where it failed")).toBe(1)
      })

      it("refuses to change it where it is out", async () => {
        const id = await createPost(admin, { account_ids: [main] })
        const post = await publish(admin, id)
        const { status, data } = await change(post, main, {
          variant: { caption: "Too late" },
        })
        expect(status).toBe(400)
        expect(data.message).toBe(
          "The publication on Ada's Shop (Ada's sandbox), Feed cannot be changed: it is out, or about to be."
        )
        expect(on(await readPost(admin, id), main)).toMatchObject({
          variant: null,
        })
      })

      it.each([
        [
          "a text that is too long",
          { variant: { caption: "x".repeat(101) } },
          "takes up to 100.",
        ],
        [
          "a setting that there is not",
          { settings: { size: "huge" } },
          '"Size" must be one of: small, large.',
        ],
        ["another account", { account_id: "sacc_2" }, "account_id"],
      ])("refuses %s and changes nothing", async (_, body, message) => {
        const id = await createPost(admin, { account_ids: [board] })
        const before = await readPost(admin, id)
        const { status, data } = await change(before, board, body)
        expect(status).toBe(400)
        expect(data.message).toContain(message)
        expect(await readPost(admin, id)).toEqual(before)
      })

      it("forgets what was prepared for what it was before", async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          scheduled_at: inOneHour(),
        })
        const post = await readPost(admin, id)
        await sql(
          getContainer(),
          `insert into social_checkpoint (id, content) values (?, '{}')`,
          [on(post, main).id]
        )
        await change(post, main, { variant: { caption: "Anew" } })
        expect(
          await sql(getContainer(), "select id from social_checkpoint")
        ).toEqual([])
        expect((await readPost(admin, id)).status).toBe("scheduled")
      })

      it("takes an account out of a post that is not out there, but not the last one", async () => {
        const id = await createPost(admin, { account_ids: [main, outlet] })
        const post = await readPost(admin, id)
        const drop = (account: string) =>
          admin.delete(
            `/admin/social-posts/${id}/publications/${on(post, account).id}`
          )

        const { status, data } = await drop(outlet)
        expect(status).toBe(200)
        expect(data).toMatchObject({
          id: on(post, outlet).id,
          object: "social_publication",
          deleted: true,
          parent: { id, status: "draft", publications: [{ account_id: main }] },
        })
        const last = await drop(main)
        expect(last.status).toBe(400)
        expect(last.data.message).toBe(
          "It is the post's only publication. Delete the post instead."
        )
        expect((await drop(outlet)).status).toBe(404)
      })

      it("keeps what is out in its post", async () => {
        const id = await createPost(admin, { account_ids: [main, outlet] })
        const post = await publish(admin, id)
        const { status, data } = await admin.delete(
          `/admin/social-posts/${id}/publications/${on(post, main).id}`
        )
        expect(status).toBe(400)
        expect(data.message).toContain("it is out, or about to be")
      })
    })

    describe("a post that is overdue", () => {
      const overdue = async (caption = "Late"): Promise<string> => {
        const id = await createPost(admin, {
          caption,
          account_ids: [main, outlet],
          scheduled_at: inOneHour(),
        })
        await letTimeCome(getContainer(), id, "5 hours")
        await runPublishing(getContainer())
        const post = await readPost(admin, id)
        expect(post.status).toBe("needs_attention")
        return id
      }

      it("takes another time", async () => {
        const id = await overdue()
        const scheduled_at = inOneHour()
        const { status, data } = await admin.post(`/admin/social-posts/${id}`, {
          scheduled_at,
        })
        expect(status).toBe(200)
        expect(data.social_post).toMatchObject({
          status: "scheduled",
          scheduled_at,
          publications: [
            { state: "pending", publish_at: scheduled_at },
            { state: "pending", publish_at: scheduled_at },
          ],
        })
        await letTimeCome(getContainer(), id)
        await runPublishing(getContainer())
        expect((await settled(admin, id)).status).toBe("published")
        expect(await countPublished("Late")).toBe(2)
      })

      it("takes no other change, and no time while something else of it is unclear", async () => {
        const id = await overdue()
        const refused = await admin.post(`/admin/social-posts/${id}`, {
          scheduled_at: inOneHour(),
          caption: "Another text",
        })
        expect(refused.status).toBe(400)

        await sql(
          getContainer(),
          `update social_publication set state = 'unknown' where post_id = ? and account_id = ?`,
          [id, main]
        )
        const unclear = await admin.post(`/admin/social-posts/${id}`, {
          scheduled_at: inOneHour(),
        })
        expect(unclear.status).toBe(400)
        expect(unclear.data.message).toContain(
          "Say first what became of the other publications."
        )
        expect((await readPost(admin, id)).status).toBe("needs_attention")
      })

      it("loses the accounts that are dropped, and is done when the rest is out", async () => {
        const id = await overdue("Late, on one account")
        const post = await readPost(admin, id)
        const [one] = post.publications
        await admin.delete(`/admin/social-posts/${id}/publications/${one.id}`)
        expect((await retry(admin, id)).status).toBe("published")
        expect(await countPublished("Late, on one account")).toBe(1)
      })
    })

    describe("checking a post before it is stored", () => {
      const check = async (body: object) => {
        const { status, data } = await admin.post("/admin/social-posts/check", {
          caption: "New in: scarves",
          account_ids: [main],
          ...body,
        })
        expect(status).toBe(200)
        return data.publications
      }

      it("says for each account what is refused and what is worth knowing", async () => {
        const found = await check({
          caption: "x".repeat(101),
          link: "https://shop.example.com",
          account_ids: [main, board],
        })
        expect(found).toEqual([
          { account_id: main, placement: "feed", violations: [], warnings: [] },
          {
            account_id: board,
            placement: "board",
            violations: [expect.objectContaining({ code: "text_too_long" })],
            warnings: [expect.objectContaining({ code: "link_left_out" })],
          },
        ])
        expect(await counts()).toEqual({ posts: 0, publications: 0 })
      })

      it("warns of the same text on the same account within two weeks", async () => {
        const id = await createPost(admin, {
          caption: "New in:  SCARVES",
          account_ids: [main],
        })
        expect(await check({})).toMatchObject([{ warnings: [] }])
        await publish(admin, id)

        const today = new Date().toISOString().slice(0, 10)
        expect(await check({})).toMatchObject([
          {
            violations: [],
            warnings: [
              {
                code: "repeated",
                message: `The same text went out on Ada's Shop (Ada's sandbox), Feed on ${today}. Some services refuse repetitions.`,
                post_id: id,
                caption: "New in:  SCARVES",
              },
            ],
          },
        ])
        expect(await check({ caption: "New in: hats" })).toMatchObject([
          { warnings: [] },
        ])
        expect(await check({ account_ids: [outlet] })).toMatchObject([
          { warnings: [] },
        ])
        expect(await check({ id })).toMatchObject([{ warnings: [] }])
        const inThreeWeeks = new Date(Date.now() + 21 * 86_400_000)
        expect(
          await check({ scheduled_at: inThreeWeeks.toISOString() })
        ).toMatchObject([{ warnings: [] }])
      })

      it("warns of the same text where nobody knows yet whether it is out", async () => {
        const id = await createPost(admin, {
          caption: "New in: scarves",
          account_ids: [main],
        })
        await sql(
          getContainer(),
          `update social_publication set state = 'unknown', armed_at = now(), due_since = now()
           where post_id = ?`,
          [id]
        )
        expect(await check({})).toMatchObject([
          {
            warnings: [
              {
                code: "repeated",
                post_id: id,
                message: expect.stringMatching(
                  /^The same text is about to go out on .+, or is out already/
                ),
              },
            ],
          },
        ])
      })

      it("warns of the same images, and of what is only planned", async () => {
        const media = [{ url: pictures.url, alt_text: "A scarf" }]
        const scheduled_at = inOneHour()
        await createPost(admin, {
          caption: "Look",
          media,
          account_ids: [main],
          scheduled_at,
        })
        const [{ warnings }] = await check({ caption: "Look again", media })
        expect(warnings).toEqual([
          expect.objectContaining({ code: "repeated", at: scheduled_at }),
        ])
        expect(warnings[0].message).toMatch(/^The same media is planned for/)
      })

      it("warns of more posts than the account takes in a day", async () => {
        const scheduled_at = inOneHour()
        for (const caption of ["One", "Two", "Three"]) {
          await createPost(admin, {
            caption,
            account_ids: [board],
            scheduled_at,
          })
        }
        const later = new Date(Date.parse(scheduled_at) + 3_600_000)
        const found = await check({
          account_ids: [board],
          scheduled_at: later.toISOString(),
        })
        expect(found[0].warnings).toEqual([
          {
            code: "quota",
            message:
              "Ada's Shop board (The noticeboard), Board takes 3 notices a day, and this would be number 4. It goes out later, as soon as there is room.",
          },
        ])
        const nextWeek = new Date(Date.now() + 7 * 86_400_000)
        const fits = await check({
          account_ids: [board],
          scheduled_at: nextWeek.toISOString(),
        })
        expect(fits[0].warnings).toEqual([])
      })

      it("refuses what no post could have", async () => {
        for (const body of [
          { account_ids: ["sacc_nowhere"] },
          { account_ids: [] },
          { account_ids: [main], scheduled_at: "2020-01-01T00:00:00Z" },
          { account_ids: [main], status: "published" },
        ]) {
          const { status } = await admin.post("/admin/social-posts/check", {
            caption: "x",
            ...body,
          })
          expect(status).toBe(400)
        }
      })
    })

    describe("deleting a post", () => {
      it("removes it here and leaves what was published", async () => {
        const id = await createPost(admin, {
          caption: "Soon forgotten",
          account_ids: [main],
        })
        await publish(admin, id)

        const { status, data } = await admin.delete(`/admin/social-posts/${id}`)
        expect(status).toBe(200)
        expect(data).toEqual({ id, object: "social_post", deleted: true })
        expect((await admin.get(`/admin/social-posts/${id}`)).status).toBe(404)
        expect(await countPublished("Soon forgotten")).toBe(1)
      })

      it("waits for a publication that is on its way", async () => {
        const id = await createPost(admin, { account_ids: [main] })
        await sandbox.fault({ target: "posts", kind: "slow", delay_ms: 1500 })
        const publishing = publish(admin, id)
        await new Promise((resolve) => setTimeout(resolve, 700))

        const { status, data } = await admin.delete(`/admin/social-posts/${id}`)
        expect(status).toBe(400)
        expect(data.message).toBe(
          "The post is being published at this moment. Wait for the outcome, then delete it."
        )
        expect((await publishing).status).toBe("published")
      })
    })

    describe("products of a post", () => {
      it("are shown with the post, and the post with the product", async () => {
        const scarf = await createProduct("Scarf")
        const hat = await createProduct("Hat")
        const id = await createPost(admin, {
          account_ids: [main],
          product_ids: [scarf, hat],
        })

        const { data } = await admin.get(`/admin/social-posts/${id}`)
        expect(
          data.social_post.products
            .map(({ title }: { title: string }) => title)
            .sort()
        ).toEqual(["Hat", "Scarf"])

        const product = await admin.get(
          `/admin/products/${scarf}?fields=id,*social_posts`
        )
        expect(product.data.product.social_posts).toEqual([
          expect.objectContaining({ id, status: "draft" }),
        ])
      })

      it("are replaced by the new list, and none are shown twice", async () => {
        const scarf = await createProduct("Scarf")
        const hat = await createProduct("Hat")
        const id = await createPost(admin, {
          account_ids: [main],
          product_ids: [scarf, scarf],
        })
        await admin.post(`/admin/social-posts/${id}`, {
          caption: "Still a scarf",
        })
        const kept = await admin.get(`/admin/social-posts/${id}`)
        expect(kept.data.social_post.products).toHaveLength(1)

        await admin.post(`/admin/social-posts/${id}`, { product_ids: [hat] })
        const { data } = await admin.get(`/admin/social-posts/${id}`)
        expect(data.social_post.products).toEqual([
          expect.objectContaining({ id: hat, title: "Hat" }),
        ])

        await admin.post(`/admin/social-posts/${id}`, { product_ids: [scarf] })
        await admin.post(`/admin/social-posts/${id}`, { product_ids: [] })
        const none = await admin.get(`/admin/social-posts/${id}`)
        expect(none.data.social_post.products).toEqual([])
      })

      it("leave no hole behind when either side is deleted", async () => {
        const scarf = await createProduct("Scarf")
        const hat = await createProduct("Hat")
        const kept = await createPost(admin, {
          account_ids: [main],
          product_ids: [scarf, hat],
        })
        const gone = await createPost(admin, {
          account_ids: [main],
          product_ids: [hat],
        })

        await admin.delete(`/admin/social-posts/${gone}`)
        const product = await admin.get(
          `/admin/products/${hat}?fields=id,*social_posts`
        )
        expect(
          product.data.product.social_posts.map((post: Post) => post?.id)
        ).toEqual([kept])

        await admin.delete(`/admin/products/${hat}`)
        const { data } = await admin.get(`/admin/social-posts/${kept}`)
        expect(
          data.social_post.products.map((row: { id: string }) => row?.id)
        ).toEqual([scarf])
      })
    })

    describe("a file that is attached by its address", () => {
      const refusals = [
        ["missingUrl", "its server answered 404"],
        ["textUrl", "its bytes are no image"],
        [
          "largeUrl",
          "large.png is 6 MB; Ada's Shop (Ada's sandbox), Feed takes images up to 5 MB.",
        ],
        [
          "endlessUrl",
          "endless.png is 6 MB; Ada's Shop (Ada's sandbox), Feed takes images up to 5 MB.",
        ],
      ] as const

      it.each(refusals)(
        "is looked into at once: %s is refused with what is wrong with it, and no post is stored",
        async (key, message) => {
          const media = [{ url: pictures[key] }]
          const { status, data } = await admin.post("/admin/social-posts", {
            caption: "New in",
            account_ids: [main],
            media,
          })
          expect([status, data.type]).toEqual([400, "invalid_data"])
          expect(data.message).toContain(message)
          expect(await counts()).toEqual({ posts: 0, publications: 0 })
        }
      )

      it.each(refusals)(
        "is looked into with each change: %s changes neither post nor account's own content",
        async (key, message) => {
          const id = await createPost(admin, { account_ids: [main] })
          const before = (await admin.get(`/admin/social-posts/${id}`)).data
            .social_post
          const media = [{ url: pictures[key] }]
          const path = `/admin/social-posts/${id}`
          const [{ id: publication }] = before.publications
          for (const [route, body] of [
            [path, { media }],
            [path, { parts: [{ text: "And this", media }] }],
            [`${path}/publications/${publication}`, { variant: { media } }],
          ] as const) {
            const { status, data } = await admin.post(route, body)
            expect([status, data.message]).toEqual([
              400,
              expect.stringContaining(message),
            ])
          }
          const { data } = await admin.get(path)
          expect(data.social_post).toEqual(before)
        }
      )

      it("is refused without repeating the address' query where nobody answers", async () => {
        const { status, data } = await admin.post("/admin/social-posts", {
          caption: "New in",
          account_ids: [main],
          media: [{ url: "http://localhost:1/a.png?signature=hush-hush" }],
        })
        expect([status, data.message]).toEqual([
          400,
          "The file at localhost:1 cannot be reached. Check its address.",
        ])
      })
    })

    describe("images that cannot go out", () => {
      it.each([
        [
          "is not there",
          "missingUrl",
          "media_unreachable",
          "its server answered 404",
        ],
        ["is no image", "textUrl", "media_type", "its bytes are no image"],
        [
          "says that it is too large",
          "largeUrl",
          "media_too_large",
          "large.png is 6 MB; Ada's Shop takes images up to 5 MB.",
        ],
      ] as const)(
        "fail the publication when the image %s",
        async (reason, key, code, message) => {
          const caption = `An image that ${reason}`
          const id = await createPost(admin, {
            caption,
            account_ids: [main],
            media: [{ url: pictures.url }],
          })
          await moveFile(getContainer(), id, pictures[key])
          const post = await publish(admin, id)

          expect(post.status).toBe("failed")
          expect(post.publications[0]).toMatchObject({
            state: "failed",
            attempts: 1,
            next_attempt_at: null,
            last_error: { class: "content_rejected", code },
          })
          expect(post.publications[0].last_error?.message).toContain(message)
          expect(await countPublished(caption)).toBe(0)
          // What is not wanted is not left to hang either.
          await new Promise((resolve) => setTimeout(resolve, 200))
          expect(pictures.countOpen()).toBe(0)
        }
      )

      it("do not go out when the image is larger than it says", async () => {
        const id = await createPost(admin, {
          caption: "An endless image",
          account_ids: [main],
          media: [{ url: pictures.url }],
        })
        await moveFile(getContainer(), id, pictures.endlessUrl)
        const post = await publish(admin, id)
        expect(post.publications[0].state).not.toBe("published")
        expect(await countPublished("An endless image")).toBe(0)
      })

      it("fail it when nobody answers, without repeating the address' query", async () => {
        const id = await createPost(admin, {
          account_ids: [main],
          media: [{ url: pictures.url }],
        })
        await moveFile(
          getContainer(),
          id,
          "http://localhost:1/a.png?signature=hush-hush"
        )
        const post = await publish(admin, id)

        expect(post.publications[0].last_error).toMatchObject({
          class: "content_rejected",
          code: "media_unreachable",
          message:
            "The file at localhost:1 cannot be reached. Check its address.",
        })
        expect(JSON.stringify(post.publications)).not.toContain("hush-hush")
      })
    })
  },
})
