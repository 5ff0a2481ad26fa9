/** What the instance takes, as `GET /api/v2/instance` says it. */
export type Configuration = {
  statuses: {
    max_characters: number
    max_media_attachments: number
    characters_reserved_per_url: number
  }
  media_attachments: {
    supported_mime_types: string[]
    description_limit: number
    image_size_limit: number
    image_matrix_limit: number
    video_size_limit: number
    video_matrix_limit: number
    video_frame_rate_limit: number
  }
  polls: {
    max_options: number
    max_characters_per_option: number
    min_expiration: number
    max_expiration: number
  }
}

export type App = {
  id: string
  name: string
  website: string | null
  redirect_uris: string[]
  scopes: string[]
  client_id: string
  client_secret: string
}

/** An authorization request, or the code that it has led to. */
export type Grant = {
  client_id: string
  redirect_uri: string
  scopes: string[]
  state: string | null
  code_challenge: string | null
}

export type Token = { client_id: string; scopes: string[] }

export type StoredMedia = {
  id: string
  content_type: string
  body: Buffer
  description: string | null
  focus: { x: number; y: number } | null
  has_thumbnail: boolean
  /** When it is processed, in ms since the epoch; null when that fails. */
  ready_at: number | null
  status_id: string | null
}

export type StoredPoll = {
  id: string
  options: string[]
  expires_at: string
  multiple: boolean
  hide_totals: boolean
}

export type StoredStatus = {
  id: string
  created_at: string
  text: string
  spoiler_text: string
  sensitive: boolean
  visibility: "public" | "unlisted" | "private" | "direct"
  language: string | null
  in_reply_to_id: string | null
  media: StoredMedia[]
  poll: StoredPoll | null
  favourites: number
  application: string | null
}

export type State = {
  configuration: Configuration
  /** Whether the second version of the instance's description is there, since Mastodon 4.0. */
  has_v2: boolean
  /** How the one account stands. */
  login: "active" | "disabled"
  /** How long a video is processed, in ms; null lets it fail. */
  processing_ms: number | null
  /** How long a post takes from the look at its key until it is stored with it, in ms. */
  storing_ms: number
  /** Files in 30 minutes. */
  media_limit: number
  apps: App[]
  requests: Map<string, Grant>
  codes: Map<string, Grant>
  tokens: Map<string, Token>
  media: StoredMedia[]
  uploads: number[]
  /** Oldest first. */
  statuses: StoredStatus[]
  /** What was made with an idempotency key, and when. */
  keys: Map<string, { id: string; at: number }>
  last_id: number
}

export const ACCOUNT = {
  id: "1",
  username: "ada",
  display_name: "Ada's shop",
  followers_count: 128,
  following_count: 12,
}

export const SCOPES = [
  "read",
  "write",
  "follow",
  "push",
  "profile",
  "read:accounts",
  "read:statuses",
  "write:accounts",
  "write:favourites",
  "write:media",
  "write:statuses",
]

/** An instance as it is freshly set up. */
export function newState(): State {
  return {
    configuration: {
      statuses: {
        max_characters: 500,
        max_media_attachments: 4,
        characters_reserved_per_url: 23,
      },
      media_attachments: {
        supported_mime_types: [
          "image/jpeg",
          "image/png",
          "image/gif",
          "image/webp",
          "video/webm",
          "video/mp4",
          "video/quicktime",
        ],
        description_limit: 1500,
        image_size_limit: 16_777_216,
        image_matrix_limit: 33_177_600,
        video_size_limit: 103_809_024,
        video_matrix_limit: 8_294_400,
        video_frame_rate_limit: 120,
      },
      polls: {
        max_options: 4,
        max_characters_per_option: 50,
        min_expiration: 300,
        max_expiration: 2_629_746,
      },
    },
    has_v2: true,
    login: "active",
    processing_ms: 1_000,
    storing_ms: 0,
    media_limit: 30,
    apps: [],
    requests: new Map(),
    codes: new Map(),
    tokens: new Map(),
    media: [],
    uploads: [],
    statuses: [],
    keys: new Map(),
    last_id: 109_300_000_000_000_000 / 1_000,
  }
}

/** Ids grow with time, as snowflakes do. */
export function nextId(state: State): string {
  state.last_id += 1
  return String(state.last_id)
}

/** A refusal as Mastodon has it: words in `error`. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly more: Record<string, string> = {}
  ) {
    super(message)
  }
}
