/** An authorization request, or the code that it has led to. */
export type Grant = {
  redirect_uri: string
  scopes: string[]
  state: string | null
}

export type Token = { scopes: string[]; ends_at: number }

export type AssetKind = "image" | "document" | "video"

/** A file that was announced, with what has arrived of it. */
export type Asset = {
  urn: string
  kind: AssetKind
  owner: string
  /** Of each piece, by the order of their addresses. */
  pieces: { first: number; last: number; body: Buffer | null }[]
  upload_token: string
  cover: Buffer | null
  /** When it can stand in a post, in ms since the epoch; null before it is all there. */
  ready_at: number | null
  /** What it becomes then. */
  fate: "AVAILABLE" | "PROCESSING_FAILED"
  content_type: string
}

export type Content = {
  media?: { id: string; title?: string; altText?: string }
  multiImage?: { images: { id: string; altText?: string }[] }
  article?: {
    source: string
    title: string
    description?: string
    thumbnail?: string
  }
  poll?: {
    question: string
    options: { text: string }[]
    settings: { duration: string }
  }
}

export type StoredPost = {
  id: string
  author: string
  /** As it was sent. */
  commentary: string
  /** What a reader sees of it. */
  text: string
  visibility: string
  isReshareDisabledByAuthor: boolean
  content?: Content
  /** The post that it shares. */
  reshareContext?: { parent: string }
  createdAt: number
  lifecycleState: string
}

export type StoredComment = {
  urn: string
  id: string
  post: string
  actor: string
  text: string
  created_at: number
}

export type State = {
  requests: Map<string, Grant>
  codes: Map<string, Grant>
  tokens: Map<string, Token>
  refresh_tokens: Map<string, { scopes: string[]; ends_at: number }>
  /** What the app's products allow. */
  app_scopes: string[]
  /** Whether the app is approved for refresh tokens. */
  gives_refresh_tokens: boolean
  /** How long tokens live, in s. */
  token_ttl: number
  refresh_token_ttl: number
  /** Whether LinkedIn has restricted the member. */
  restricted: boolean
  /** The first and the last version of the API that is active. */
  versions: { first: string; last: string }
  /** Requests of a day, and how many there were. */
  requests_a_day: { limit: number; used: number }
  processing_ms: number
  /** Of the next files, in their order; available where there is none. */
  fates: Asset["fate"][]
  /** In bytes: how large the pieces are that videos are asked for in. */
  piece_bytes: number
  assets: Map<string, Asset>
  /** Oldest first. */
  posts: StoredPost[]
  comments: StoredComment[]
  /** For how long the same post is refused, in ms. */
  duplicate_ms: number
  last_id: number
}

export const CLIENT_ID = "86simulated"
export const CLIENT_SECRET = "WPL_AP1.simulated"

export const MEMBER = {
  id: "adaSimulated",
  urn: "urn:li:person:adaSimulated",
  name: "Ada Lovelace",
  vanity: "ada-lovelace",
}

/** Ada may publish on the first one alone. */
export const PAGES = [
  {
    id: 5515715,
    urn: "urn:li:organization:5515715",
    name: "Ada's shop",
    vanity: "adas-shop",
    roles: ["ADMINISTRATOR", "CONTENT_ADMINISTRATOR"],
  },
  {
    id: 7700001,
    urn: "urn:li:organization:7700001",
    name: "Harbour museum",
    vanity: "harbour-museum",
    roles: ["ANALYST"],
  },
]

export const PAGE = PAGES[0]

/** What the two self-serve products allow. */
export const PROFILE_SCOPES = ["openid", "profile", "email", "w_member_social"]

/** What the Community Management API allows. */
export const PAGE_SCOPES = [
  "r_basicprofile",
  "r_1st_connections_size",
  "w_member_social",
  "w_member_social_feed",
  "r_member_postAnalytics",
  "r_member_profileAnalytics",
  "rw_organization_admin",
  "w_organization_social",
  "r_organization_social",
  "w_organization_social_feed",
  "r_organization_social_feed",
  "r_organization_followers",
]

export const newState = (): State => ({
  requests: new Map(),
  codes: new Map(),
  tokens: new Map(),
  refresh_tokens: new Map(),
  app_scopes: [...PROFILE_SCOPES, ...PAGE_SCOPES],
  gives_refresh_tokens: false,
  token_ttl: 60 * 86_400,
  refresh_token_ttl: 365 * 86_400,
  restricted: false,
  versions: { first: "202511", last: "202610" },
  requests_a_day: { limit: 1_000_000, used: 0 },
  processing_ms: 2_000,
  fates: [],
  piece_bytes: 4 * 1024 * 1024,
  assets: new Map(),
  posts: [],
  comments: [],
  duplicate_ms: 10 * 60_000,
  last_id: 7_400_000_000_000_000,
})

export const nextId = (state: State): string => {
  state.last_id += 1
  return `${state.last_id}000`
}

/** A refusal as LinkedIn gives it. */
export class Refusal extends Error {
  readonly body: object

  /**
   * @param code the code beside the status
   * @param more members besides, such as `serviceErrorCode`
   */
  constructor(
    readonly status: number,
    code: string | null,
    message: string,
    more: object = {}
  ) {
    super(message)
    this.body = { status, ...(code && { code }), message, ...more }
  }
}

/** A refusal of what a request says, with the field. */
export const wrongInput = (
  status: number,
  code: string,
  fieldPath: string,
  message: string
): Refusal =>
  new Refusal(status, null, message, {
    errorDetailType: "com.linkedin.common.error.BadRequest",
    errorDetails: {
      inputErrors: [
        { code, description: message, input: { inputPath: { fieldPath } } },
      ],
    },
  })
