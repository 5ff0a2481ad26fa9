/** An app's grant, behind a code, a refresh token or an access token. */
export type Grant = {
  scopes: string[]
}

export type AuthorizationRequest = Grant & {
  redirect_uri: string
  state: string | null
  /** In hexadecimal, of an app on a desktop. */
  code_challenge: string | null
}

/** A file on its way. */
export type Upload = {
  publish_id: string
  content_type: string
  size: number
  chunk_size: number
  total_chunk_count: number
  /** How many pieces have come. */
  pieces: number
  taken: Buffer
  /** In ms since the epoch. */
  ends_at: number
}

/** What a post says of itself. */
export type PostInfo = {
  title?: string
  description?: string
  privacy_level?: string
  disable_comment?: boolean
  disable_duet?: boolean
  disable_stitch?: boolean
  video_cover_timestamp_ms?: number
  brand_content_toggle?: boolean
  brand_organic_toggle?: boolean
  is_aigc?: boolean
  auto_add_music?: boolean
}

export type StoredFile = { content_type: string; body: Buffer }

/** Something that was given to TikTok, whatever became of it. */
export type StoredPost = {
  publish_id: string
  /** Nineteen digits. */
  id: string
  kind: "video" | "photo"
  mode: "direct" | "inbox"
  info: PostInfo
  /** Addresses that are to be fetched. */
  addresses: string[]
  files: StoredFile[]
  /** Whether all of it has come; a post without is none. */
  is_whole: boolean
  /** When it is processed, and when it is reviewed, in ms since the epoch. */
  done_at: number
  reviewed_at: number
  fail_reason: string | null
  /** In s since the epoch. */
  create_time: number
}

/** What can go wrong with a post after TikTok has taken it. */
export type Fate = { fail_reason: string }

export type State = {
  requests: Map<string, AuthorizationRequest>
  codes: Map<string, AuthorizationRequest>
  tokens: Map<string, Grant & { refresh_token: string; ends_at: number }>
  refresh_tokens: Map<string, Grant>
  /** In s. */
  token_ttl: number
  creator: {
    open_id: string
    username: string
    display_name: string
    is_private: boolean
    comment_disabled: boolean
    duet_disabled: boolean
    stitch_disabled: boolean
    max_video_post_duration_sec: number
  }
  /** Whether TikTok has audited the app. */
  audited: boolean
  is_banned: boolean
  /** How many posts the account may still have today. */
  posts_left: number
  /** How many more may lie in its inbox. */
  inbox_left: number
  /** How many accounts may still post through the app today. */
  users_left: number
  /** Requests that begin a post, in the minute. */
  inits_left: number
  /** Addresses must begin with it. */
  verified_prefix: string
  processing_ms: number
  review_ms: number
  /** Of the next posts, one after the other. */
  fates: Fate[]
  /** Whether it tells how much of a file has come. */
  tells_bytes: boolean
  uploads: Map<string, Upload>
  posts: StoredPost[]
  last_id: number
}

export const CREATOR = {
  open_id: "-000simulatedAdasShop",
  username: "adasshop",
  display_name: "Ada's shop",
}

export const CLIENT_KEY = "simulated-client-key"
export const CLIENT_SECRET = "simulated-client-secret"

/** TikTok as it is after its audit of the app, with one public account. */
export function newState(): State {
  return {
    requests: new Map(),
    codes: new Map(),
    tokens: new Map(),
    refresh_tokens: new Map(),
    token_ttl: 7200,
    creator: {
      ...CREATOR,
      is_private: false,
      comment_disabled: false,
      duet_disabled: false,
      stitch_disabled: false,
      max_video_post_duration_sec: 600,
    },
    audited: true,
    is_banned: false,
    posts_left: 15,
    inbox_left: 5,
    users_left: 1,
    inits_left: 1000,
    verified_prefix: "",
    processing_ms: 1_000,
    review_ms: 0,
    fates: [],
    tells_bytes: true,
    uploads: new Map(),
    posts: [],
    last_id: 0,
  }
}

/** Whether the account, and nobody else but whom it lets, can see a post by now. */
export function isOut(post: StoredPost): boolean {
  return (
    post.mode === "direct" &&
    post.is_whole &&
    !post.fail_reason &&
    Date.now() >= post.done_at
  )
}

/** Whether everybody can see it. */
export function isPublic(post: StoredPost): boolean {
  return (
    isOut(post) &&
    post.info.privacy_level === "PUBLIC_TO_EVERYONE" &&
    Date.now() >= post.reviewed_at
  )
}

/** A refusal in the form of TikTok's API. */
export class Refusal extends Error {
  /**
   * @param status - of HTTP; the account's own limits come with 200
   * @param code - for programs
   * @param message - for people
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string
  ) {
    super(message)
  }

  get body(): object {
    const { code, message } = this
    return { data: {}, error: { code, message, log_id: LOG_ID } }
  }
}

export const LOG_ID = "20261122SIMULATED"
