import { type Html, html } from "../../html"
import { jsonReply, type Reply } from "../../http"
import {
  type Simulator,
  type SimulatorRequest,
  startSimulator,
} from "../simulator"
import {
  channelOf,
  createMessage,
  createThread,
  DiscordError,
  readPayload,
} from "./send"
import { type DiscordPost, type DiscordState, initialState } from "./state"

export type DiscordSimulator = Simulator & {
  /** What may be changed by a test: the token, channels and the bot's place in them. */
  state: DiscordState
  /** What was sent, oldest first; of one channel or thread. */
  posts: (channel_id: string) => DiscordPost[]
  /** The address that the webhook has at Discord. */
  webhookUrl: () => string
  reset: () => void
}

const FORUM = 15

const refusal = ({ status, code, message, more }: DiscordError): Reply =>
  jsonReply(status, { code, message, ...more })

/** Too many requests, for a fault; `retry_after` in s. */
export const tooManyRequests = (retry_after: number): Reply =>
  jsonReply(
    429,
    { message: "You are being rate limited.", retry_after, global: false },
    {
      "retry-after": String(Math.ceil(retry_after)),
      "x-ratelimit-limit": "5",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset-after": String(retry_after),
      "x-ratelimit-bucket": "messages",
      "x-ratelimit-scope": "user",
    }
  )

const NO_CONTENT: Reply = { status: 204, headers: {}, body: "" }

const findMessage = (
  { messages }: DiscordState,
  channel: string,
  id: string
): DiscordPost => {
  const found = messages.find(
    (post) => post.channel_id === channel && post.id === id
  )
  if (!found) {
    throw new DiscordError(404, 10008, "Unknown Message")
  }
  return found
}

/** Newest first; what the bot sent itself has its content whatever its intents. */
const listMessages = (
  state: DiscordState,
  channel: string,
  query: URLSearchParams
): DiscordPost[] => {
  if (!channelOf(state, channel).has_history) {
    return []
  }
  const limit = Number(query.get("limit") ?? 50)
  const after = query.get("after")
  const all = state.messages.filter((post) => post.channel_id === channel)
  const asked = after
    ? all.filter(({ id }) => BigInt(id) > BigInt(after)).slice(0, limit)
    : all.slice(-limit)
  return asked.reverse().map(({ nonce: _, ...post }) => post)
}

const byBot = (
  state: DiscordState,
  request: SimulatorRequest,
  path: string
): Reply => {
  const { method, url } = request
  const { guild, bot } = state
  const author = { id: bot.id, username: bot.username, bot: true as const }
  const [, channel = "", rest = ""] =
    /^\/channels\/(\d+)(\/.*)?$/.exec(path) ?? []
  const [, message = "", action = ""] =
    /^\/messages\/(\d+)(\/\w+)?$/.exec(rest) ?? []

  switch (`${method} ${channel ? rest.replace(/\d+/, "*") : path}`) {
    case "GET /users/@me":
      return jsonReply(200, { ...bot, avatar: null, bot: true })
    case "GET /users/@me/guilds":
      return jsonReply(200, [guild])
    case `GET /guilds/${guild.id}`:
      return jsonReply(200, guild)
    case `GET /guilds/${guild.id}/channels`:
      return jsonReply(200, state.channels)
    case `GET /guilds/${guild.id}/members/${bot.id}`:
      return jsonReply(200, { user: bot, roles: state.roles })
    case `GET /guilds/${guild.id}/threads/active`:
      return jsonReply(200, { threads: state.threads, members: [] })
    case "GET ":
      return jsonReply(200, {
        ...channelOf(state, channel),
        guild_id: guild.id,
      })
    case "GET /messages":
      return jsonReply(200, listMessages(state, channel, url.searchParams))
    case "POST /messages": {
      if (channelOf(state, channel).id === channel && isForum(state, channel)) {
        throw new DiscordError(
          400,
          50008,
          "Cannot send messages in a non-text channel"
        )
      }
      return jsonReply(
        200,
        createMessage(state, channel, readPayload(request), author)
      )
    }
    case "POST /threads":
      return jsonReply(
        201,
        createThread(state, channel, readPayload(request), author)
      )
    case "GET /messages/*":
      return jsonReply(200, findMessage(state, channel, message))
    case "DELETE /messages/*":
      return deleteMessage(state, findMessage(state, channel, message))
    case "POST /messages/*/crosspost":
    case "POST /messages/*/threads":
      return followUp(
        state,
        request,
        findMessage(state, channel, message),
        action
      )
    default:
      throw new DiscordError(404, 0, "404: Not Found")
  }
}

const isForum = (state: DiscordState, id: string): boolean =>
  channelOf(state, id).type === FORUM

const deleteMessage = (state: DiscordState, post: DiscordPost): Reply => {
  state.messages = state.messages.filter((one) => one !== post)
  return NO_CONTENT
}

const followUp = (
  state: DiscordState,
  request: SimulatorRequest,
  post: DiscordPost,
  action: string
): Reply => {
  if (action === "/crosspost") {
    if (post.crossposted) {
      throw new DiscordError(
        400,
        40033,
        "This message has already been crossposted"
      )
    }
    post.crossposted = true
    return jsonReply(200, post)
  }
  if (state.threads.some(({ id }) => id === post.id)) {
    throw new DiscordError(
      400,
      160004,
      "A thread has already been created for this message"
    )
  }
  const thread = {
    id: post.id,
    name: String(readPayload(request).json.name),
    parent_id: post.channel_id,
    owner_id: post.author.id,
    applied_tags: [],
  }
  state.threads.push(thread)
  return jsonReply(201, { ...thread, type: 11 })
}

const byWebhook = (
  state: DiscordState,
  request: SimulatorRequest,
  path: string
): Reply => {
  const { webhook, guild } = state
  const [, id, token, rest = ""] =
    /^\/webhooks\/(\d+)\/([\w-]+)(\/.*)?$/.exec(path) ?? []
  if (id !== webhook.id) {
    throw new DiscordError(404, 10015, "Unknown Webhook")
  }
  if (token !== webhook.token) {
    throw new DiscordError(401, 50027, "Invalid Webhook Token")
  }
  const author = { id, username: webhook.name, bot: true as const }
  const query = request.url.searchParams
  const channel = query.get("thread_id") ?? webhook.channel_id
  if (request.method === "GET") {
    return jsonReply(200, { ...webhook, type: 1, guild_id: guild.id })
  }
  if (request.method === "DELETE") {
    return deleteMessage(
      state,
      findMessage(state, channel, rest.split("/").pop() ?? "")
    )
  }
  const payload = readPayload(request)
  const post =
    isForum(state, channel) && channel === webhook.channel_id
      ? createThread(state, channel, payload, author, id).message
      : createMessage(state, channel, payload, author, id)
  return query.get("wait") === "true" ? jsonReply(200, post) : NO_CONTENT
}

const page = ({ messages, channels, guild }: DiscordState): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Discord simulator</title>
      </head>
      <body>
        <h1>${guild.name}</h1>
        ${channels.map(
          ({ id, name }) =>
            html`<h2>#${name}</h2>
              ${messages
                .filter(({ channel_id }) => channel_id === id)
                .map(
                  ({ content, author, attachments }) =>
                    html`<article>
                      <p><b>${author.username}</b> ${content}</p>
                      ${attachments.map(
                        ({ filename }) => html`<p>${filename}</p>`
                      )}
                    </article>`
                )}`
        )}
      </body>
    </html>`

/**
 * Starts Discord's API, version 10, with one server, one bot and one webhook.
 *
 * @param port - 0 takes a free one
 */
export const startDiscord = async (port: number): Promise<DiscordSimulator> => {
  const state = initialState()
  const respond = (request: SimulatorRequest): Reply => {
    const { pathname } = request.url
    if (["/", "/posts"].includes(pathname)) {
      return {
        status: 200,
        headers: { "content-type": "text/html; charset=utf-8" },
        body: page(state).markup,
      }
    }
    const path = pathname.replace(/^\/api(?:\/v10)?/, "")
    try {
      if (path.startsWith("/webhooks/")) {
        return byWebhook(state, request, path)
      }
      if (request.headers.authorization !== `Bot ${state.token}`) {
        throw new DiscordError(401, 0, "401: Unauthorized")
      }
      return byBot(state, request, path)
    } catch (error) {
      if (error instanceof DiscordError) {
        return refusal(error)
      }
      throw error
    }
  }
  const simulator = await startSimulator(port, respond)
  return {
    ...simulator,
    state,
    posts: (channel_id) =>
      state.messages.filter((post) => post.channel_id === channel_id),
    webhookUrl: () =>
      `https://discord.com/api/webhooks/${state.webhook.id}/${state.webhook.token}`,
    reset: () => {
      simulator.forget()
      Object.assign(state, initialState())
    },
  }
}
