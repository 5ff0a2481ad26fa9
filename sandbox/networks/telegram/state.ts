/** What the simulated Bot API knows; everything is in memory. */

export type TelegramChat = {
  id: number
  type: "group" | "supergroup" | "channel"
  title: string
  username?: string
  /** What the bot is there; null where it is not. */
  bot: {
    status: "administrator" | "member" | "restricted" | "kicked"
    can_post_messages?: boolean
    can_send_messages?: boolean
  } | null
  members: number
  /** The supergroup that a group has become. */
  migrated_to?: number
}

export type TelegramFile = {
  type: "photo" | "video" | "animation" | "document"
  id: string
  name: string
  content_type: string
  bytes: number
  has_thumbnail: boolean
}

/** A message as somebody in the chat sees it. */
export type TelegramPost = {
  chat_id: number
  message_id: number
  date: number
  /** With its tags, where it was sent as HTML. */
  text: string
  file: TelegramFile | null
  album: string | null
  button: { text: string; url: string } | null
  reply_to: number | null
  topic: number | null
  silent: boolean
  is_protected: boolean
  has_spoiler: boolean
  preview: Record<string, unknown> | null
}

export type TelegramState = {
  token: string
  bot: { id: number; first_name: string; username: string }
  chats: TelegramChat[]
  messages: TelegramPost[]
  files: Map<string, TelegramFile>
  updates: { update_id: number; [kind: string]: unknown }[]
  /** Whether another program gets the updates by a webhook. */
  has_webhook: boolean
  last_id: number
}

export const CHANNEL_ID = -1001000000001
export const HIDDEN_CHANNEL_ID = -1001000000002
export const GROUP_ID = -4000000003
export const STAGING_ID = -1001000000009

/** A bot with a public and a hidden channel, a group and a private chat for uploads. */
export const initialState = (): TelegramState => ({
  token: "4711:telegram-simulator-token",
  bot: { id: 4711, first_name: "Ada's Shop", username: "adas_shop_bot" },
  chats: [
    {
      id: CHANNEL_ID,
      type: "channel",
      title: "Ada's Shop News",
      username: "adas_shop",
      bot: { status: "administrator", can_post_messages: true },
      members: 1_204,
    },
    {
      id: HIDDEN_CHANNEL_ID,
      type: "channel",
      title: "Friends of Ada",
      bot: { status: "administrator", can_post_messages: true },
      members: 17,
    },
    {
      id: GROUP_ID,
      type: "group",
      title: "Ada's team",
      bot: { status: "member" },
      members: 5,
    },
    {
      id: STAGING_ID,
      type: "channel",
      title: "Uploads",
      bot: { status: "administrator", can_post_messages: true },
      members: 2,
    },
  ],
  messages: [],
  files: new Map(),
  updates: [],
  has_webhook: false,
  last_id: 100,
})
