/** Which of Meta's hosts a path belongs to: the first segment of the simulator's addresses. */
export const HOSTS = ["facebook", "instagram", "threads"] as const
export type Host = (typeof HOSTS)[number]

export type App = { id: string; secret: string }

export type Grant = {
  host: Host
  client_id: string
  redirect_uri: string
  scopes: string[]
  state: string | null
}

export type Token = {
  host: Host
  kind: "short" | "long" | "page"
  scopes: string[]
  issued_at: number
  /** In ms since the epoch; null for one that does not end. */
  expires_at: number | null
  is_revoked: boolean
}

/** What Instagram and Threads make before they publish. */
export type Container = {
  id: string
  network: "instagram" | "threads"
  fields: Record<string, string>
  status: "IN_PROGRESS" | "FINISHED" | "PUBLISHED" | "ERROR" | "EXPIRED"
  /** In a failure's own words. */
  why: string
  /** When it is processed, in ms since the epoch. */
  ready_at: number
  files: StoredFile[]
}

export type StoredFile = {
  content_type: string
  body: Buffer
  alt_text: string | null
}

export type StoredPost = {
  id: string
  network: Host
  /** Where on the account: `feed`, `reel`, `story`, `reply`, `comment`. */
  kind: string
  text: string
  link: string | null
  files: StoredFile[]
  /** All that was asked for besides. */
  fields: Record<string, string>
  /** What it answers to. */
  reply_to: string | null
  /** Of what it was made: containers, photos, or a video. */
  made_of: string[]
  created_at: string
}

/** A photo that stands in no post yet. */
export type StoredPhoto = { id: string; file: StoredFile }

/** A video on its way to a page. */
export type StoredVideo = {
  id: string
  session: string
  edge: "videos" | "video_reels" | "video_stories"
  size: number
  body: Buffer
  fields: Record<string, string>
  /** In ms since the epoch; null as long as it may become no post. */
  finished_at: number | null
  /** What processing will find wrong with it. */
  error: string
}

/** What Meta tells an app by itself, by the name that its address has here. */
export const CALLBACKS = ["events", "deauthorization", "data-deletion"] as const
export type CallbackName = (typeof CALLBACKS)[number]

/** A callback that was sent, and what the app has responded. */
export type SentCallback = { url: string; status: number; body: string }

export type State = {
  apps: Record<Host, App>
  /** The addresses that were entered for an app. */
  callbacks: Record<Host, Partial<Record<CallbackName, string>>>
  sent: SentCallback[]
  /** What an app is told of the page. */
  subscribed_fields: string[]
  /** What the person of the simulator leaves out at the consent page. */
  refused_scopes: string[]
  requires_proof: boolean
  grants: Map<string, Grant>
  codes: Map<string, Grant>
  tokens: Map<string, Token>
  containers: Container[]
  photos: StoredPhoto[]
  videos: StoredVideo[]
  /** Oldest first. */
  posts: StoredPost[]
  /** How long files are processed, in ms. */
  processing_ms: { image: number; video: number; page_video: number }
  /** What is wrong with pages' videos that are finished from now on. */
  video_error: string
  /** Posts of a day, by network. */
  quota: { instagram: number; threads: number; replies: number }
  /** Percent of the app's calls that are used up, as `X-App-Usage` says. */
  usage: number
  last_id: number
}

export const ADA = { id: "1001", name: "Ada Lovelace" }
export const PAGE = { id: "2001", name: "Ada's shop", username: "adasshop" }
/** By the login with Instagram, the app knows it by a number of its own besides. */
export const INSTAGRAM = {
  id: "17841400000000001",
  id_for_app: "9001",
  username: "adasshop",
}
export const PROFILE = { id: "3001", username: "adasshop", name: "Ada's shop" }

/** Meta as it is before anybody has done anything. */
export const newState = (): State => ({
  apps: {
    facebook: { id: "700100", secret: "facebook-app-secret-5f1c" },
    instagram: { id: "700200", secret: "instagram-app-secret-a203" },
    threads: { id: "700300", secret: "threads-app-secret-77e0" },
  },
  callbacks: { facebook: {}, instagram: {}, threads: {} },
  sent: [],
  subscribed_fields: [],
  refused_scopes: [],
  requires_proof: false,
  grants: new Map(),
  codes: new Map(),
  tokens: new Map(),
  containers: [],
  photos: [],
  videos: [],
  posts: [],
  processing_ms: { image: 0, video: 1_000, page_video: 0 },
  video_error: "",
  quota: { instagram: 100, threads: 250, replies: 1000 },
  usage: 3,
  last_id: 18_000_000_000_000,
})

export const nextId = (state: State): string => String((state.last_id += 1))

/** A refusal as the Graph API has it. */
export class GraphRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    readonly subcode: number | undefined,
    message: string
  ) {
    super(message)
  }

  body(): object {
    return {
      error: {
        message: this.message,
        type: "OAuthException",
        code: this.code,
        ...(this.subcode && { error_subcode: this.subcode }),
        fbtrace_id: "AbCdEf123",
      },
    }
  }
}
