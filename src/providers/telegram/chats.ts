import { isServiceError, ServiceError } from "../../errors/service-error"
import type { AccountFacts, Destination, Metric } from "../publication"
import type { ProviderContext, RemoteAccount, RemoteProfile } from "../types"
import { type BotUser, callBot, type Chat, type ChatMember } from "./bot-api"
import { TELEGRAM } from "./description"

interface Update {
  channel_post?: { chat: Chat }
  my_chat_member?: { chat: Chat }
}

const configError = (code: string, message: string): ServiceError =>
  new ServiceError("config_error", message, { code })

const PUBLIC_NAME = /^(?:(?:https?:\/\/)?t\.me\/|@)?([a-z]\w{3,31})\/?$/i

/**
 * A chat as the Bot API names it: an id, or a public name after an @.
 *
 * @throws {ServiceError} `config_error` for what is neither
 */
export const chatIdOf = (text: string): string | number => {
  if (/^-?\d{1,16}$/.test(text)) {
    return Number(text)
  }
  const name = PUBLIC_NAME.exec(text)?.[1]
  if (!name) {
    throw configError(
      "invalid_setting",
      `"${text}" names no channel or group. Write its @name, or its id such as -1001234567890.`
    )
  }
  return `@${name}`
}

const readBot = async (context: ProviderContext): Promise<BotUser> => {
  const bot = await callBot<BotUser>(context, "getMe")
  if (!bot.id) {
    throw new ServiceError("transient", `${TELEGRAM} answered without a bot.`, {
      code: "malformed_response",
    })
  }
  return bot
}

const addressOf = ({ username }: { username?: string }): string | null =>
  username ? `https://t.me/${username}` : null

export const fetchProfile = async (
  context: ProviderContext
): Promise<RemoteProfile> => {
  const bot = await readBot(context)
  return {
    id: String(bot.id),
    name: bot.first_name || bot.username || String(bot.id),
    username: bot.username ?? null,
    avatar_url: null,
    url: addressOf(bot),
    followers: null,
  }
}

export const verify = async (context: ProviderContext): Promise<string> => {
  const { name, username } = await fetchProfile(context)
  return `The token belongs to the bot ${context.redact(name)}${username ? ` (@${username})` : ""}.`
}

const mayPost = (
  { type, permissions }: Chat,
  { status, can_post_messages, can_send_messages }: ChatMember
): boolean => {
  if (type === "channel") {
    return status === "administrator" && can_post_messages === true
  }
  return (
    status === "administrator" ||
    (status === "member" && permissions?.can_send_messages !== false) ||
    (status === "restricted" && can_send_messages === true)
  )
}

/** @returns null for a chat that the bot may not post to */
const readAccount = async (
  context: ProviderContext,
  bot: BotUser,
  chat_id: string | number
): Promise<RemoteAccount | null> => {
  const chat = await callBot<Chat>(context, "getChat", { chat_id })
  const member = await callBot<ChatMember>(context, "getChatMember", {
    chat_id,
    user_id: bot.id,
  })
  return mayPost(chat, member)
    ? {
        external_id: String(chat.id),
        kind: chat.type === "channel" ? "channel" : "group",
        name: chat.title ?? chat.username ?? String(chat.id),
        username: chat.username ?? null,
        avatar_url: null,
        url: addressOf(chat),
      }
    : null
}

/** Names the entry: one of many is wrong. */
const readChosen = async (
  context: ProviderContext,
  bot: BotUser,
  entry: string
): Promise<RemoteAccount> => {
  const account = await readAccount(context, bot, chatIdOf(entry)).catch(
    (error: unknown) => {
      if (
        isServiceError(error) &&
        ["account_restricted", "permission"].includes(error.errorClass)
      ) {
        throw new ServiceError(
          "config_error",
          `The channel "${entry}" cannot be read. ${error.message}`,
          { code: error.code, status: error.status }
        )
      }
      throw error
    }
  )
  if (!account) {
    throw configError(
      "cannot_post",
      `The bot may not post to "${entry}". Make it an administrator there who may post messages, or remove "${entry}" from the platform's channels.`
    )
  }
  return account
}

/**
 * Chats that the bot was added to, or that something was posted to, in the last
 * 24 hours. The updates stay with Telegram, for whoever else reads them; which
 * kinds there are is left as it is.
 */
const readSeenChats = async (context: ProviderContext): Promise<number[]> => {
  const updates = await callBot<Update[]>(context, "getUpdates", {
    limit: 100,
    timeout: 0,
  }).catch((error: unknown) => {
    // A webhook of the merchant's other software gets them instead.
    if (isServiceError(error) && error.status === 409) {
      return []
    }
    throw error
  })
  return updates
    .map(({ my_chat_member, channel_post }) => my_chat_member ?? channel_post)
    .filter((event) => event !== undefined)
    .filter(({ chat }) => chat.type !== "private")
    .map(({ chat }) => chat.id)
}

const readSeen = async (
  context: ProviderContext,
  bot: BotUser,
  id: number
): Promise<RemoteAccount | null> => {
  try {
    return await readAccount(context, bot, id)
  } catch (error) {
    // It has left since, or the chat is gone.
    if (
      isServiceError(error) &&
      ["account_restricted", "permission"].includes(error.errorClass)
    ) {
      return null
    }
    throw error
  }
}

/**
 * The channels and groups of the platform's settings, and those that the bot
 * was seen in lately, as far as it may post there.
 *
 * @throws {ServiceError} `config_error` for an entry that is wrong
 */
export const listAccounts = async (
  context: ProviderContext
): Promise<RemoteAccount[]> => {
  const bot = await readBot(context)
  const accounts = new Map<string, RemoteAccount>()
  const entries = String(context.settings.channels ?? "")
    .split(/[\s,;]+/)
    .filter(Boolean)
  for (const entry of entries) {
    const account = await readChosen(context, bot, entry)
    accounts.set(account.external_id, account)
  }
  for (const id of new Set(await readSeenChats(context))) {
    const account = accounts.has(String(id))
      ? null
      : await readSeen(context, bot, id)
    if (account) {
      accounts.set(account.external_id, account)
    }
  }
  return [...accounts.values()]
}

/** A chat is told of for a day; the bot may read it for as long as it is in it. */
export const findAccount = async (
  context: ProviderContext,
  external_id: string
): Promise<RemoteAccount | null> =>
  readSeen(context, await readBot(context), Number(external_id))

export const fetchFacts = async ({
  settings,
}: ProviderContext): Promise<AccountFacts> => ({
  max_upload_mb: Number(settings.max_upload_mb) || null,
})

export const fetchAccountMetrics = async (
  context: ProviderContext,
  { external_id }: Destination
): Promise<Metric[]> => [
  {
    name: "followers",
    value: await callBot<number>(context, "getChatMemberCount", {
      chat_id: Number(external_id),
    }),
  },
]
