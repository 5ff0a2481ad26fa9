import { Api, GrammyError, InputFile } from "grammy"
import {
  startTelegram,
  type TelegramSimulator,
  tooManyRequests,
} from "../../../../sandbox/networks/telegram/server"
import {
  CHANNEL_ID,
  GROUP_ID,
  HIDDEN_CHANNEL_ID,
  STAGING_ID,
} from "../../../../sandbox/networks/telegram/state"
import { countRequests } from "../../../../sandbox/networks/simulator"
import type { ServiceError } from "../../../errors/service-error"
import type { ServiceFetch } from "../../../http/fetch"
import { checkPost } from "../../../shared/post-rules/check"
import { testMedia } from "../../__tests__/support/test-media"
import { contractTests, createTestContext } from "../../testing"
import {
  createTestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../testing-job"
import { telegramProvider } from "../provider"

let telegram: TelegramSimulator

beforeAll(async () => {
  telegram = await startTelegram(0)
})
afterEach(() => telegram.reset())
afterAll(() => telegram.close())

const contextFor = (settings: Record<string, unknown> = {}, token?: string) =>
  createTestContext(telegramProvider, {
    settings: { base_url: telegram.url, ...settings },
    credentials: { api_key: token ?? telegram.state.token },
  })

const channel = {
  external_id: String(CHANNEL_ID),
  kind: "channel",
  name: "Ada's Shop News",
  username: "adas_shop",
}

const jobFor = (options: TestJobOptions) =>
  createTestJob({ account: channel, ...options })

const publish = (
  options: TestJobOptions,
  settings: Record<string, unknown> = {}
) => workOnTestJob(telegramProvider, contextFor(settings), jobFor(options))

const failureOf = async (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => {
      throw new Error("It succeeded.")
    },
    (error: unknown) => error as ServiceError
  )

describe("the contract", () => {
  for (const { title, run } of contractTests(telegramProvider, {
    credentials: { api_key: "4711:leak-api-key-77ab" },
  })) {
    it(title, run)
  }
})

describe("a bot token", () => {
  const asking = (api_key: string) => {
    const asked: string[] = []
    const fetch: ServiceFetch = async (url) => {
      asked.push(String(url))
      return Response.json({ ok: true, result: { id: 1, first_name: "A" } })
    }
    const context = createTestContext(telegramProvider, {
      credentials: { api_key },
      fetch,
    })
    return { asked, result: telegramProvider.verify!(context) }
  }

  it.each(["1:a/../../evil", "1:a?b", "1:a#b", "1:%2e"])(
    "cannot change the path that it stands in (%j)",
    async (token) => {
      const { asked, result } = asking(token)
      expect((await failureOf(result as Promise<unknown>)).code).toBe(
        "invalid_credential"
      )
      expect(asked).toEqual([])
    }
  )

  it("with $ in it is inserted as it is", async () => {
    const { asked, result } = asking("1:a$&b")
    await result
    expect(asked).toEqual(["https://api.telegram.org/bot1:a$&b/getMe"])
  })

  it("is said to be whose it is", async () => {
    expect(await telegramProvider.verify!(contextFor())).toBe(
      "The token belongs to the bot Ada's Shop (@adas_shop_bot)."
    )
  })
})

describe("channels and groups", () => {
  const list = (settings: Record<string, unknown>) =>
    telegramProvider.listAccounts!(contextFor(settings))

  it("are those of the settings, by name, address or id", async () => {
    expect(
      await list({
        channels: `https://t.me/adas_shop, ${HIDDEN_CHANNEL_ID}\n${GROUP_ID}`,
      })
    ).toEqual([
      {
        external_id: String(CHANNEL_ID),
        kind: "channel",
        name: "Ada's Shop News",
        username: "adas_shop",
        avatar_url: null,
        url: "https://t.me/adas_shop",
      },
      expect.objectContaining({ name: "Friends of Ada", url: null }),
      expect.objectContaining({ name: "Ada's team", kind: "group" }),
    ])
  })

  it("are found where the bot was added lately, once each", async () => {
    telegram.addBotTo(HIDDEN_CHANNEL_ID)
    telegram.addBotTo(HIDDEN_CHANNEL_ID)
    telegram.addBotTo(CHANNEL_ID)
    expect(
      (await list({ channels: "@adas_shop" })).map(({ name }) => name)
    ).toEqual(["Ada's Shop News", "Friends of Ada"])
  })

  it("are those of the settings alone while a webhook gets the updates", async () => {
    telegram.state.has_webhook = true
    expect(await list({ channels: "adas_shop" })).toHaveLength(1)
  })

  it("in which the bot may not post are named, with what to do", async () => {
    telegram.state.chats[0].bot = { status: "member" }
    expect(await failureOf(list({ channels: "@adas_shop" }))).toMatchObject({
      errorClass: "config_error",
      message: expect.stringContaining(
        'The bot may not post to "@adas_shop". Make it an administrator'
      ),
    })
    telegram.addBotTo(CHANNEL_ID)
    expect(await list({})).toEqual([])
  })

  it.each(["@nowhere_to_be_found", "not a name!"])(
    "that do not exist are named (%s)",
    async (channels) => {
      const error = await failureOf(list({ channels }))
      expect(error.errorClass).toBe("config_error")
      expect(error.message).toContain(channels.split(" ")[0])
    }
  )

  it("tell how many people read them", async () => {
    const account = jobFor({}).account
    expect(
      await telegramProvider.fetchAccountMetrics!(contextFor(), account)
    ).toEqual([{ name: "followers", value: 1204 }])
  })
})

describe("publishing", () => {
  const posts = () => telegram.posts(CHANNEL_ID)

  it("sends a text with its link at its end, and says where it is", async () => {
    const job = jobFor({
      parts: [{ text: "New: scarves & <hats>" }],
      link: {
        url: "https://shop.example.com/?a=1&b=2",
        title: null,
        description: null,
        image: null,
      },
      settings: { link_preview: "large", text_below: true, silent: true },
    })
    await workOnTestJob(telegramProvider, contextFor(), job)
    expect(posts()).toEqual([
      expect.objectContaining({
        text: "New: scarves & <hats>\n\nhttps://shop.example.com/?a=1&b=2",
        preview: { prefer_large_media: true, show_above_text: true },
        silent: true,
        is_protected: false,
      }),
    ])
    const [{ message_id }] = posts()
    expect(job.parts[0].published).toEqual({
      external_id: String(message_id),
      url: `https://t.me/adas_shop/${message_id}`,
    })
  })

  const link = {
    url: "https://shop.example.com/?a=1&b=2",
    title: null,
    description: null,
    image: null,
  }

  it("puts the link on a button", async () => {
    await publish({
      parts: [{ text: "New: scarves", media: [testMedia()] }],
      link,
      settings: { link_as: "button", button_text: "Have a look" },
    })
    expect(posts()).toEqual([
      expect.objectContaining({
        text: "New: scarves",
        button: { text: "Have a look", url: link.url },
        file: expect.objectContaining({ type: "photo", name: "scarf.png" }),
      }),
    ])
  })

  it("keeps the link of an album in the text, where there is no button", async () => {
    await publish({
      parts: [
        {
          text: "<b>New</b>",
          media: [
            testMedia(),
            testMedia({
              kind: "video",
              name: "film.mp4",
              content_type: "video/mp4",
              duration_ms: 1500,
              poster: { media: testMedia({ name: "cover.jpg" }) },
            }),
          ],
        },
      ],
      link,
      settings: { link_as: "button", format: "html", spoiler: true },
    })
    expect(posts()).toEqual([
      expect.objectContaining({
        text: "<b>New</b>\n\nhttps://shop.example.com/?a=1&amp;b=2",
        has_spoiler: true,
        button: null,
      }),
      expect.objectContaining({
        text: "",
        file: expect.objectContaining({ type: "video", has_thumbnail: true }),
      }),
    ])
    expect(new Set(posts().map(({ album }) => album)).size).toBe(1)
  })

  it("refuses an album whose text has no room for its link before anything is sent", async () => {
    const job = jobFor({
      parts: [{ text: "x".repeat(1020), media: [testMedia(), testMedia()] }],
      link,
      settings: { link_as: "button" },
    })
    const error = await failureOf(
      workOnTestJob(telegramProvider, contextFor(), job)
    )
    expect(error).toMatchObject({
      errorClass: "content_rejected",
      code: "text_too_long",
    })
    expect(job.log).toEqual([])
  })

  it.each([
    ["gif", "animation", "image/gif"],
    ["video", "video", "video/mp4"],
    ["document", "document", "application/pdf"],
  ] as const)("sends a %s as %s", async (kind, type, content_type) => {
    await publish({
      parts: [{ text: "Look", media: [testMedia({ kind, content_type })] }],
    })
    expect(posts()[0]).toMatchObject({
      text: "Look",
      file: { type, bytes: 64 },
    })
  })

  it("sends what follows as replies", async () => {
    await publish({ parts: [{ text: "One" }, { text: "Two" }, { text: "3" }] })
    const [first, second, third] = posts()
    expect([first.reply_to, second.reply_to, third.reply_to]).toEqual([
      null,
      first.message_id,
      second.message_id,
    ])
  })

  it("uploads files to the private chat first, once, so that the last call is small", async () => {
    const job = jobFor({
      parts: [{ text: "Album", media: [testMedia(), testMedia()] }],
    })
    const context = contextFor({ staging_chat: String(STAGING_ID) })
    job.crash("before", "arm 0")
    await workOnTestJob(telegramProvider, context, job)

    expect(telegram.posts(STAGING_ID)).toHaveLength(2)
    expect(telegram.posts(STAGING_ID)[0]).toMatchObject({
      text: "",
      silent: true,
    })
    expect(posts().map(({ file }) => file)).toEqual(
      telegram.posts(STAGING_ID).map(({ file }) => file)
    )
    expect(job.log).toEqual(["step upload 0", "arm 0", "done 0"])
  })

  it("asks nobody and repeats nothing when a response is lost", async () => {
    telegram.fault({ path: /sendMessage/, kind: "drop_reply" })
    const job = jobFor({ parts: [{ text: "Once" }] })
    expect(await workOnTestJob(telegramProvider, contextFor(), job)).toEqual({
      state: "unknown",
    })
    expect(posts()).toHaveLength(1)
    expect(countRequests(telegram, "POST", /sendMessage/)).toBe(1)
  })

  it("closes files that it has opened when the time has not come", async () => {
    let open = 0
    const media = testMedia({
      open: async () => {
        open += 1
        return {
          stream: new ReadableStream({ cancel: () => void (open -= 1) }),
          size: 1,
        }
      },
    })
    const job = jobFor({ parts: [{ media: [media, media] }] })
    const notYet = new Error("not yet")
    await expect(
      telegramProvider.publish!(contextFor(), {
        ...job,
        arm: () => Promise.reject(notYet),
      })
    ).rejects.toBe(notYet)
    expect(open).toBe(0)
  })

  it("goes on with the part that was refused, and not with those that are out", async () => {
    const job = jobFor({ parts: [{ text: "One" }, { text: "Two" }] })
    const context = contextFor()
    telegram.fault({ path: /sendMessage/, kind: "delay", delay_ms: 0 })
    telegram.fault({
      path: /sendMessage/,
      kind: "reply",
      reply: tooManyRequests(7),
    })
    const error = await failureOf(workOnTestJob(telegramProvider, context, job))
    expect(error.errorClass).toBe("rate_limited")
    expect(error.retryAt!.getTime() - Date.now()).toBeGreaterThan(5_000)

    await workOnTestJob(telegramProvider, context, job)
    expect(posts().map(({ text }) => text)).toEqual(["One", "Two"])
  })

  it("takes an album back as a whole, also twice", async () => {
    const job = jobFor({ parts: [{ media: [testMedia(), testMedia()] }] })
    await workOnTestJob(telegramProvider, contextFor(), job)
    const ref = job.parts[0].published!
    await telegramProvider.remove!(contextFor(), job.account, ref)
    await telegramProvider.remove!(contextFor(), job.account, ref)
    expect(posts()).toEqual([])
  })

  it("links to posts of hidden channels for those who are in them, and to none of plain groups", async () => {
    for (const [id, pattern] of [
      [HIDDEN_CHANNEL_ID, /^https:\/\/t\.me\/c\/1000000002\/\d+$/],
      [GROUP_ID, null],
    ] as const) {
      const job = jobFor({
        account: { external_id: String(id), username: null },
      })
      await workOnTestJob(telegramProvider, contextFor(), job)
      const url = job.parts[0].published!.url
      expect(pattern ? pattern.test(url!) : url === null).toBe(true)
    }
  })
})

describe("limits", () => {
  const check = (
    text: string,
    media: number,
    settings: Record<string, unknown> = {}
  ) =>
    checkPost(
      {
        title: null,
        link: null,
        parts: [
          {
            text,
            media: Array.from({ length: media }, () => ({
              ...{ id: "m", name: "m", kind: "image" as const },
              ...{ content_type: "image/jpeg", bytes: 1, width: 1, height: 1 },
              ...{ duration_ms: null, frame_rate: null, video_codec: null },
              ...{ audio_codec: null, alt_text: null, poster_kind: null },
            })),
          },
        ],
      },
      telegramProvider.limits!(
        { kind: "channel", facts: {} },
        { placement: "", settings }
      ),
      "Telegram",
      null
    ).map(({ code }) => code)

  it.each([
    ["a text of 4096", "x".repeat(4096), 0, []],
    ["a longer one", "x".repeat(4097), 0, ["text_too_long"]],
    ["a caption of 1024", "x".repeat(1024), 1, []],
    ["a longer one", "x".repeat(1025), 1, ["text_too_long"]],
    ["emoji, as two each", "😀".repeat(2049), 0, ["text_too_long"]],
    ["ten files", "", 10, []],
    ["eleven files", "", 11, ["media_combination"]],
  ])("of %s", (_, text, media, codes) => {
    expect(check(text, media)).toEqual(codes)
  })

  it("do not count the tags of HTML", () => {
    const text = `<b>${"x".repeat(4096)}</b>`
    expect(check(text, 0)).toEqual(["text_too_long"])
    expect(check(text, 0, { format: "html" })).toEqual([])
  })
})

describe("a refusal of Telegram's", () => {
  it.each([
    [401, "Unauthorized", "token_invalid", "@BotFather"],
    [404, "Not Found", "token_invalid", ""],
    [
      403,
      "Forbidden: bot was kicked from the channel chat",
      "permission",
      "Add the bot",
    ],
    [
      403,
      "Forbidden: bot is not a member of the channel chat",
      "permission",
      "Add the bot",
    ],
    [400, "Bad Request: chat not found", "account_restricted", "@name or id"],
    [
      400,
      "Bad Request: not enough rights to send photos to the chat",
      "permission",
      "administrator",
    ],
    [
      400,
      "Bad Request: need administrator rights in the channel chat",
      "permission",
      "administrator",
    ],
    [400, "Bad Request: CHAT_WRITE_FORBIDDEN", "permission", "administrator"],
    [400, "Bad Request: message is too long", "content_rejected", "Shorten"],
    [
      400,
      "Bad Request: message caption is too long",
      "content_rejected",
      "Shorten",
    ],
    [
      400,
      "Bad Request: can't parse entities: Unmatched end tag",
      "content_rejected",
      "Close every HTML tag",
    ],
    [
      400,
      "Bad Request: wrong file identifier/HTTP URL specified",
      "content_rejected",
      "another file",
    ],
    [
      400,
      "Bad Request: PHOTO_INVALID_DIMENSIONS",
      "content_rejected",
      "another file",
    ],
    [
      400,
      "Bad Request: BUTTON_URL_INVALID",
      "content_rejected",
      "public address",
    ],
    [
      400,
      "Bad Request: message thread not found",
      "account_restricted",
      "topic",
    ],
    [413, "Request Entity Too Large", "content_rejected", "smaller"],
    [500, "Internal Server Error", "transient", ""],
  ])("%i %s", async (error_code, description, errorClass, action) => {
    telegram.fault({
      path: /sendMessage/,
      kind: "reply",
      reply: {
        status: error_code,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ok: false, error_code, description }),
      },
    })
    const job = jobFor({})
    const error = await failureOf(telegramProvider.publish!(contextFor(), job))
    expect(error).toMatchObject({
      errorClass,
      code: String(error_code),
      outcomeUnknown: error_code >= 500,
    })
    expect(error.message).toContain(description)
    expect(error.message).toContain(action)
  })

  it("tells the new id of a group that has become a supergroup", async () => {
    telegram.state.chats[2].migrated_to = -1001000000003
    const error = await failureOf(
      publish({ account: { external_id: String(GROUP_ID) } })
    )
    expect(error.errorClass).toBe("account_restricted")
    expect(error.message).toContain("its id is -1001000000003")
    expect(error.message).toContain("synchronize the accounts")
  })
})

describe("the simulator, for a client that others have written", () => {
  const api = () => new Api(telegram.state.token, { apiRoot: telegram.url })

  it("sends, groups and deletes", async () => {
    const me = await api().getMe()
    expect(me.username).toBe("adas_shop_bot")
    const member = await api().getChatMember("@adas_shop", me.id)
    expect(member.status).toBe("administrator")

    const photo = new InputFile(Buffer.from("a picture"), "scarf.jpg")
    const sent = await api().sendPhoto("@adas_shop", photo, {
      caption: "<b>New</b>",
      parse_mode: "HTML",
      reply_markup: {
        inline_keyboard: [[{ text: "Open", url: "https://shop.example.com" }]],
      },
    })
    const again = await api().sendMediaGroup(CHANNEL_ID, [
      { type: "photo", media: sent.photo[sent.photo.length - 1].file_id },
      { type: "photo", media: new InputFile(Buffer.from("b"), "b.jpg") },
    ])
    expect(again).toHaveLength(2)
    expect(telegram.posts(CHANNEL_ID)).toHaveLength(3)
    expect(telegram.posts(CHANNEL_ID)[1].file!.name).toBe("scarf.jpg")

    await api().deleteMessages(
      CHANNEL_ID,
      again.map(({ message_id }) => message_id)
    )
    expect(telegram.posts(CHANNEL_ID)).toHaveLength(1)
  })

  it("refuses as Telegram does", async () => {
    const error: unknown = await api()
      .sendMessage("@nowhere", "Hello")
      .catch((refusal: unknown) => refusal)
    expect(error).toBeInstanceOf(GrammyError)
    expect(error).toMatchObject({
      error_code: 400,
      description: "Bad Request: chat not found",
    })
  })

  it("shows what was sent on a page", async () => {
    await api().sendMessage("@adas_shop", "Shown <here>")
    const page = await (await fetch(`${telegram.url}/posts`)).text()
    expect(page).toContain("Shown &lt;here&gt;")
  })
})
