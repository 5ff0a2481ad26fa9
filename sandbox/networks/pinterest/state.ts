/** An authorization request, or the code that it has led to. */
export type Grant = {
  redirect_uri: string
  scopes: string[]
  state: string | null
}

export type Token = { scopes: string[]; ends_at: number }

export type Board = {
  id: string
  name: string
  privacy: "PUBLIC" | "PROTECTED" | "SECRET"
  is_ads_only?: boolean
  sections: { id: string; name: string }[]
}

export type MediaStatus = "registered" | "processing" | "succeeded" | "failed"

/** A place for a video, and what was sent to it. */
export type Upload = {
  id: string
  /** The signature without which the storage takes nothing. */
  signature: string
  file: Buffer | null
  content_type: string
  processed_at: number
  /** What becomes of it once it is processed. */
  fate: "succeeded" | "failed"
}

export type StoredFile = {
  content_type: string
  file: Buffer
  /** Of an image in a carousel: where it leads to. */
  link?: string
}

export type StoredPin = {
  id: string
  created_at: string
  board_id: string
  board_section_id: string | null
  title: string | null
  description: string | null
  alt_text: string | null
  link: string | null
  dominant_color: string | null
  kind: "image" | "video" | "multiple_images"
  files: StoredFile[]
  /** Of a video: an image, or a moment in s. */
  cover: StoredFile | number | null
  metrics: Record<string, number>
}

export type State = {
  requests: Map<string, Grant>
  codes: Map<string, Grant>
  tokens: Map<string, Token>
  refresh_tokens: Map<string, { scopes: string[]; ends_at: number }>
  /** How long an access token lives, in s. */
  token_ttl: number
  /** Whether the app may create pins that others see. */
  access: "trial" | "standard"
  /** Whether the account may see its report. */
  is_business: boolean
  /** Requests of a minute, and how many there were. */
  calls: { limit: number; used: number; reset_s: number }
  boards: Board[]
  uploads: Map<string, Upload>
  processing_ms: number
  /** Of the next videos, in their order; processed where there is none. */
  fates: ("succeeded" | "failed")[]
  /** Oldest first. */
  pins: StoredPin[]
  last_id: number
}

export const APP_ID = "1490001"
/** Forty hexadecimal digits, as all of Pinterest's. */
export const APP_SECRET = "51ba1a7ed0000000000000000000000000000001"

export const USER = {
  id: "2783136121146311751",
  username: "adasshop",
  account_type: "BUSINESS",
  business_name: "Ada's shop",
  about: "Scarves, made by hand.",
  profile_image: "https://i.pinimg.com/ada.jpg",
  website_url: "https://shop.example.com",
  follower_count: 128,
  following_count: 7,
  monthly_views: 4200,
}

export const AUTUMN = "549755885175"
export const WINTER = "549755885176"
export const SCARVES = "5258814934636085108"

/** Pinterest as it is for an app with Standard access, and one account. */
export function newState(): State {
  return {
    requests: new Map(),
    codes: new Map(),
    tokens: new Map(),
    refresh_tokens: new Map(),
    token_ttl: 2_592_000,
    access: "standard",
    is_business: true,
    calls: { limit: 10_000, used: 0, reset_s: 43 },
    boards: [
      {
        id: AUTUMN,
        name: "Autumn",
        privacy: "PUBLIC",
        sections: [
          { id: SCARVES, name: "Scarves" },
          { id: "5258814934636085109", name: "Hats" },
        ],
      },
      { id: WINTER, name: "Winter", privacy: "SECRET", sections: [] },
      {
        id: "549755885177",
        name: "Ad-only Pins",
        privacy: "PROTECTED",
        is_ads_only: true,
        sections: [],
      },
    ],
    uploads: new Map(),
    processing_ms: 1_000,
    fates: [],
    pins: [],
    last_id: 0,
  }
}

/** Digits alone, as all of Pinterest's. */
export function nextId(state: State): string {
  state.last_id += 1
  return `99965844851${String(state.last_id).padStart(7, "0")}`
}

/** A refusal in the form of Pinterest's API. */
export class Refusal extends Error {
  /**
   * @param status - of HTTP
   * @param code - Pinterest's own
   * @param message - for people
   */
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
    readonly headers: Record<string, string> = {}
  ) {
    super(message)
  }

  get body(): object {
    return { code: this.code, message: this.message }
  }
}
