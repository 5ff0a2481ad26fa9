/** What the simulated Discord knows; everything is in memory. */

export type DiscordFile = {
  filename: string
  description?: string
  content_type: string
  bytes: number
}

/** A message as somebody on the server sees it. */
export type DiscordPost = {
  id: string
  channel_id: string
  content: string
  author: { id: string; username: string; bot: true }
  webhook_id?: string
  embeds: Record<string, unknown>[]
  flags: number
  nonce?: string
  attachments: DiscordFile[]
  allowed_mentions: { parse?: unknown[] } | null
  reply_to: string | null
  crossposted: boolean
  reactions: { count: number }[]
}

export type DiscordThread = {
  id: string
  name: string
  parent_id: string
  owner_id: string
  applied_tags: string[]
}

export type DiscordChannel = {
  id: string
  type: number
  name: string
  permission_overwrites: { id: string; allow: string; deny: string }[]
  available_tags?: { id: string; name: string }[]
  /** Whether the bot may write there although it is listed. */
  is_writable: boolean
  has_history: boolean
}

export type DiscordState = {
  token: string
  webhook: { id: string; token: string; name: string; channel_id: string }
  bot: { id: string; username: string; global_name: string }
  guild: {
    id: string
    name: string
    permissions: string
    premium_tier: number
    approximate_member_count: number
  }
  roles: string[]
  channels: DiscordChannel[]
  threads: DiscordThread[]
  messages: DiscordPost[]
  last_id: number
}

export const GUILD_ID = "1100000000000000001"
export const TEXT_ID = "1100000000000000011"
export const NEWS_ID = "1100000000000000012"
export const FORUM_ID = "1100000000000000013"
export const CLOSED_ID = "1100000000000000014"
const BOT_ID = "1100000000000000002"
export const TAG_ID = "1100000000000000031"

const SEND_MESSAGES = 1n << 11n

const channel = (
  id: string,
  type: number,
  name: string,
  own: Partial<DiscordChannel> = {}
): DiscordChannel => ({
  id,
  type,
  name,
  permission_overwrites: [],
  is_writable: true,
  has_history: true,
  ...own,
})

/** A server with a text, an announcement and a forum channel, and one that is closed to the bot. */
export const initialState = (): DiscordState => ({
  token: "MTEw.simulator.discord-bot-token",
  webhook: {
    id: "1100000000000000041",
    token: "simulator-webhook-token_1",
    name: "Shop news",
    channel_id: TEXT_ID,
  },
  bot: { id: BOT_ID, username: "adas_shop", global_name: "Ada's Shop" },
  guild: {
    id: GUILD_ID,
    name: "Ada's server",
    // VIEW_CHANNEL, SEND_MESSAGES and READ_MESSAGE_HISTORY
    permissions: String((1n << 10n) | SEND_MESSAGES | (1n << 16n)),
    premium_tier: 0,
    approximate_member_count: 230,
  },
  roles: ["1100000000000000021"],
  channels: [
    channel(TEXT_ID, 0, "drops"),
    channel(NEWS_ID, 5, "news"),
    channel(FORUM_ID, 15, "ideas", {
      available_tags: [{ id: TAG_ID, name: "Sale" }],
    }),
    channel(CLOSED_ID, 0, "staff", {
      permission_overwrites: [
        { id: GUILD_ID, allow: "0", deny: String(SEND_MESSAGES) },
      ],
    }),
    channel("1100000000000000015", 2, "Voice"),
  ],
  threads: [],
  messages: [],
  last_id: 0,
})

const DISCORD_EPOCH_MS = 1_420_070_400_000n

/** An id of now ("Snowflakes"). */
export const newId = (state: DiscordState): string => {
  state.last_id += 1
  return String(
    ((BigInt(Date.now()) - DISCORD_EPOCH_MS) << 22n) + BigInt(state.last_id)
  )
}
