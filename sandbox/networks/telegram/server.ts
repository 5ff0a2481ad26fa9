import { type Html, html } from "../../html"
import { jsonReply, type Reply } from "../../http"
import { readForm } from "../form"
import {
  type Simulator,
  type SimulatorRequest,
  startSimulator,
} from "../simulator"
import { BotError } from "./errors"
import {
  type Call,
  chatOf,
  sendFile,
  sendMediaGroup,
  sendMessage,
} from "./send"
import {
  initialState,
  type TelegramChat,
  type TelegramPost,
  type TelegramState,
} from "./state"

export type TelegramSimulator = Simulator & {
  /** What may be changed by a test: the token, chats and the bot's place in them. */
  state: TelegramState
  /** What was sent, oldest first; of one chat. */
  posts: (chat_id: number) => TelegramPost[]
  /** Lets the bot see that it was added to a chat. */
  addBotTo: (chat_id: number) => void
  reset: () => void
}

const publicChat = ({ id, type, title, username }: TelegramChat) => ({
  id,
  type,
  title,
  ...(username && { username }),
})

const publicMessage = (state: TelegramState, post: TelegramPost) => {
  const { message_id, date, text, file, album, chat_id } = post
  const described = file && {
    file_id: file.id,
    file_unique_id: file.id,
    file_size: file.bytes,
    file_name: file.name,
    mime_type: file.content_type,
    width: 1,
    height: 1,
    duration: 1,
  }
  return {
    message_id,
    date,
    chat: publicChat(chatOf(state, chat_id)),
    ...(file ? { caption: text || undefined } : { text }),
    ...(album && { media_group_id: album }),
    ...(file?.type === "photo" && {
      photo: [{ ...described, file_id: `${file.id}-small` }, described],
    }),
    ...(file && file.type !== "photo" && { [file.type]: described }),
  }
}

const deleteMessages = (
  state: TelegramState,
  chat_id: unknown,
  ids: unknown
) => {
  const { id } = chatOf(state, chat_id)
  const gone = new Set((ids as unknown[]).map(Number))
  state.messages = state.messages.filter(
    (post) => post.chat_id !== id || !gone.has(post.message_id)
  )
  return true
}

const getUpdates = (state: TelegramState) => {
  if (state.has_webhook) {
    throw new BotError(
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
  }
  return state.updates
}

const carryOut = (
  state: TelegramState,
  method: string,
  call: Call
): unknown => {
  const { parameters } = call
  const shown = (post: TelegramPost) => publicMessage(state, post)
  const chat = () => chatOf(state, parameters.chat_id)
  switch (method) {
    case "getMe":
      return { ...state.bot, is_bot: true }
    case "getChat":
      return {
        ...publicChat(chat()),
        ...(chat().type !== "channel" && {
          permissions: { can_send_messages: true },
        }),
      }
    case "getChatMember":
      if (!chat().bot) {
        throw new BotError(
          403,
          `Forbidden: bot is not a member of the ${chat().type} chat`
        )
      }
      return { user: { ...state.bot, is_bot: true }, ...chat().bot }
    case "getChatMemberCount":
      return chat().members
    case "getUpdates":
      return getUpdates(state)
    case "sendMessage":
      return shown(sendMessage(state, call))
    case "sendPhoto":
      return shown(sendFile(state, "photo", call))
    case "sendVideo":
      return shown(sendFile(state, "video", call))
    case "sendAnimation":
      return shown(sendFile(state, "animation", call))
    case "sendDocument":
      return shown(sendFile(state, "document", call))
    case "sendMediaGroup":
      return sendMediaGroup(state, call).map(shown)
    case "deleteMessage":
      return deleteMessages(state, parameters.chat_id, [parameters.message_id])
    case "deleteMessages":
      return deleteMessages(state, parameters.chat_id, parameters.message_ids)
    default:
      throw new BotError(404, "Not Found: method not found")
  }
}

/** A form's values that are JSON: objects, lists and numbers. */
const valueOf = (text: string): unknown => {
  if (!/^[[{]/.test(text)) {
    return text
  }
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** "Making requests": the query, a form, a form with files, or JSON. */
const readCall = async ({
  url,
  headers,
  body,
}: SimulatorRequest): Promise<Call> => {
  const type = headers["content-type"] ?? ""
  const parameters: Call["parameters"] = Object.fromEntries(
    [...url.searchParams].map(([name, value]) => [name, valueOf(value)])
  )
  const files: Call["files"] = new Map()
  if (type.startsWith("application/json")) {
    return { parameters: { ...parameters, ...JSON.parse(String(body)) }, files }
  }
  if (type.startsWith("application/x-www-form-urlencoded")) {
    for (const [name, value] of new URLSearchParams(String(body))) {
      parameters[name] = valueOf(value)
    }
  }
  for (const part of readForm(body, type)) {
    if (part.filename === null) {
      parameters[part.name] = valueOf(String(part.body))
    } else {
      files.set(part.name, part)
    }
  }
  return { parameters, files }
}

const refusal = ({ code, description, parameters }: BotError): Reply =>
  jsonReply(
    code,
    { ok: false, error_code: code, description, parameters },
    parameters?.retry_after
      ? { "retry-after": String(parameters.retry_after) }
      : {}
  )

/** Too many requests, for a fault. */
export const tooManyRequests = (retry_after: number): Reply =>
  refusal(
    new BotError(429, `Too Many Requests: retry after ${retry_after}`, {
      retry_after,
    })
  )

const page = ({ messages, chats, bot }: TelegramState): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Telegram simulator</title>
      </head>
      <body>
        <h1>What @${bot.username} has sent</h1>
        ${chats.map(
          ({ id, title }) =>
            html`<h2>${title} (${id})</h2>
              ${messages
                .filter((post) => post.chat_id === id)
                .map(
                  ({ text, file, button }) =>
                    html`<article>
                      ${file && html`<p>${file.type}: ${file.name}</p>`}
                      <p>${text}</p>
                      ${button && html`<a href="${button.url}">${button.text}</a>`}
                    </article>`
                )}`
        )}
      </body>
    </html>`

/**
 * Starts a Bot API (core.telegram.org/bots/api) with one bot in four chats.
 *
 * @param port - 0 takes a free one
 */
export const startTelegram = async (
  port: number
): Promise<TelegramSimulator> => {
  const state = initialState()
  const respond = async (request: SimulatorRequest): Promise<Reply> => {
    if (["/", "/posts"].includes(request.url.pathname)) {
      return {
        status: 200,
        headers: { "content-type": "text/html; charset=utf-8" },
        body: page(state).markup,
      }
    }
    const [, token, method = ""] =
      /^\/bot([^/]+)\/(\w+)$/.exec(decodeURIComponent(request.url.pathname)) ??
      []
    try {
      if (!token?.includes(":")) {
        throw new BotError(404, "Not Found")
      }
      if (token !== state.token) {
        throw new BotError(401, "Unauthorized")
      }
      const result = carryOut(state, method, await readCall(request))
      return jsonReply(200, { ok: true, result })
    } catch (error) {
      if (error instanceof BotError) {
        return refusal(error)
      }
      throw error
    }
  }
  const simulator = await startSimulator(port, respond)
  return {
    ...simulator,
    state,
    posts: (chat_id) =>
      state.messages.filter((post) => post.chat_id === chat_id),
    addBotTo: (chat_id) => {
      state.updates.push({
        update_id: state.updates.length + 1,
        my_chat_member: { chat: publicChat(chatOf(state, chat_id)) },
      })
    },
    reset: () => {
      simulator.forget()
      Object.assign(state, initialState())
    },
  }
}
