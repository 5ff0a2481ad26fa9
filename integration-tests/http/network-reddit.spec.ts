import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { approveConsent } from "../../sandbox/consent-client"
import {
  type RedditSimulator,
  startReddit,
} from "../../sandbox/networks/reddit/server"
import {
  CLIENT_ID,
  CLIENT_SECRET,
  FLAIR_ID,
  USER,
} from "../../sandbox/networks/reddit/state"
import { countRequests } from "../../sandbox/networks/simulator"
import collectMetrics from "../../src/jobs/collect-metrics"
import { checkPost } from "../../src/shared/post-rules/check"
import { accountOf, type Admin, createAdmin, sql } from "./support/application"
import { storedPlatform } from "./support/database"
import { type PictureServer, startPictureServer } from "./support/pictures"
import {
  createPost,
  makeDue,
  publish,
  readPost,
  retry,
  runPublishing,
} from "./support/posts"

jest.setTimeout(120_000)

const SUBMIT = /^\/api\/submit$/

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let reddit: RedditSimulator
    let pictures: PictureServer

    beforeAll(async () => {
      reddit = await startReddit(0)
      pictures = await startPictureServer()
    })
    afterAll(async () => {
      await reddit.close()
      await pictures.close()
    })
    beforeEach(async () => {
      reddit.reset()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
    })

    const connect = async (): Promise<string> => {
      const { data } = await admin.post("/admin/social-platforms", {
        name: "Our Reddit",
        provider: "reddit",
        api_config: {
          base_url: reddit.url,
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          username: USER.name,
        },
      })
      const { id } = data.social_platform
      const begun = await admin.get(`/admin/oauth/reddit?platform_id=${id}`)
      const { searchParams } = new URL(
        await approveConsent(begun.data.location)
      )
      const connected = await admin.post("/admin/oauth/reddit/callback", {
        state: searchParams.get("state"),
        code: searchParams.get("code"),
        platform_id: id,
      })
      expect([connected.status, connected.data.message]).toEqual([
        200,
        undefined,
      ])
      return id
    }
    const account = async (): Promise<string> =>
      accountOf(admin, await connect(), `t2_${USER.id}`)

    const write = async (settings: object = {}, body: object = {}) =>
      createPost(admin, {
        account_ids: [],
        publications: [
          {
            account_id: await account(),
            settings: { subreddit: "scarves", ...settings },
          },
        ],
        caption: "The autumn scarf\nWarm and light.",
        ...body,
      })

    /** Lets a waiting post's next look come. */
    const goOn = async (id: string) => {
      await makeDue(getContainer(), id)
      await runPublishing(getContainer())
      return readPost(admin, id)
    }

    it("connects for good in Reddit's own way, stays connected, and ends the access when it is disconnected", async () => {
      const id = await connect()
      const { data } = await admin.post(`/admin/social-platforms/${id}/verify`)
      expect(data.verification.message).toBe(
        `The credentials belong to u/${USER.name}.`
      )
      const [[refresh_token]] = reddit.state.refresh_tokens
      const { api_config } = await storedPlatform(getContainer(), id)
      expect(JSON.stringify(api_config)).not.toContain(refresh_token)

      // A refresh brings no refresh token: the first one stays.
      for (const token of reddit.state.tokens.values()) {
        token.ends_at = 0
      }
      const again = await admin.post(`/admin/social-platforms/${id}/verify`)
      expect(again.data.verification.message).toContain(USER.name)
      expect(countRequests(reddit, "POST", /access_token$/)).toBe(2)

      await admin.post(`/admin/social-platforms/${id}/disconnect`)
      expect(reddit.state.refresh_tokens.size).toBe(0)
      expect(reddit.state.tokens.size).toBe(0)
    })

    it("offers the account's communities, and the flairs of the one that is chosen", async () => {
      const account_id = await account()
      const look = async (name: string, query: Record<string, string> = {}) => {
        const { status, data } = await admin.get(
          `/admin/social-accounts/${account_id}/lookups/${name}?${new URLSearchParams(query)}`
        )
        expect([status, data.message]).toEqual([200, undefined])
        return data.options.map(({ label }: { label: string }) => label)
      }
      expect(await look("subreddits")).toContain("r/Knitting")
      expect(await look("subreddits", { q: "deals" })).toEqual(["r/scarfDeals"])
      expect(await look("flairs")).toEqual([])
      const knitting = { settings: JSON.stringify({ subreddit: "Knitting" }) }
      expect(await look("flairs", knitting)).toEqual(["For sale", "Pattern"])
      // Another community has others, and what does not matter asks nobody.
      const scarves = { settings: JSON.stringify({ subreddit: "scarves" }) }
      expect(await look("flairs", scarves)).toEqual([])
      const asked = reddit.requests.length
      await look("flairs", {
        settings: JSON.stringify({ subreddit: "Knitting", title: "Autumn" }),
      })
      expect(reddit.requests).toHaveLength(asked)
      // The account's default counts where nothing is chosen.
      await admin.post(`/admin/social-accounts/${account_id}`, {
        default_settings: { subreddit: "Knitting" },
      })
      expect(await look("flairs")).toEqual(["For sale", "Pattern"])

      const { data } = await admin.get(
        `/admin/social-accounts/${account_id}/publishing`
      )
      expect(data.lookups).toContainEqual({
        name: "flairs",
        label: "Flairs",
        search: false,
        depends_on: ["subreddit"],
      })
      const refused = await admin.get(
        `/admin/social-accounts/${account_id}/lookups/flairs?settings=[]`
      )
      expect(refused.status).toBe(400)
    })

    it("publishes a link post with its flair, and a comment", async () => {
      const { publications } = await publish(
        admin,
        await write(
          { subreddit: "Knitting", flair: FLAIR_ID },
          {
            link: "https://shop.example.com/scarf",
            parts: [{ text: "It comes in three colours." }],
          }
        )
      )
      const [post] = reddit.posts()
      expect(publications[0]).toMatchObject({
        state: "published",
        external_id: `t3_${post.id}`,
        external_url: `${reddit.url}/r/Knitting/comments/${post.id}/the_autumn_scarf/`,
      })
      expect(post).toMatchObject({
        kind: "link",
        title: "The autumn scarf",
        url: "https://shop.example.com/scarf",
        text: "Warm and light.",
        flair: FLAIR_ID,
      })
      expect(reddit.state.comments).toMatchObject([
        { parent: `t3_${post.id}`, text: "It comes in three colours." },
      ])
    })

    it("waits while Reddit processes an image, and then knows its post", async () => {
      reddit.state.processing_ms = 60_000
      const id = await write({}, { media: [{ url: pictures.url }] })
      const { publications } = await publish(admin, id)
      expect(publications[0]).toMatchObject({
        state: "waiting",
        waiting: { why: "Reddit has taken the post, and processes its files" },
      })
      expect((await goOn(id)).publications[0].state).toBe("waiting")
      reddit.state.posts[0].listed_at = 0
      expect((await goOn(id)).publications[0]).toMatchObject({
        state: "published",
        external_id: `t3_${reddit.posts()[0].id}`,
      })
      expect(countRequests(reddit, "POST", SUBMIT)).toBe(1)
    })

    it("publishes a gallery", async () => {
      const id = await write(
        { captions: true },
        {
          media: [
            { url: pictures.url, alt_text: "A scarf" },
            { url: pictures.url, alt_text: "The same scarf" },
          ],
        }
      )
      expect((await publish(admin, id)).publications[0].state).toBe("published")
      expect(reddit.posts()).toMatchObject([
        {
          kind: "gallery",
          files: [{ caption: "A scarf" }, { caption: "The same scarf" }],
        },
      ])
    })

    it.each([
      ["a text post", {}, SUBMIT],
      ["a comment", { parts: [{ text: "A comment" }] }, /^\/api\/comment$/],
    ])(
      "publishes once when the answer to %s gets lost",
      async (_what, body, path) => {
        reddit.fault({ method: "POST", path, kind: "drop_reply" })
        const { publications } = await publish(admin, await write({}, body))
        expect(publications[0].state).toBe("published")
        expect(reddit.posts()).toHaveLength(1)
        expect(countRequests(reddit, "POST", path)).toBe(1)
      }
    )

    it("sends nothing again that Reddit does not list, and leaves it to a person", async () => {
      reddit.fault({ method: "POST", path: SUBMIT, kind: "drop_request" })
      const id = await write()
      const { publications } = await publish(admin, id)
      expect(publications[0].state).toBe("unknown")
      expect(publications[0].next_attempt_at).not.toBeNull()
      await sql(
        getContainer(),
        "update social_publication set armed_at = armed_at - interval '11 minutes' where post_id = ?",
        [id]
      )
      expect((await goOn(id)).publications[0]).toMatchObject({
        state: "unknown",
        next_attempt_at: null,
      })
      expect(countRequests(reddit, "POST", SUBMIT)).toBe(1)
    })

    describe("what a community demands", () => {
      const SENTENCE =
        'r/Knitting wants a flair: choose "For sale" or "Pattern" in the settings of this account.'
      const knitting = { subreddit: "Knitting" }

      it("is told where a post is written, checked and scheduled, before anything is stored", async () => {
        const account_id = await account()
        const post = (settings: object) => ({
          caption: "The autumn scarf\nWarm and light.",
          publications: [{ account_id, settings }],
        })
        const checked = await admin.post(
          "/admin/social-posts/check",
          post(knitting)
        )
        expect(checked.data.publications[0].violations).toMatchObject([
          { code: "community_rule", field: "settings", message: SENTENCE },
        ])

        // The dashboard judges by the same rules, which it gets with the limits.
        const { data } = await admin.get(
          `/admin/social-accounts/${account_id}/publishing?${new URLSearchParams({ settings: JSON.stringify(knitting) })}`
        )
        const found = checkPost(
          {
            title: null,
            link: null,
            parts: [{ text: "The autumn scarf", media: [] }],
          },
          data.limits,
          "u/adas_shop",
          null
        )
        expect(found.map(({ message }) => message)).toEqual([SENTENCE])

        const scheduled_at = new Date(Date.now() + 3_600_000).toISOString()
        const refused = await admin.post("/admin/social-posts", {
          ...post(knitting),
          scheduled_at,
        })
        expect([refused.status, refused.data.message]).toEqual([
          400,
          `The post does not fit. ${SENTENCE}`,
        ])
        const { data: list } = await admin.get("/admin/social-posts")
        expect(list.social_posts).toEqual([])

        const taken = await admin.post("/admin/social-posts", {
          ...post({ ...knitting, flair: FLAIR_ID }),
          scheduled_at,
        })
        expect(taken.data.social_post.status).toBe("scheduled")
        // Reddit was asked once for all of it.
        expect(countRequests(reddit, "GET", /post_requirements$/)).toBe(1)
      })

      it("is told of communities where the account cannot post", async () => {
        const account_id = await account()
        for (const [subreddit, words] of [
          ["grumpy", "r/grumpy has banned this account."],
          ["inner_circle", "Only accounts that its moderators have approved"],
          [
            "nowhere",
            "The post does not fit. There is no r/nowhere. Choose another community.",
          ],
        ]) {
          const { status, data } = await admin.post("/admin/social-posts", {
            caption: "Scarf",
            publications: [{ account_id, settings: { subreddit } }],
          })
          expect([status, data.message]).toEqual([
            400,
            expect.stringContaining(words),
          ])
        }
      })

      it("is judged by the product's title, where the post has none of its own", async () => {
        reddit.state.communities[1].requirements.title_text_max_length = 5
        const account_id = await account()
        const write = async (title: string) => {
          const { data } = await admin.post("/admin/products", {
            title,
            options: [{ title: "Size", values: ["M"] }],
          })
          return admin.post("/admin/social-posts", {
            caption: "Warm and light.",
            link: "https://shop.example.com/scarf",
            product_ids: [data.product.id],
            publications: [{ account_id, settings: { subreddit: "scarves" } }],
          })
        }
        expect((await write("Gloves")).data.message).toBe(
          "The post does not fit. The title has 6 characters; r/scarves takes up to 5."
        )
        expect((await write("Scarf")).status).toBe(200)
      })

      it("keeps nobody from writing while Reddit does not tell it", async () => {
        const account_id = await account()
        reddit.fault({
          path: /\/about$/,
          kind: "reply",
          reply: { status: 503, headers: {}, body: "" },
          times: 10,
        })
        const { status } = await admin.post("/admin/social-posts", {
          caption: "Scarf",
          publications: [{ account_id, settings: knitting }],
        })
        expect(status).toBe(200)
        const asked = countRequests(reddit, "GET", /\/about$/)
        await admin.get(
          `/admin/social-accounts/${account_id}/publishing?${new URLSearchParams({ settings: JSON.stringify(knitting) })}`
        )
        expect(countRequests(reddit, "GET", /\/about$/)).toBe(asked)
      })

      it("is asked again before anything is sent, and the post can be repaired", async () => {
        const id = await write()
        const [, scarves, { flairs }] = reddit.state.communities
        scarves.requirements.is_flair_required = true
        scarves.flairs = flairs
        const post = await publish(admin, id)
        expect(post.publications[0]).toMatchObject({
          state: "failed",
          last_error: {
            class: "content_rejected",
            message: expect.stringContaining(
              'r/scarves wants a flair: choose "For sale" or "Pattern" in the settings of this account.'
            ),
          },
        })
        expect(countRequests(reddit, "POST", SUBMIT)).toBe(0)
        await admin.post(
          `/admin/social-posts/${id}/publications/${post.publications[0].id}`,
          { settings: { subreddit: "scarves", flair: FLAIR_ID } }
        )
        const { publications } = await retry(admin, id)
        expect(publications[0].state).toBe("published")
      })
    })

    it("waits as long as Reddit says in words", async () => {
      reddit.state.complaints = [
        [
          "RATELIMIT",
          "Looks like you've been doing that a lot. Take a break for 9 minutes before trying again.",
          "ratelimit",
        ],
      ]
      const id = await write()
      const { publications } = await publish(admin, id)
      expect(publications[0].last_error).toMatchObject({
        class: "rate_limited",
        code: "RATELIMIT/ratelimit",
      })
      const wait =
        Date.parse(publications[0].next_attempt_at ?? "") - Date.now()
      expect(wait).toBeGreaterThan(500_000)
      expect(wait).toBeLessThanOrEqual(540_000)
      expect((await goOn(id)).publications[0].state).toBe("published")
      expect(reddit.posts()).toHaveLength(1)
    })

    it("says that a link was there before, and posts it again when asked to", async () => {
      const link = "https://shop.example.com/scarf"
      const settings = { subreddit: "scarfDeals" }
      const account_id = await account()
      const post = (own: object = {}) =>
        createPost(admin, {
          account_ids: [],
          publications: [{ account_id, settings: { ...settings, ...own } }],
          link,
        })
      await publish(admin, await post())
      const { publications } = await publish(admin, await post())
      expect(publications[0]).toMatchObject({
        state: "failed",
        last_error: {
          class: "duplicate",
          message: expect.stringContaining("posted in the community before"),
        },
      })
      await publish(admin, await post({ resubmit: true }))
      expect(reddit.posts()).toHaveLength(2)
    })

    it("reads figures, and shows what moderators have removed", async () => {
      const id = await write()
      await publish(admin, id)
      const look = async () => {
        await sql(
          getContainer(),
          "update social_publication set metrics_due_at = now() where post_id = ?",
          [id]
        )
        await collectMetrics(getContainer())
      }
      reddit.state.posts[0].score = 42
      await look()
      const { data } = await admin.get(`/admin/social-posts/${id}/metrics`)
      expect(data.metrics[0].series).toMatchObject([
        { values: { score: 42, comments: 0, upvote_ratio: 1 } },
      ])
      reddit.state.posts[0].removed_by_category = "automod_filtered"
      await look()
      const { publications } = await readPost(admin, id)
      expect(publications[0].removed_by_network).toMatchObject({
        part: 0,
        reason: expect.stringContaining("AutoModerator holds it back"),
      })
    })

    it("removes a post at Reddit", async () => {
      const { id, publications } = await publish(admin, await write())
      const { status } = await admin.post(
        `/admin/social-posts/${id}/publications/${publications[0].id}/remove`
      )
      expect(status).toBe(200)
      expect(reddit.posts()).toEqual([])
    })
  },
})
