/** An authorization request, or the code that it has led to. */
export type Grant = {
  redirect_uri: string
  scopes: string[]
  state: string
  is_permanent: boolean
}

export type Token = { scopes: string[]; ends_at: number; refresh_token: string }

/** What moderators demand of posts, as `post_requirements` tells it. */
export type Requirements = {
  title_text_min_length: number | null
  title_text_max_length: number | null
  title_required_strings: string[]
  title_blacklisted_strings: string[]
  title_regexes: string[]
  body_restriction_policy: "none" | "required" | "notAllowed"
  body_text_min_length: number | null
  body_text_max_length: number | null
  body_required_strings: string[]
  body_blacklisted_strings: string[]
  body_regexes: string[]
  link_restriction_policy: "none" | "blacklist" | "whitelist"
  domain_blacklist: string[]
  domain_whitelist: string[]
  is_flair_required: boolean
  gallery_min_items: number | null
  gallery_max_items: number | null
  gallery_captions_requirement: "none" | "required" | "notAllowed"
  gallery_urls_requirement: "none" | "required" | "notAllowed"
  link_repost_age: number | null
  guidelines_text: string | null
  guidelines_display_policy: string | null
}

export type Community = {
  name: string
  title: string
  subscribers: number
  type: "public" | "restricted" | "private" | "user"
  takes: "any" | "self" | "link"
  galleries: boolean
  videos: boolean
  images: boolean
  over18: boolean
  /** How the account stands to it. */
  is_member: boolean
  is_moderator: boolean
  is_banned: boolean
  /** Whether the same link may be posted once alone. */
  once: boolean
  flairs: { id: string; text: string; text_editable: boolean }[]
  requirements: Requirements
}

/** A file in the storage. */
export type Asset = {
  id: string
  key: string
  policy: string
  mimetype: string
  /** Null until it has arrived. */
  file: Buffer | null
}

export type StoredPost = {
  id: string
  subreddit: string
  kind: string
  title: string
  text: string
  url: string
  /** Of an image, a video or a gallery, with what is said of each. */
  files: { asset: string; caption: string; outbound_url: string }[]
  poster: string | null
  flair: string | null
  nsfw: boolean
  spoiler: boolean
  send_replies: boolean
  /** Unix time, in s. */
  created_utc: number
  /** When it is there for everybody, in ms since the epoch. */
  listed_at: number
  removed_by_category: string | null
  is_deleted: boolean
  score: number
  upvote_ratio: number
}

export type StoredComment = {
  id: string
  /** The post, or comment, that it answers to, with its kind. */
  parent: string
  text: string
  created_utc: number
  is_deleted: boolean
}

/** `[code, explanation, field]`. */
export type Complaint = [string, string, string | null]

export type State = {
  requests: Map<string, Grant>
  codes: Map<string, Grant>
  tokens: Map<string, Token>
  refresh_tokens: Map<string, { scopes: string[] }>
  /** How long an access token lives, in s. */
  token_ttl: number
  is_suspended: boolean
  communities: Community[]
  assets: Asset[]
  /** In bytes. */
  max_file_bytes: number
  /** How long files are processed before their post is listed. */
  processing_ms: number
  /** With what the next posts and comments are refused, in their order. */
  complaints: Complaint[]
  /** Oldest first. */
  posts: StoredPost[]
  comments: StoredComment[]
  /** Requests of ten minutes: how many there may be and have been, and when they are over, in s. */
  allowance: { limit: number; used: number; reset: number }
  last_id: number
}

export const USER = { id: "4adas", name: "adas_shop" }

export const CLIENT_ID = "sim-Reddit_App0001"
export const CLIENT_SECRET = "simulated-reddit_secret-0001"

export const FLAIR_ID = "0a1b2c3d-0000-11ee-8000-0e92b471a041"

export const NO_REQUIREMENTS: Requirements = {
  title_text_min_length: null,
  title_text_max_length: null,
  title_required_strings: [],
  title_blacklisted_strings: [],
  title_regexes: [],
  body_restriction_policy: "none",
  body_text_min_length: null,
  body_text_max_length: null,
  body_required_strings: [],
  body_blacklisted_strings: [],
  body_regexes: [],
  link_restriction_policy: "none",
  domain_blacklist: [],
  domain_whitelist: [],
  is_flair_required: false,
  gallery_min_items: null,
  gallery_max_items: null,
  gallery_captions_requirement: "none",
  gallery_urls_requirement: "none",
  link_repost_age: null,
  guidelines_text: null,
  guidelines_display_policy: null,
}

const community = (
  name: string,
  title: string,
  own: Partial<Community> = {}
): Community => ({
  name,
  title,
  subscribers: 4200,
  type: "public",
  takes: "any",
  galleries: true,
  videos: true,
  images: true,
  over18: false,
  is_member: true,
  is_moderator: false,
  is_banned: false,
  once: false,
  flairs: [],
  requirements: { ...NO_REQUIREMENTS },
  ...own,
})

const communities = (): Community[] => [
  community(`u_${USER.name}`, "Ada's Shop", {
    type: "user",
    is_moderator: true,
    subscribers: 230,
  }),
  community("scarves", "All about scarves", { is_moderator: true }),
  community("Knitting", "Two needles and a thread", {
    flairs: [
      { id: FLAIR_ID, text: "For sale", text_editable: false },
      {
        id: "0a1b2c3d-0000-11ee-8000-0e92b471a042",
        text: "Pattern",
        text_editable: true,
      },
    ],
    requirements: {
      ...NO_REQUIREMENTS,
      is_flair_required: true,
      title_text_min_length: 10,
      title_blacklisted_strings: ["free"],
      guidelines_text: "Say what it is made of.",
    },
  }),
  community("askScarves", "Questions alone", { takes: "self" }),
  community("scarfDeals", "Deals, once each", {
    once: true,
    is_member: false,
    subscribers: 98_000,
  }),
  community("inner_circle", "For approved accounts", {
    type: "restricted",
    is_member: false,
  }),
  community("grumpy", "They know this account", {
    is_member: false,
    is_banned: true,
  }),
]

/** Reddit with one account, its app, and a few communities. */
export const newState = (): State => ({
  requests: new Map(),
  codes: new Map(),
  tokens: new Map(),
  refresh_tokens: new Map(),
  token_ttl: 86_400,
  is_suspended: false,
  communities: communities(),
  assets: [],
  max_file_bytes: 20_971_520,
  processing_ms: 0,
  complaints: [],
  posts: [],
  comments: [],
  allowance: { limit: 1000, used: 0, reset: 600 },
  last_id: 0,
})

/** In base 36, as Reddit's. */
export const nextId = (state: State): string => {
  state.last_id += 1
  return (60_466_176 + state.last_id).toString(36)
}

/** A refusal with a status of HTTP. */
export class Refusal extends Error {
  /**
   * @param status - of HTTP
   * @param message - for people
   * @param more - `reason`, and what else the body has
   * @param headers - of the response
   */
  constructor(
    readonly status: number,
    message: string,
    readonly more: Record<string, unknown> = {},
    readonly headers: Record<string, string> = {}
  ) {
    super(message)
  }
}

export const findCommunity = (state: State, name: string): Community => {
  const found = state.communities.find(
    (one) => one.name.toLowerCase() === name.toLowerCase()
  )
  if (!found) {
    throw new Refusal(404, "Not Found")
  }
  return found
}
