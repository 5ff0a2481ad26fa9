import { REST, type RESTOptions } from "@discordjs/rest"
import {
  type DiscordSimulator,
  startDiscord,
  tooManyRequests,
} from "../../../../sandbox/networks/discord/server"
import {
  FORUM_ID,
  GUILD_ID,
  NEWS_ID,
  TAG_ID,
  TEXT_ID,
} from "../../../../sandbox/networks/discord/state"
import { countRequests } from "../../../../sandbox/networks/simulator"
import type { ServiceError } from "../../../errors/service-error"
import { testMedia } from "../../__tests__/support/test-media"
import type { SocialProvider } from "../../types"
import { contractTests, createTestContext } from "../../testing"
import {
  createTestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../testing-job"
import { discordProvider } from "../provider"
import { discordWebhookProvider } from "../webhook"

let discord: DiscordSimulator

beforeAll(async () => {
  discord = await startDiscord(0)
})
afterEach(() => discord.reset())
afterAll(() => discord.close())

const asBot = () =>
  createTestContext(discordProvider, {
    settings: { base_url: discord.url },
    credentials: { api_key: discord.state.token },
  })
const asWebhook = (webhook_url = discord.webhookUrl()) =>
  createTestContext(discordWebhookProvider, {
    settings: { base_url: discord.url },
    credentials: { webhook_url },
  })

const addressOf = (channel: string) =>
  `https://discord.com/channels/${GUILD_ID}/${channel}`

const jobFor = (
  options: TestJobOptions = {},
  kind = "text",
  channel = { text: TEXT_ID, announcement: NEWS_ID, forum: FORUM_ID }[kind]!
) =>
  createTestJob({
    account: { external_id: channel, kind, url: addressOf(channel) },
    ...options,
  })

const webhookJob = (options: TestJobOptions = {}) =>
  createTestJob({
    account: {
      external_id: discord.state.webhook.id,
      kind: "webhook",
      url: addressOf(discord.state.webhook.channel_id),
    },
    ...options,
  })

const failureOf = async (promise: unknown): Promise<ServiceError> =>
  Promise.resolve(promise).then(
    () => {
      throw new Error("It succeeded.")
    },
    (error: unknown) => error as ServiceError
  )

describe.each<[string, SocialProvider, Record<string, string>]>([
  ["a bot", discordProvider, { api_key: "leak-bot-token-77ab" }],
  [
    "a webhook",
    discordWebhookProvider,
    { webhook_url: "https://discord.com/api/webhooks/1234567/leak-hook-55" },
  ],
])("the contract, as %s", (_, provider, credentials) => {
  for (const { title, run } of contractTests(provider, { credentials })) {
    it(title, run)
  }
})

describe("a webhook's URL", () => {
  it.each([
    "https://discord.com/api/webhooks/1/a-b_c",
    "https://canary.discord.com/api/v10/webhooks/1/a-b_c/",
    "https://discordapp.com/api/webhooks/1/a-b_c",
  ])("is taken from any of Discord's hosts (%s)", async (url) => {
    const asked: string[] = []
    const context = createTestContext(discordWebhookProvider, {
      credentials: { webhook_url: url },
      fetch: async (address) => {
        asked.push(String(address))
        return Response.json({ id: "1", channel_id: "2", name: "News" })
      },
    })
    await discordWebhookProvider.verify!(context)
    expect(asked).toEqual(["https://discord.com/api/v10/webhooks/1/a-b_c"])
  })

  it.each([
    "https://evil.example.com/api/webhooks/1/abc",
    "https://discord.com/api/webhooks/1/../../evil",
    "https://discord.com/api/webhooks/1/a?b=c",
    "abc",
  ])("that is none is refused before anything is sent (%s)", async (url) => {
    const error = await failureOf(
      discordWebhookProvider.verify!(asWebhook(url))
    )
    expect(error).toMatchObject({
      errorClass: "config_error",
      code: "invalid_credential",
    })
    expect(error.message).not.toContain(url)
    expect(discord.requests).toEqual([])
  })

  it("is repeated in no message, not even a part of it", async () => {
    const { token } = discord.state.webhook
    discord.fault({
      path: /webhooks/,
      kind: "reply",
      reply: {
        status: 400,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ code: 50035, message: `Not ${token}` }),
      },
    })
    const error = await failureOf(discordWebhookProvider.verify!(asWebhook()))
    expect(error.message).not.toContain(token)
  })

  it("that was deleted is a credential that works no more", async () => {
    const url = discord.webhookUrl()
    discord.state.webhook.token = "another"
    expect(
      (await failureOf(discordWebhookProvider.verify!(asWebhook(url))))
        .errorClass
    ).toBe("token_invalid")
  })
})

describe("channels", () => {
  it("are those that the bot may write to", async () => {
    const accounts = await discordProvider.listAccounts!(asBot())
    expect(accounts.map(({ kind, name }) => [kind, name])).toEqual([
      ["text", "#drops (Ada's server)"],
      ["announcement", "#news (Ada's server)"],
      ["forum", "#ideas (Ada's server)"],
    ])
    expect(accounts[0].url).toBe(addressOf(TEXT_ID))
  })

  it("follow what a role or the bot itself is allowed", async () => {
    const staff = discord.state.channels[3]
    staff.permission_overwrites.push({
      id: discord.state.roles[0],
      allow: String(1 << 11),
      deny: "0",
    })
    const names = async () =>
      (await discordProvider.listAccounts!(asBot())).map(({ name }) => name)
    expect(await names()).toContain("#staff (Ada's server)")
    staff.permission_overwrites.push({
      id: discord.state.bot.id,
      allow: "0",
      deny: String(1 << 11),
    })
    expect(await names()).not.toContain("#staff (Ada's server)")
  })

  it("are one for a webhook", async () => {
    expect(await discordWebhookProvider.listAccounts!(asWebhook())).toEqual([
      expect.objectContaining({ name: "Shop news", url: addressOf(TEXT_ID) }),
    ])
  })

  it("take larger files on boosted servers, and tell tags, threads and members", async () => {
    const { account } = jobFor({}, "forum")
    discord.state.guild.premium_tier = 2
    expect(await discordProvider.fetchFacts!(asBot(), account)).toEqual({
      max_file_mb: 50,
    })
    expect(
      await discordProvider.lookups!.tags.run(asBot(), account, "sa")
    ).toEqual([{ value: TAG_ID, label: "Sale" }])
    expect(
      await discordProvider.fetchAccountMetrics!(asBot(), account)
    ).toEqual([{ name: "followers", value: 230 }])
  })
})

describe("a bot publishes", () => {
  const posts = () => discord.posts(TEXT_ID)

  it("a text with files and their alternative texts, and calls nobody", async () => {
    const job = jobFor({
      parts: [
        {
          text: "@everyone look",
          media: [testMedia({ alt_text: "A red scarf" }), testMedia()],
        },
      ],
      link: {
        url: "https://shop.example.com/",
        title: null,
        description: null,
        image: null,
      },
      settings: { silent: true, spoiler: true },
    })
    await workOnTestJob(discordProvider, asBot(), job)
    expect(posts()).toEqual([
      expect.objectContaining({
        content: "@everyone look\n\nhttps://shop.example.com/",
        allowed_mentions: { parse: [] },
        flags: 4096,
        attachments: [
          expect.objectContaining({
            filename: "SPOILER_scarf.png",
            description: "A red scarf",
            bytes: 64,
          }),
          expect.objectContaining({ filename: "SPOILER_scarf.png" }),
        ],
      }),
    ])
    expect(job.parts[0].published).toEqual({
      external_id: posts()[0].id,
      url: `${addressOf(TEXT_ID)}/${posts()[0].id}`,
    })
  })

  it("a card of the linked product, with its picture", async () => {
    await workOnTestJob(
      discordProvider,
      asBot(),
      jobFor({
        link: {
          url: "https://shop.example.com/scarf",
          title: "Scarf",
          description: "Of wool",
          image: testMedia(),
        },
        settings: { link_as: "card" },
      })
    )
    expect(posts()[0]).toMatchObject({
      content: "Hello",
      embeds: [
        {
          url: "https://shop.example.com/scarf",
          title: "Scarf",
          description: "Of wool",
          image: { url: "attachment://link.png" },
        },
      ],
      attachments: [{ filename: "link.png" }],
    })
  })

  it("a card that is cut to what Discord takes, and through no emoji", async () => {
    await workOnTestJob(
      discordProvider,
      asBot(),
      jobFor({
        link: {
          url: "https://shop.example.com/scarf",
          title: `Scarf${"🧣".repeat(300)}`,
          description: "🧶".repeat(5000),
          image: null,
        },
        settings: { link_as: "card" },
      })
    )
    expect(posts()[0].embeds).toMatchObject([
      { title: `Scarf${"🧣".repeat(251)}`, description: "🧶".repeat(4096) },
    ])
  })

  it("what follows as replies", async () => {
    const parts = [{ text: "One" }, { text: "Two" }, { text: "Three" }]
    await workOnTestJob(discordProvider, asBot(), jobFor({ parts }))
    const [first, second, third] = posts()
    expect([first.reply_to, second.reply_to, third.reply_to]).toEqual([
      null,
      first.id,
      second.id,
    ])
  })

  it("what follows in a thread that is opened under the post, once", async () => {
    const job = jobFor({
      parts: [{ text: "One" }, { text: "Two" }],
      settings: { discussion: "Questions" },
    })
    job.crash("before", "step thread")
    await workOnTestJob(discordProvider, asBot(), job)
    const [first] = posts()
    expect(discord.state.threads).toEqual([
      expect.objectContaining({ id: first.id, name: "Questions" }),
    ])
    expect(discord.posts(first.id).map(({ content }) => content)).toEqual([
      "Two",
    ])
  })

  it("an announcement to all who follow the channel, once", async () => {
    const job = jobFor({ settings: { crosspost: true } }, "announcement")
    job.crash("before", "step crosspost")
    await workOnTestJob(discordProvider, asBot(), job)
    expect(discord.posts(NEWS_ID)).toEqual([
      expect.objectContaining({ crossposted: true }),
    ])
  })

  it("a forum's post with title and tags, and what follows beneath", async () => {
    const job = jobFor(
      {
        parts: [{ text: "One", media: [testMedia()] }, { text: "Two" }],
        settings: { title: "Which colour?", tags: [TAG_ID] },
      },
      "forum"
    )
    await workOnTestJob(discordProvider, asBot(), job)
    const [thread] = discord.state.threads
    expect(thread).toMatchObject({
      name: "Which colour?",
      parent_id: FORUM_ID,
      applied_tags: [TAG_ID],
    })
    expect(discord.posts(thread.id)).toEqual([
      expect.objectContaining({
        content: "One",
        attachments: [expect.anything()],
      }),
      expect.objectContaining({ content: "Two" }),
    ])
    expect(job.parts[0].published).toEqual({
      external_id: `${thread.id}/${thread.id}`,
      url: `${addressOf(thread.id)}/${thread.id}`,
    })
  })

  it("once, when a response is lost: a repeat with its nonce returns the first message", async () => {
    discord.fault({ path: /messages$/, kind: "drop_reply" })
    const job = jobFor({ parts: [{ text: "Once", media: [testMedia()] }] })
    expect(await workOnTestJob(discordProvider, asBot(), job)).toEqual({
      state: "published",
    })
    expect(posts()).toHaveLength(1)
    expect(job.parts[0].published!.external_id).toBe(posts()[0].id)
    expect(countRequests(discord, "POST", /messages$/)).toBe(2)
  })

  it("once, when the process ends before the call", async () => {
    const job = jobFor({ parts: [{ text: "One" }, { text: "Two" }] })
    job.crash("after", "arm 1")
    await workOnTestJob(discordProvider, asBot(), job)
    expect(posts().map(({ content }) => content)).toEqual(["One", "Two"])
  })

  it("and takes it back, also twice", async () => {
    const job = jobFor()
    await workOnTestJob(discordProvider, asBot(), job)
    const ref = job.parts[0].published!
    posts()[0].reactions = [{ count: 2 }, { count: 1 }]
    expect(
      await discordProvider.fetchPostMetrics!(asBot(), job.account, ref)
    ).toEqual([{ name: "reactions", value: 3 }])
    const state = () =>
      discordProvider.fetchPostState!(asBot(), job.account, ref)
    expect(discordProvider.readPermalink!(job.account, ref.url!)).toBe(
      ref.external_id
    )
    expect(await state()).toEqual({ state: "public", url: ref.url })
    await discordProvider.remove!(asBot(), job.account, ref)
    await discordProvider.remove!(asBot(), job.account, ref)
    expect(posts()).toEqual([])
    expect(await state()).toEqual({ state: "gone" })
  })
})

describe("long after a response was lost", () => {
  /** A lost call of ten minutes ago, as far as the nonce goes. */
  const lostCall = async (isOut: boolean, kind = "text", settings = {}) => {
    const job = jobFor({ parts: [{ text: "Once" }], settings }, kind)
    discord.fault({
      path: /(?:messages|threads)$/,
      kind: isOut ? "drop_reply" : "drop_request",
    })
    await failureOf(discordProvider.publish!(asBot(), job))
    return job
  }
  const recover = (job: ReturnType<typeof jobFor>, minutes = 10) => {
    const lost = job.lost()
    return discordProvider.recover!(asBot(), {
      ...lost,
      armed_at: new Date(lost.armed_at.getTime() - minutes * 60_000),
    })
  }

  it("the channel tells that the message is out", async () => {
    const job = await lostCall(true)
    expect(await recover(job)).toEqual({
      outcome: "published",
      ref: expect.objectContaining({
        external_id: discord.posts(TEXT_ID)[0].id,
      }),
    })
  })

  it("the channel tells that it is not out", async () => {
    await workOnTestJob(discordProvider, asBot(), jobFor())
    const job = await lostCall(false)
    expect(await recover(job)).toEqual({
      outcome: "not_published",
      because: "listing",
    })
  })

  it("a channel whose history is closed to the bot tells nothing", async () => {
    await workOnTestJob(discordProvider, asBot(), jobFor())
    discord.state.channels[0].has_history = false
    const job = await lostCall(false)
    expect(await recover(job)).toEqual({ outcome: "unknown" })
  })

  it.each([
    [true, "published"],
    [false, "not_published"],
  ])("a forum tells of its threads (%s)", async (isOut, outcome) => {
    const job = await lostCall(isOut, "forum", { title: "Which colour?" })
    expect((await recover(job)).outcome).toBe(outcome)
    expect(await recover(job, 60)).toEqual({ outcome: "unknown" })
  })
})

describe("a webhook publishes", () => {
  it("a message, says where it is, and takes it back", async () => {
    const job = webhookJob({
      parts: [{ text: "One" }, { media: [testMedia()] }],
    })
    await workOnTestJob(discordWebhookProvider, asWebhook(), job)
    const [first, second] = discord.posts(TEXT_ID)
    expect(first).toMatchObject({
      content: "One",
      allowed_mentions: { parse: [] },
      webhook_id: discord.state.webhook.id,
    })
    expect(second.attachments).toHaveLength(1)
    const ref = job.parts[0].published!
    expect(ref).toEqual({
      external_id: first.id,
      url: `${addressOf(TEXT_ID)}/${first.id}`,
    })
    await discordWebhookProvider.remove!(asWebhook(), job.account, ref)
    expect(discord.posts(TEXT_ID)).toEqual([second])
  })

  it("a forum's post with what follows, each in its thread", async () => {
    discord.state.webhook.channel_id = FORUM_ID
    const job = webhookJob({
      parts: [{ text: "One" }, { text: "Two" }],
      settings: { title: "Which colour?" },
    })
    await workOnTestJob(discordWebhookProvider, asWebhook(), job)
    const [thread] = discord.state.threads
    expect(discord.posts(thread.id)).toHaveLength(2)
    for (const part of job.parts) {
      await discordWebhookProvider.remove!(
        asWebhook(),
        job.account,
        part.published!
      )
    }
    expect(discord.posts(thread.id)).toEqual([])
  })

  it("nothing a second time when a response is lost: a person decides", async () => {
    discord.fault({ path: /webhooks/, kind: "drop_reply" })
    expect(
      await workOnTestJob(discordWebhookProvider, asWebhook(), webhookJob())
    ).toEqual({ state: "unknown" })
    expect(discord.posts(TEXT_ID)).toHaveLength(1)
  })
})

describe("a refusal of Discord's", () => {
  it.each([
    [401, 0, "401: Unauthorized", "token_invalid", ""],
    [404, 10003, "Unknown Channel", "account_restricted", "synchronize"],
    [404, 10015, "Unknown Webhook", "token_invalid", "make a new one"],
    [401, 50027, "Invalid Webhook Token", "token_invalid", "make a new one"],
    [403, 40002, "You need to verify your account", "account_restricted", ""],
    [403, 50001, "Missing Access", "permission", "view the channel"],
    [403, 50013, "Missing Permissions", "permission", "send messages"],
    [413, 40005, "Request entity too large", "content_rejected", "smaller"],
    [400, 50006, "Cannot send an empty message", "content_rejected", ""],
    [400, 40067, "A tag is required", "content_rejected", "Choose a tag"],
    [400, 200000, "Message was blocked", "content_rejected", "rules"],
    [400, 240000, "Harmful links", "content_rejected", "rules"],
    [400, 160005, "Thread is locked", "account_restricted", "another one"],
    [429, 20028, "The write action has hit a limit", "rate_limited", ""],
    [503, 130000, "API resource is overloaded", "transient", ""],
  ])("%i %i %s", async (status, code, message, errorClass, action) => {
    discord.fault({
      path: /messages$/,
      kind: "reply",
      reply: {
        status,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ code, message }),
      },
    })
    const error = await failureOf(discordProvider.publish!(asBot(), jobFor()))
    expect(error).toMatchObject({
      errorClass,
      code: String(code),
      outcomeUnknown: status >= 500,
    })
    expect(error.message).toContain(message)
    expect(error.message).toContain(action)
  })

  it("names the field of an invalid form", async () => {
    const error = await failureOf(
      discordProvider.publish!(
        asBot(),
        jobFor({ parts: [{ text: "x".repeat(2001) }] })
      )
    )
    expect(error.errorClass).toBe("content_rejected")
    expect(error.message).toContain("content: Must be 2000 or fewer in length.")
  })

  it("tells until when to wait, to a fraction of a second", async () => {
    discord.fault({
      path: /messages$/,
      kind: "reply",
      reply: tooManyRequests(64.57),
    })
    const error = await failureOf(discordProvider.publish!(asBot(), jobFor()))
    expect(error.errorClass).toBe("rate_limited")
    const wait = error.retryAt!.getTime() - Date.now()
    expect(wait).toBeGreaterThan(63_000)
    expect(wait).toBeLessThan(66_000)
  })
})

describe("the simulator, for a client that others have written", () => {
  it("sends files, lists, refuses and deletes", async () => {
    const rest = new REST({
      version: "10",
      api: `${discord.url}/api`,
      // It brings an undici of its own, which does not go with ours.
      makeRequest: fetch as RESTOptions["makeRequest"],
    })
    rest.setToken(discord.state.token)
    const sent = (await rest.post(`/channels/${TEXT_ID}/messages`, {
      body: {
        content: "Hello",
        attachments: [{ id: 0, description: "A picture" }],
      },
      files: [{ name: "a.png", data: Buffer.from("a") }],
    })) as { id: string }
    expect(discord.posts(TEXT_ID)[0].attachments).toEqual([
      expect.objectContaining({ filename: "a.png", description: "A picture" }),
    ])
    expect(await rest.get(`/channels/${TEXT_ID}/messages`)).toHaveLength(1)
    await rest.delete(`/channels/${TEXT_ID}/messages/${sent.id}`)
    expect(discord.posts(TEXT_ID)).toEqual([])
    await expect(
      rest.post(`/channels/${TEXT_ID}/messages`, { body: { content: "" } })
    ).rejects.toMatchObject({ code: 50006, status: 400 })
  })
})
