/** An authorization request, or the code that it has led to. */
export type Grant = {
  redirect_uri: string
  scopes: string[]
  state: string | null
  code_challenge: string | null
  /** Whether a refresh token comes with the access token. */
  brings_refresh_token: boolean
}

export type Token = { scopes: string[]; ends_at: number; refresh_token: string }

/** What becomes of a file once it is processed. */
export type Fate =
  | { uploadStatus: "processed" }
  | { uploadStatus: "failed"; failureReason: string }
  | { uploadStatus: "rejected"; rejectionReason: string }

export type StoredVideo = {
  id: string
  snippet: {
    title: string
    description: string
    tags?: string[]
    categoryId: string
    publishedAt: string
    defaultLanguage?: string
    defaultAudioLanguage?: string
  }
  status: {
    privacyStatus: string
    selfDeclaredMadeForKids?: boolean
    containsSyntheticMedia?: boolean
    embeddable: boolean
    license: string
    publishAt?: string
  }
  content_type: string
  file: Buffer
  processed_at: number
  fate: Fate
  notified: boolean
  cover: { content_type: string; file: Buffer } | null
  views: number
}

/** A resumable upload. */
export type Session = {
  facts: Pick<StoredVideo, "snippet" | "status">
  content_type: string
  size: number
  notify: boolean
  /** What has arrived of the file. */
  taken: Buffer
  /** The video that the last byte has made. */
  video_id: string | null
}

export type StoredPlaylist = { id: string; title: string; videos: string[] }

export type PostState = "LIVE" | "PROCESSING" | "REJECTED"

/** A post of a location, as it was sent, with what Google adds. */
export type StoredPost = {
  name: string
  state: PostState
  createTime: string
  updateTime: string
  searchUrl: string
  languageCode?: string
  summary: string
  topicType: string
  callToAction?: { actionType: string; url?: string }
  event?: { title: string; schedule: object }
  offer?: object
  media?: { mediaFormat: string; sourceUrl: string }[]
  /** What was fetched from the photo's address. */
  photo: Buffer | null
}

export type State = {
  requests: Map<string, Grant>
  codes: Map<string, Grant>
  tokens: Map<string, Token>
  refresh_tokens: Map<string, { scopes: string[] }>
  /** Whether a person has consented before: then no refresh token comes by itself. */
  has_consented: boolean
  /** How long an access token lives, in s. */
  token_ttl: number
  /** Whether the Cloud project has passed YouTube's audit. */
  audited: boolean
  /** Whether the API is enabled in the project. */
  enabled: boolean
  /** Units of a day, and what is used of them. */
  units: { limit: number; used: number }
  /** Videos of a day, and how many there were. */
  uploads: { limit: number; used: number }
  channel: typeof CHANNEL | null
  /** Whether the channel's phone number is verified. */
  verified: boolean
  processing_ms: number
  /** Of the next videos, in their order; processed where there is none. */
  fates: Fate[]
  sessions: Map<string, Session>
  /** Oldest first. */
  videos: StoredVideo[]
  playlists: StoredPlaylist[]
  /** Whether Google has given the project access to Business Profile. */
  has_business_access: boolean
  /** Of the next posts, in their order; live where there is none. */
  post_states: PostState[]
  /** Of all locations, oldest first. */
  local_posts: StoredPost[]
  last_id: number
}

export const CHANNEL = {
  id: "UCsimulatedAdasShop00000",
  title: "Ada's shop",
  customUrl: "@adasshop",
  country: "DE",
}

/** The person's own account, and a group that shares a location with it. */
export const BUSINESSES = [
  { name: "accounts/1", accountName: "Ada's shop", type: "PERSONAL" },
  { name: "accounts/9", accountName: "All shops", type: "LOCATION_GROUP" },
]

export const LOCATIONS = [
  {
    name: "locations/11",
    title: "Ada's shop, Harbour Street",
    storeCode: "HARBOUR",
    languageCode: "de",
    metadata: {
      mapsUri: "https://maps.google.com/maps?cid=11",
      hasVoiceOfMerchant: true,
    },
  },
  {
    name: "locations/12",
    title: "Ada's shop, Market Square",
    storeCode: "MARKET",
    languageCode: "de",
    metadata: {
      mapsUri: "https://maps.google.com/maps?cid=12",
      hasVoiceOfMerchant: true,
    },
  },
]

export const CLIENT_ID = "simulated.apps.googleusercontent.com"
export const CLIENT_SECRET = "GOCSPX-simulated"

/** Google as it is after the project was set up, with one channel. */
export function newState(): State {
  return {
    requests: new Map(),
    codes: new Map(),
    tokens: new Map(),
    refresh_tokens: new Map(),
    has_consented: false,
    token_ttl: 3599,
    audited: true,
    enabled: true,
    units: { limit: 10_000, used: 0 },
    uploads: { limit: 100, used: 0 },
    channel: CHANNEL,
    verified: true,
    processing_ms: 1_000,
    fates: [],
    sessions: new Map(),
    videos: [],
    playlists: [
      { id: "PLsimulatedAutumn", title: "Autumn", videos: [] },
      { id: "PLsimulatedHowTo", title: "How to", videos: [] },
    ],
    has_business_access: true,
    post_states: [],
    local_posts: [],
    last_id: 0,
  }
}

/** Eleven characters, as YouTube's. */
export function nextVideoId(state: State): string {
  state.last_id += 1
  return `sim${String(state.last_id).padStart(8, "0")}`
}

/** A refusal in the form of Google's APIs. */
export class Refusal extends Error {
  /**
   * @param status - of HTTP
   * @param reason - for programs
   * @param message - for people
   * @param more - domain and what else the form has
   */
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
    readonly more: {
      domain?: string
      rpc_status?: string
      info?: object
      /** Newer APIs have no list of reasons. */
      only_status?: boolean
    } = {}
  ) {
    super(message)
  }

  get body(): object {
    const { status, reason, message, more } = this
    return {
      error: {
        code: status,
        message,
        ...(!more.only_status && {
          errors: [{ message, domain: more.domain ?? "global", reason }],
        }),
        ...(more.rpc_status && { status: more.rpc_status }),
        ...(more.info && {
          details: [
            {
              "@type": "type.googleapis.com/google.rpc.ErrorInfo",
              ...more.info,
            },
          ],
        }),
      },
    }
  }
}
