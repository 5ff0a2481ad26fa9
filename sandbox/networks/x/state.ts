import { randomBytes } from "node:crypto"

/** An authorization request of OAuth 2, or the code that it has led to. */
export type Grant = {
  redirect_uri: string
  scopes: string[]
  state: string | null
  code_challenge: string
  expires_at: number
}

/** Access, by either login. */
export type Access = { scopes: string[] }

/** A request token of OAuth 1.0a. */
export type Temporary = {
  secret: string
  callback: string
  verifier: string | null
}

export type StoredMedia = {
  id: string
  media_key: string
  category: string
  media_type: string
  total_bytes: number
  pieces: Map<number, Buffer>
  /** When it is processed, in ms since the epoch; null before it is finalized. */
  ready_at: number | null
  alt_text: string | null
  /** What readers are warned of. */
  warning: string | null
}

export type StoredPost = {
  id: string
  created_at: string
  /** As it was sent. */
  text: string
  in_reply_to: string | null
  conversation_id: string
  media: StoredMedia[]
  /** The picture that is shown of a video. */
  cover: StoredMedia | null
  poll: { options: string[]; duration_minutes: number } | null
  reply_settings: string
  quoted: string | null
  community_id: string | null
  made_with_ai: boolean
  paid_partnership: boolean
  /** The addresses in it, as they were sent and as X shows them. */
  urls: { url: string; expanded_url: string }[]
  cost: number
}

export type State = {
  user: {
    id: string
    name: string
    username: string
    subscription_type: string
    verified_type: string
  }
  /** What a parameter of a post's fields is called. */
  names: "post" | "tweet"
  /** What becomes of one that is called otherwise. */
  other_names: "refused" | "ignored"
  requests: Map<string, Grant>
  codes: Map<string, Grant>
  /** Access tokens of OAuth 2, with the refresh token that came with them. */
  tokens: Map<string, Access & { expires_at: number; refresh_token: string }>
  refresh_tokens: Map<string, Access>
  temporary: Map<string, Temporary>
  /** Access tokens of OAuth 1.0a, with their secrets. */
  signed_tokens: Map<string, string>
  nonces: Set<string>
  /** What an app with OAuth 1.0a may do. */
  app_permissions: "read" | "read-write"
  media: StoredMedia[]
  /** How long a video is processed, in ms; null lets it fail. */
  processing_ms: number | null
  /** Oldest first. */
  posts: StoredPost[]
  /** How long a post takes until it is listed, in ms. */
  listing_lag_ms: number
  /** Posts in 15 minutes, and in a day. */
  limit: number
  daily_limit: number
  /** What the app may spend, in US dollars. */
  credits: number
  last_id: bigint
}

/** The one app that is registered, for both logins. */
export const APP = {
  client_id: "c2ltdWxhdGVkLXgtYXBw",
  client_secret: "simulated-x-client-secret",
  consumer_key: "simulatedXApiKey",
  consumer_secret: "simulated-x-api-key-secret",
}

/** What X charges (docs.x.com/x-api/getting-started/pricing). */
export const PRICES = { post: 0.015, link_post: 0.2 }

export const secret = (): string => randomBytes(32).toString("base64url")

/** An account as it is freshly made. */
export function newState(): State {
  return {
    user: {
      id: "2244994945",
      name: "Ada's shop",
      username: "adasshop",
      subscription_type: "None",
      verified_type: "none",
    },
    names: "post",
    other_names: "refused",
    requests: new Map(),
    codes: new Map(),
    tokens: new Map(),
    refresh_tokens: new Map(),
    temporary: new Map(),
    signed_tokens: new Map(),
    nonces: new Set(),
    app_permissions: "read-write",
    media: [],
    processing_ms: 1_000,
    posts: [],
    listing_lag_ms: 0,
    limit: 100,
    daily_limit: 10_000,
    credits: 1_000_000,
    last_id: 1_880_000_000_000_000_000n,
  }
}

/** Ids grow with time, as snowflakes do. */
export function nextId(state: State): string {
  state.last_id += 4_194_304n
  return String(state.last_id)
}

/** A refusal as X has it: problem details, or what is left of version 1. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: object
  ) {
    super(JSON.stringify(body))
  }
}

const PROBLEMS = "https://api.x.com/2/problems/"

/** A refusal with a type of its own. */
export const problem = (
  status: number,
  type: string,
  title: string,
  detail: string,
  more: object = {}
): Refusal =>
  new Refusal(status, { title, detail, type: PROBLEMS + type, status, ...more })

/** A refusal that differs from others in its words alone. */
export const plainProblem = (
  status: number,
  title: string,
  detail: string
): Refusal =>
  new Refusal(status, { title, detail, type: "about:blank", status })

/** A request with a parameter that does not fit. */
export const invalidRequest = (
  message: string,
  parameters: Record<string, string[]> = {}
): Refusal =>
  problem(
    400,
    "invalid-request",
    "Invalid Request",
    "One or more parameters to your request was invalid.",
    { errors: [{ parameters, message }] }
  )

/** What was asked for and is not there: inside of a response of status 200. */
export const notFound = (id: string): object => ({
  errors: [
    {
      value: id,
      detail: `Could not find tweet with id: [${id}].`,
      title: "Not Found Error",
      resource_type: "tweet",
      parameter: "id",
      resource_id: id,
      type: `${PROBLEMS}resource-not-found`,
    },
  ],
})
