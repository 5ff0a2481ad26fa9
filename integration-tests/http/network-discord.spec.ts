import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  type DiscordSimulator,
  startDiscord,
  tooManyRequests,
} from "../../sandbox/networks/discord/server"
import { FORUM_ID, TEXT_ID } from "../../sandbox/networks/discord/state"
import { countRequests } from "../../sandbox/networks/simulator"
import { accountOf, type Admin, createAdmin, sql } from "./support/application"
import { type PictureServer, startPictureServer } from "./support/pictures"
import { createPost, makeDue, publish, runPublishing } from "./support/posts"

jest.setTimeout(120_000)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let discord: DiscordSimulator
    let pictures: PictureServer
    let bot: string
    let channel: string
    let forum: string
    let webhook: string

    const connect = async (provider: string, api_config: object) => {
      const { status, data } = await admin.post("/admin/social-platforms", {
        name: "Ada's server",
        provider,
        auth_type: "api_key",
        base_url: discord.url,
        api_config,
      })
      expect([status, data.message]).toEqual([200, undefined])
      const { id } = data.social_platform
      const synced = await admin.post("/admin/socials/sync-platform-data", {
        platform_id: id,
      })
      expect([synced.status, synced.data.message]).toEqual([200, undefined])
      return id as string
    }

    // Made once: the database goes back to this state before each test.
    beforeAll(async () => {
      discord = await startDiscord(0)
      pictures = await startPictureServer()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      bot = await connect("discord", { api_key: discord.state.token })
      channel = await accountOf(admin, bot, TEXT_ID)
      forum = await accountOf(admin, bot, FORUM_ID)
      const hook = await connect("discord_webhook", {
        webhook_url: discord.webhookUrl(),
      })
      webhook = await accountOf(admin, hook, discord.state.webhook.id)
    })
    beforeEach(() => discord.reset())
    afterAll(async () => {
      await discord.close()
      await pictures.close()
    })

    const posts = () => discord.posts(TEXT_ID)
    const write = (
      account_id: string,
      body: Record<string, unknown> = {},
      settings: Record<string, unknown> = {}
    ) =>
      createPost(admin, {
        account_ids: [],
        publications: [{ account_id, settings }],
        ...body,
      })

    it("connects with a bot's token or a webhook's URL, and stores neither in clear", async () => {
      const { data } = await admin.post(`/admin/social-platforms/${bot}/verify`)
      expect(data.verification).toMatchObject({
        ok: true,
        message: "Discord accepted the credentials of Ada's Shop.",
      })
      const rows = JSON.stringify(
        await sql(getContainer(), "select * from social_platform")
      )
      expect(rows).not.toContain(discord.state.token)
      expect(rows).not.toContain(discord.state.webhook.token)
    })

    it("publishes a picture with its alternative text, and what follows as a reply", async () => {
      const post = await publish(
        admin,
        await write(channel, {
          caption: "New: scarves @everyone",
          link: "https://shop.example.com/scarves",
          media: [{ url: pictures.url, alt_text: "A red scarf" }],
          parts: [{ text: "Also in green" }],
        })
      )
      expect(post.status).toBe("published")
      const [first, second] = posts()
      expect(first).toMatchObject({
        content: "New: scarves @everyone\n\nhttps://shop.example.com/scarves",
        allowed_mentions: { parse: [] },
        attachments: [
          { description: "A red scarf", content_type: "image/png" },
        ],
      })
      expect(second).toMatchObject({
        content: "Also in green",
        reply_to: first.id,
      })
      expect(post.publications[0].external_url).toMatch(
        new RegExp(`/channels/\\d+/${TEXT_ID}/${first.id}$`)
      )
    })

    it("says what its card of a product lacks or cuts, and sends it without a picture that is too large", async () => {
      const thumbnail = new URL("/large.png", pictures.url).href
      const { data } = await admin.post("/admin/products", {
        title: "S".repeat(300),
        options: [{ title: "Size", values: ["M"] }],
        thumbnail,
      })
      // As Discord tells it of a server.
      await sql(
        getContainer(),
        `update social_account set facts = '{"max_file_mb": 5}', facts_at = now() where id = ?`,
        [channel]
      )
      const body = {
        caption: "Look",
        account_ids: [],
        link: "https://shop.example.com/scarf",
        publications: [{ account_id: channel, settings: { link_as: "card" } }],
        product_ids: [data.product.id],
      }
      const warnings = async () => {
        const { data } = await admin.post("/admin/social-posts/check", body)
        return data.publications[0].warnings.map(
          ({ code, message }: Record<string, string>) => [code, message]
        )
      }
      const texts = [
        ["link_card_incomplete", expect.stringContaining("no description:")],
        [
          "link_card_cut",
          expect.stringMatching(/is 300 characters; .* shows the first 256\.$/),
        ],
      ]
      expect(await warnings()).toEqual(texts)

      const post = await publish(admin, await createPost(admin, body))
      expect(post.status).toBe("published")
      expect(posts()[0].embeds).toEqual([
        expect.objectContaining({ title: "S".repeat(256) }),
      ])
      expect(posts()[0].attachments).toEqual([])
      expect(await warnings()).toEqual([
        ...texts,
        [
          "link_card_picture_too_large",
          expect.stringMatching(
            /, large\.png, is 6 MB; .* takes up to 5 MB, so the card goes out without it\.$/
          ),
        ],
        ["repeated", expect.anything()],
      ])
    })

    it("publishes in a forum, and asks for a title first", async () => {
      const { status, data } = await admin.post("/admin/social-posts", {
        caption: "Red or green?",
        publications: [{ account_id: forum }],
      })
      expect([status, data.message]).toEqual([
        400,
        expect.stringContaining("needs a title"),
      ])
      const post = await publish(
        admin,
        await write(
          forum,
          { caption: "Red or green?" },
          { title: "Which colour?" }
        )
      )
      expect(post.status).toBe("published")
      const [thread] = discord.state.threads
      expect(thread.name).toBe("Which colour?")
      expect(discord.posts(thread.id)).toHaveLength(1)
    })

    it("publishes once when a response is lost, by repeating with the same nonce", async () => {
      discord.fault({ path: /messages$/, kind: "drop_reply" })
      const post = await publish(admin, await write(channel))
      expect(post.status).toBe("published")
      expect(posts()).toHaveLength(1)
      expect(countRequests(discord, "POST", /messages$/)).toBe(2)
    })

    it("leaves a webhook's lost message to a person, and sends it no second time", async () => {
      discord.fault({ path: /webhooks/, method: "POST", kind: "drop_reply" })
      const id = await write(webhook)
      const post = await publish(admin, id)
      expect(post.status).toBe("needs_attention")
      await makeDue(getContainer(), id)
      await runPublishing(getContainer())
      expect(posts()).toHaveLength(1)
    })

    it("publishes through a webhook", async () => {
      const post = await publish(
        admin,
        await write(webhook, { media: [{ url: pictures.url }] })
      )
      expect(post.status).toBe("published")
      expect(posts()[0]).toMatchObject({
        webhook_id: discord.state.webhook.id,
        attachments: [expect.anything()],
      })
    })

    it("waits as long as Discord asks for", async () => {
      discord.fault({
        path: /messages$/,
        kind: "reply",
        reply: tooManyRequests(40.5),
      })
      const { publications } = await publish(admin, await write(channel))
      expect(publications[0]).toMatchObject({ state: "pending", attempts: 0 })
      expect(
        Date.parse(publications[0].next_attempt_at!) - Date.now()
      ).toBeGreaterThan(20_000)
    })

    it("says what to do when the bot may not write any more", async () => {
      discord.state.channels[0].is_writable = false
      const { publications } = await publish(admin, await write(channel))
      expect(publications[0].state).toBe("failed")
      expect(publications[0].last_error).toMatchObject({
        class: "permission",
        code: "50013",
        message: expect.stringContaining("Let the bot view the channel"),
      })
    })

    it("says that a webhook is gone", async () => {
      discord.state.webhook.token = "another"
      const { publications } = await publish(admin, await write(webhook))
      expect(publications[0].last_error).toMatchObject({
        class: "token_invalid",
        message: expect.stringContaining("make a new one"),
      })
      expect(JSON.stringify(publications)).not.toContain("webhook-token")
    })
  },
})
