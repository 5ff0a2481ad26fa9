import { openFiles } from "../armed-files"
import type { LostCall, Recovery } from "../publication"
import type { ProviderContext } from "../types"
import {
  type Message,
  messageOf,
  nonceOf,
  placeOf,
  refOf,
  send,
} from "./message"
import { API, botCall, channelOf, startsThread } from "./publish"
import { discordSettings, type DiscordSettings } from "./settings"

/**
 * Discord returns the first message to a repeat with its nonce "in the past few
 * minutes" (Create Message, `enforce_nonce`).
 */
const NONCE_WINDOW_MS = 120_000

/** How far this clock and Discord's may be apart. */
const SKEW_MS = 60_000

/** Threads stay listed as active for an hour at least. */
const ACTIVE_MS = 55 * 60_000

const PAGE = 100
const MAX_PAGES = 5

const DISCORD_EPOCH_MS = 1_420_070_400_000

/** The smallest id of a moment ("Snowflakes"). */
const snowflakeOf = (ms: number): string =>
  String(BigInt(Math.max(0, ms - DISCORD_EPOCH_MS)) << 22n)

/**
 * Finds out what became of a message: for two minutes by sending it once more
 * with its nonce, which publishes it once whatever happened; later by looking
 * through the channel.
 */
export const recover = async (
  context: ProviderContext,
  lost: LostCall
): Promise<Recovery> => {
  const settings = discordSettings.parse(lost.settings)
  const age = Date.now() - lost.armed_at.getTime()
  if (startsThread(lost, lost.part, settings)) {
    return age < ACTIVE_MS
      ? findThread(context, lost, settings)
      : { outcome: "unknown" }
  }
  if (age < NONCE_WINDOW_MS) {
    const { body, form } = messageOf(lost, lost.part, settings)
    const call = botCall(lost, lost.part, settings, body)
    const created = await send(context, call, await openFiles(form))
    return { outcome: "published", ref: refOf(lost.account, created) }
  }
  return findMessage(context, lost, settings)
}

const readOwnId = async ({ request }: ProviderContext): Promise<string> =>
  (await request<{ id: string }>(`${API}/users/@me`)).id

const findThread = async (
  context: ProviderContext,
  { account, armed_at }: LostCall,
  { title }: DiscordSettings
): Promise<Recovery> => {
  const { guild, channel } = placeOf(account)
  const own = await readOwnId(context)
  const { threads } = await context.request<{
    threads: { id: string; name: string; parent_id: string; owner_id: string }[]
  }>(`${API}/guilds/${guild}/threads/active`)
  const since = BigInt(snowflakeOf(armed_at.getTime() - SKEW_MS))
  const thread = threads.find(
    ({ id, name, parent_id, owner_id }) =>
      parent_id === channel &&
      owner_id === own &&
      name === title &&
      BigInt(id) >= since
  )
  return thread
    ? {
        outcome: "published",
        ref: refOf(account, { id: thread.id, channel_id: thread.id }),
      }
    : { outcome: "not_published", because: "listing" }
}

const findMessage = async (
  context: ProviderContext,
  lost: LostCall,
  settings: DiscordSettings
): Promise<Recovery> => {
  const { request } = context
  const path = `${API}/channels/${channelOf(lost, lost.part, settings)}/messages`
  const own = await readOwnId(context)
  const { body, form } = messageOf(lost, lost.part, settings)
  const published = lost.parts.flatMap((part) => part.published ?? [])
  const isIt = ({ id, nonce, content, author, attachments }: Message) =>
    nonce === nonceOf(lost.part) ||
    (author?.id === own &&
      content?.trim() === String(body.content).trim() &&
      attachments?.length === form.length &&
      !published.some(({ external_id }) => external_id.endsWith(id)))

  let after = snowflakeOf(lost.armed_at.getTime() - SKEW_MS)
  for (let page = 0; page < MAX_PAGES; page++) {
    const messages = await request<Message[]>(path, {
      query: { after, limit: PAGE },
    })
    const found = messages.find(isIt)
    if (found) {
      return { outcome: "published", ref: refOf(lost.account, found) }
    }
    if (messages.length < PAGE) {
      return (await isReadable(context, path, messages))
        ? { outcome: "not_published", because: "listing" }
        : { outcome: "unknown" }
    }
    after = messages
      .map(({ id }) => BigInt(id))
      .reduce((a, b) => (a > b ? a : b))
      .toString()
  }
  return { outcome: "unknown" }
}

/** Whom a channel's history is closed to gets an empty list, and no refusal. */
const isReadable = async (
  { request }: ProviderContext,
  path: string,
  messages: Message[]
): Promise<boolean> =>
  messages.length > 0 ||
  (await request<Message[]>(path, { query: { limit: 1 } })).length > 0
