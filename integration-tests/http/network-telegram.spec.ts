import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { countRequests } from "../../sandbox/networks/simulator"
import {
  startTelegram,
  type TelegramSimulator,
  tooManyRequests,
} from "../../sandbox/networks/telegram/server"
import {
  CHANNEL_ID,
  HIDDEN_CHANNEL_ID,
  STAGING_ID,
} from "../../sandbox/networks/telegram/state"
import { accountOf, type Admin, createAdmin, sql } from "./support/application"
import { type PictureServer, startPictureServer } from "./support/pictures"
import { createPost, makeDue, publish, runPublishing } from "./support/posts"

jest.setTimeout(120_000)

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let telegram: TelegramSimulator
    let pictures: PictureServer
    let platformId: string
    let account: string

    const create = async (api_config: object = {}) => {
      const { status, data } = await admin.post("/admin/social-platforms", {
        name: "Ada's bot",
        provider: "telegram",
        auth_type: "api_key",
        base_url: telegram.url,
        api_config: {
          api_key: telegram.state.token,
          channels: "@adas_shop",
          staging_chat: String(STAGING_ID),
          ...api_config,
        },
      })
      expect([status, data.message]).toEqual([200, undefined])
      return data.social_platform.id as string
    }
    const sync = (platform_id: string) =>
      admin.post("/admin/socials/sync-platform-data", { platform_id })

    // Made once: the database goes back to this state before each test.
    beforeAll(async () => {
      telegram = await startTelegram(0)
      pictures = await startPictureServer()
      admin = await createAdmin(api, getContainer(), "ada@example.com")
      platformId = await create()
      expect((await sync(platformId)).status).toBe(200)
      account = await accountOf(admin, platformId, String(CHANNEL_ID))
    })
    beforeEach(() => telegram.reset())
    afterAll(async () => {
      await telegram.close()
      await pictures.close()
    })

    const posts = () => telegram.posts(CHANNEL_ID)
    const write = (
      body: Record<string, unknown>,
      settings: Record<string, unknown> = {}
    ) =>
      createPost(admin, {
        account_ids: [],
        publications: [{ account_id: account, settings }],
        ...body,
      })

    it("connects with a bot's token, and says whose it is", async () => {
      const { data } = await admin.post(
        `/admin/social-platforms/${platformId}/verify`
      )
      expect(data.verification).toMatchObject({
        ok: true,
        message: "The token belongs to the bot Ada's Shop (@adas_shop_bot).",
      })
      expect(JSON.stringify(data)).not.toContain("simulator-token")
    })

    it("finds a channel that the bot was added to", async () => {
      telegram.addBotTo(HIDDEN_CHANNEL_ID)
      const { data } = await sync(platformId)
      expect(data.sync.accounts).toMatchObject({ created: 1, updated: 1 })
    })

    it("keeps a channel that it has found for as long as the bot may post there", async () => {
      telegram.addBotTo(HIDDEN_CHANNEL_ID)
      await sync(platformId)
      // Telegram tells what happened for a day.
      telegram.state.updates.length = 0
      expect((await sync(platformId)).data.sync.accounts).toMatchObject({
        ...{ created: 0, updated: 2, removed: 0 },
      })

      const chat = telegram.state.chats.find(
        ({ id }) => id === HIDDEN_CHANNEL_ID
      )!
      chat.bot = { status: "kicked" }
      expect((await sync(platformId)).data.sync.accounts).toMatchObject({
        ...{ updated: 1, removed: 1 },
      })
    })

    it("says which channel of the settings is wrong, and keeps the accounts", async () => {
      telegram.state.chats[0].bot = null
      const { status, data } = await sync(platformId)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(data.message).toContain('"@adas_shop"')
      const [row] = await sql(
        getContainer(),
        "select is_available from social_account where id = ?",
        [account]
      )
      expect(row.is_available).toBe(true)
    })

    it("publishes a text with its link, and says where it is", async () => {
      const post = await publish(
        admin,
        await write(
          { caption: "New: scarves", link: "https://shop.example.com/scarves" },
          { silent: true }
        )
      )
      expect(post.status).toBe("published")
      expect(posts()).toEqual([
        expect.objectContaining({
          text: "New: scarves\n\nhttps://shop.example.com/scarves",
          silent: true,
        }),
      ])
      expect(post.publications[0]).toMatchObject({
        external_id: String(posts()[0].message_id),
        external_url: `https://t.me/adas_shop/${posts()[0].message_id}`,
      })
    })

    it("publishes a picture with a button, and what follows as a reply", async () => {
      const post = await publish(
        admin,
        await write(
          {
            caption: "New: scarves",
            link: "https://shop.example.com/scarves",
            media: [{ url: pictures.url }],
            parts: [{ text: "Also in green" }],
          },
          { link_as: "button", button_text: "Shop" }
        )
      )
      expect(post.status).toBe("published")
      const [first, second] = posts()
      expect(first).toMatchObject({
        text: "New: scarves",
        button: { text: "Shop", url: "https://shop.example.com/scarves" },
        file: { type: "photo", content_type: "image/png" },
      })
      expect(second).toMatchObject({
        text: "Also in green",
        reply_to: first.message_id,
      })
    })

    it("publishes an album that was uploaded before", async () => {
      const post = await publish(
        admin,
        await write({
          caption: "The collection",
          media: [{ url: pictures.url }, { url: pictures.url }],
        })
      )
      expect(post.status).toBe("published")
      expect(telegram.posts(STAGING_ID)).toHaveLength(2)
      expect(posts().map(({ album }) => album)).toEqual([
        expect.any(String),
        expect.any(String),
      ])
    })

    it("leaves a post to a person when its response is lost, and sends it no second time", async () => {
      telegram.fault({ path: /sendMessage/, kind: "drop_reply" })
      const id = await write({ caption: "Once" })
      const post = await publish(admin, id)
      expect(post.status).toBe("needs_attention")
      expect(post.publications[0].state).toBe("unknown")
      await makeDue(getContainer(), id)
      await runPublishing(getContainer())
      expect(posts()).toHaveLength(1)
      expect(countRequests(telegram, "POST", /sendMessage/)).toBe(1)
    })

    it("tries again after an upload that got lost, which nobody has seen", async () => {
      telegram.fault({ path: /sendPhoto/, kind: "drop_reply" })
      const id = await write({
        caption: "Once",
        media: [{ url: pictures.url }],
      })
      const first = await publish(admin, id)
      expect(first.publications[0].state).toBe("pending")
      expect(posts()).toHaveLength(0)
      await makeDue(getContainer(), id)
      await runPublishing(getContainer())
      expect(posts()).toHaveLength(1)
    })

    it("waits as long as Telegram asks for", async () => {
      telegram.fault({
        path: /sendMessage/,
        kind: "reply",
        reply: tooManyRequests(35),
      })
      const id = await write({ caption: "Later" })
      const { publications } = await publish(admin, id)
      expect(publications[0]).toMatchObject({ state: "pending", attempts: 0 })
      const wait = Date.parse(publications[0].next_attempt_at!) - Date.now()
      expect(wait).toBeGreaterThan(20_000)
    })

    it("says what to do when the bot was removed from the channel", async () => {
      telegram.state.chats[0].bot = { status: "kicked" }
      const { publications } = await publish(
        admin,
        await write({ caption: "Nobody hears" })
      )
      expect(publications[0].state).toBe("failed")
      expect(publications[0].last_error).toMatchObject({
        class: "permission",
        message: expect.stringContaining("Add the bot to the channel"),
      })
    })

    it("refuses a text that is too long, and settings that there are none of", async () => {
      const long = await admin.post("/admin/social-posts", {
        caption: "x".repeat(4097),
        publications: [{ account_id: account }],
      })
      expect([long.status, long.data.message]).toEqual([
        400,
        expect.stringContaining("takes up to 4,096"),
      ])
      const odd = await admin.post("/admin/social-posts", {
        caption: "x",
        publications: [{ account_id: account, settings: { topic: -1 } }],
      })
      expect([odd.status, odd.data.message]).toEqual([
        400,
        expect.stringContaining('"Topic"'),
      ])
    })
  },
})
