import type { FormPart } from "../form"
import { badRequest, BotError } from "./errors"
import type {
  TelegramChat,
  TelegramFile,
  TelegramPost,
  TelegramState,
} from "./state"

/** A method's parameters, and the files of its form. */
export type Call = {
  parameters: Record<string, unknown>
  files: Map<string, FormPart>
}

type FileType = TelegramFile["type"]

const MB = 1024 * 1024
const MAX_BYTES: Record<FileType, number> = {
  photo: 10 * MB,
  video: 50 * MB,
  animation: 50 * MB,
  document: 50 * MB,
}

const TAG = /<(\/?)([a-z-]+)(?:\s[^<>]*)?>/gi
const TAGS =
  /^(?:b|strong|i|em|u|ins|s|strike|del|span|tg-spoiler|tg-emoji|a|code|pre|blockquote)$/

export const chatOf = (
  { chats }: TelegramState,
  chat_id: unknown
): TelegramChat => {
  const chat = chats.find(
    ({ id, username }) =>
      String(id) === String(chat_id) || (username && `@${username}` === chat_id)
  )
  if (!chat) {
    throw badRequest("chat not found")
  }
  return chat
}

/** The chat, if the bot may post there. */
const writableChat = (state: TelegramState, chat_id: unknown): TelegramChat => {
  const chat = chatOf(state, chat_id)
  if (chat.migrated_to) {
    throw badRequest("group chat was upgraded to a supergroup chat", {
      migrate_to_chat_id: chat.migrated_to,
    })
  }
  if (!chat.bot) {
    throw new BotError(
      403,
      `Forbidden: bot is not a member of the ${chat.type} chat`
    )
  }
  if (chat.bot.status === "kicked") {
    throw new BotError(
      403,
      `Forbidden: bot was kicked from the ${chat.type} chat`
    )
  }
  if (chat.type === "channel" && !chat.bot.can_post_messages) {
    throw badRequest("need administrator rights in the channel chat")
  }
  if (chat.bot.status === "restricted" && !chat.bot.can_send_messages) {
    throw badRequest("not enough rights to send text messages to the chat")
  }
  return chat
}

/** A text as people read it, counted "after entities parsing". */
const readable = (text: string, parse_mode: unknown): string => {
  if (parse_mode === undefined) {
    return text
  }
  const open: string[] = []
  const plain = text.replace(TAG, (_, closing: string, name: string) => {
    const tag = name.toLowerCase()
    if (!TAGS.test(tag)) {
      throw badRequest(
        `can't parse entities: Unsupported start tag "${tag}" at byte offset 0`
      )
    }
    if (!closing) {
      open.push(tag)
    } else if (open.pop() !== tag) {
      throw badRequest("can't parse entities: Unmatched end tag")
    }
    return ""
  })
  if (open.length) {
    throw badRequest(
      `can't parse entities: Can't find end tag corresponding to start tag "${open[0]}"`
    )
  }
  return plain.replace(/&(?:lt|gt|amp|quot);/g, "x")
}

const textOf = (
  text: unknown,
  parse_mode: unknown,
  max: number,
  tooLong: string
): string => {
  const given = typeof text === "string" ? text : ""
  if (readable(given, parse_mode).length > max) {
    throw badRequest(tooLong)
  }
  return given
}

const fileOf = (
  state: TelegramState,
  type: FileType,
  reference: unknown,
  { files }: Call,
  has_thumbnail: boolean
): TelegramFile => {
  const text = String(reference ?? "")
  const field = text.startsWith("attach://") ? text.slice(9) : type
  const uploaded = files.get(field)
  if (!uploaded) {
    const known = state.files.get(text)
    if (!known) {
      throw badRequest("wrong file identifier/HTTP URL specified")
    }
    return known
  }
  if (uploaded.body.length > MAX_BYTES[type]) {
    throw new BotError(413, "Request Entity Too Large")
  }
  if (uploaded.body.length === 0) {
    throw badRequest("file must be non-empty")
  }
  const file: TelegramFile = {
    type,
    id: `BQAC-${type}-${state.files.size + 1}`,
    name: uploaded.filename ?? uploaded.name,
    content_type: uploaded.content_type,
    bytes: uploaded.body.length,
    has_thumbnail,
  }
  state.files.set(file.id, file)
  return file
}

const buttonOf = (markup: unknown): TelegramPost["button"] => {
  const { inline_keyboard } = Object(markup) as {
    inline_keyboard?: { text: string; url: string }[][]
  }
  const button = inline_keyboard?.[0]?.[0]
  if (button && !/^https?:\/\/[^/]+/.test(button.url)) {
    throw badRequest("BUTTON_URL_INVALID")
  }
  return button ?? null
}

const add = (
  state: TelegramState,
  chat: TelegramChat,
  parameters: Record<string, unknown>,
  own: Partial<TelegramPost>
): TelegramPost => {
  const { message_id: reply_to } = Object(parameters.reply_parameters) as {
    message_id?: number
  }
  state.last_id += 1
  const post: TelegramPost = {
    chat_id: chat.id,
    message_id: state.last_id,
    date: Math.floor(Date.now() / 1000),
    text: "",
    file: null,
    album: null,
    button: buttonOf(parameters.reply_markup),
    reply_to: reply_to ?? null,
    topic: Number(parameters.message_thread_id) || null,
    silent: isSet(parameters.disable_notification),
    is_protected: isSet(parameters.protect_content),
    has_spoiler: isSet(parameters.has_spoiler),
    preview:
      (parameters.link_preview_options as Record<string, unknown>) ?? null,
    ...own,
  }
  state.messages.push(post)
  return post
}

const isSet = (value: unknown): boolean => value === true || value === "true"

export const sendMessage = (
  state: TelegramState,
  { parameters }: Call
): TelegramPost => {
  const chat = writableChat(state, parameters.chat_id)
  const { text, parse_mode } = parameters
  if (typeof text !== "string" || !text.trim()) {
    throw badRequest("message text is empty")
  }
  return add(state, chat, parameters, {
    text: textOf(text, parse_mode, 4096, "message is too long"),
  })
}

export const sendFile = (
  state: TelegramState,
  type: FileType,
  call: Call
): TelegramPost => {
  const { parameters } = call
  const chat = writableChat(state, parameters.chat_id)
  const { caption, parse_mode, thumbnail } = parameters
  return add(state, chat, parameters, {
    text: textOf(caption, parse_mode, 1024, "message caption is too long"),
    file: fileOf(state, type, parameters[type], call, Boolean(thumbnail)),
  })
}

/** All of an album, or nothing of it. */
export const sendMediaGroup = (
  state: TelegramState,
  call: Call
): TelegramPost[] => {
  const { parameters } = call
  const chat = writableChat(state, parameters.chat_id)
  const media = parameters.media as Record<string, unknown>[]
  if (!Array.isArray(media) || media.length < 2 || media.length > 10) {
    throw badRequest("invalid number of messages in the album specified")
  }
  const types = new Set(media.map(({ type }) => type))
  if (types.has("animation") || (types.has("document") && types.size > 1)) {
    throw badRequest("wrong type of the media in the album")
  }
  const items = media.map((item) => ({
    text: textOf(
      item.caption,
      item.parse_mode,
      1024,
      "message caption is too long"
    ),
    file: fileOf(
      state,
      item.type as FileType,
      item.media,
      call,
      Boolean(item.thumbnail)
    ),
    has_spoiler: isSet(item.has_spoiler),
  }))
  const album = `album-${state.last_id}`
  return items.map((item) => add(state, chat, parameters, { ...item, album }))
}
