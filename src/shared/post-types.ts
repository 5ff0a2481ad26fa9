/*
 * What the admin API says of posts, their files and what accounts take: see
 * `api-types.ts`.
 */
import type { RecordedError } from "./api-types"
import type { PostStatus, PublicationState } from "./enums"
import type { MediaKind } from "./post-rules/limits"
import type { PostLimits } from "./post-rules/limits"
import type { Violation } from "./post-rules/violations"

/** What a form that writes for an account needs to know. */
export type AccountPublishing = {
  limits: PostLimits
  /** JSON Schema (draft 2020-12); null where nothing can be set. */
  settings_schema: Record<string, unknown> | null
  /** Where on the account a post can go; the first is the default. */
  placements: { value: string; label: string }[]
  lookups: {
    name: string
    label: string
    search: boolean
    /** Settings that the list depends on. */
    depends_on: string[]
  }[]
  facts: Record<string, unknown> | null
  facts_at: string | null
  default_settings: Record<string, unknown> | null
  quota: {
    label: string
    count: number
    window_seconds: number
    used: number
  }[]
}

/** One choice of a look-up. */
export type LookupOption = { value: string; label: string; hint?: string }

/** What is worth knowing of a publication before it goes out. */
export type PublishingWarning = {
  /** `repeated`, `quota`, or what the account's rules call it. */
  code: string
  message: string
  /** The post that says or shows the same. */
  post_id?: string
  caption?: string
  at?: string
}

/** What was found about a post on one of its accounts. */
export type PublicationCheck = {
  account_id: string
  placement: string
  /** What is refused. */
  violations: Violation[]
  warnings: PublishingWarning[]
}

export type PostMedia = {
  url: string
  alt_text?: string | null
  /** Of `social_media`, where the file is in the library. */
  media_id?: string
}

/** What follows a post: a thread's next entry, or a comment. */
export type PostPart = {
  text: string
  media?: PostMedia[]
  delay_seconds?: number
}

/** What one account gets in place of the post's own; what is absent follows the post. */
export type PostVariant = {
  caption?: string
  link?: string | null
  media?: PostMedia[]
  parts?: PostPart[]
  language?: string | null
}

export type SocialPublication = {
  id: string
  account_id: string
  account: {
    id: string
    name: string
    username: string | null
    avatar_url: string | null
    kind: string
    platform_id: string
  } | null
  /** Where on the account: `feed`, `reel`, `story`. */
  placement: string
  variant: PostVariant | null
  settings: Record<string, unknown> | null
  /** What a handler of the application has changed of it. */
  changed_content: (PostVariant & { settings?: Record<string, unknown> }) | null
  /** What was added to it once it was out. */
  comments: PostPart[] | null
  state: PublicationState
  external_id: string | null
  external_url: string | null
  /** What of it is out. */
  parts:
    { part: number; external_id: string | null; url: string | null }[] | null
  attempts: number
  publish_at: string | null
  next_attempt_at: string | null
  /** What it waits for. */
  waiting: {
    why: string
    done?: number
    of?: number
    /** When waiting ends as a failure. */
    give_up_at?: string
    /** Where a person finishes what was handed over. */
    url?: string
  } | null
  published_at: string | null
  /** When it was removed at the service again. */
  removed_at: string | null
  /** What the network has taken down, or has no more, as far as it tells. */
  removed_by_network: { part: number; reason: string; at: string } | null
  last_error: RecordedError | null
}

/** A file that posts may show. */
export type SocialMedia = {
  id: string
  file_id: string | null
  source_url: string | null
  name: string
  kind: MediaKind
  content_type: string
  bytes: number
  sha256: string | null
  width: number | null
  height: number | null
  duration_ms: number | null
  frame_rate: number | null
  video_codec: string | null
  audio_codec: string | null
  alt_text: string | null
  poster: { media_id: string } | { at_ms: number } | null
  created_by: string | null
  /** What uses it: posts that show it, and the video whose poster it is. */
  uses: MediaUse[]
  /** When it is removed unless something uses it until then; null where it stays, as far as that is known. */
  removed_after: string | null
  /** Of one file; absent in lists. */
  fetches?: MediaFetch[] | null
  created_at: string
  updated_at: string
}

/** A post that shows a file, or the video whose poster it is. */
export type MediaUse = {
  kind: "post" | "video"
  id: string
  /** The first words of the post, or the video's name. */
  title: string
}

/** One request for a file at its public address. */
export type MediaFetch = {
  at: string
  method: string
  user_agent: string | null
  status: number
  /** How many bytes of the file were sent. */
  bytes: number
}

/** What a service told of a post or an account at a moment. */
export type MetricsAt<Time = string> = {
  measured_at: Time
  values: Record<string, number>
}

/** The figures of a post or an account, in the order of time. */
export type MetricSeries = {
  /** When they are read next; null where they are not any more, or not yet. */
  next_at: string | null
  series: MetricsAt[]
}

export type LinkedProduct = {
  id: string
  title: string
  thumbnail: string | null
}

export type SocialPost = {
  id: string
  caption: string
  link: string | null
  /** In BCP 47. */
  language: string | null
  media: PostMedia[] | null
  parts: PostPart[] | null
  status: PostStatus
  scheduled_at: string | null
  published_at: string | null
  created_by: string | null
  created_at: string
  updated_at: string
  publications: SocialPublication[]
  /** A link to a product that was deleted since leaves a gap. */
  products?: (LinkedProduct | null)[]
}

/** Where a post goes, and what is different there. */
export type PublicationInput = {
  account_id: string
  placement?: string
  settings?: Record<string, unknown> | null
  variant?: PostVariant | null
}

export type PostInput = {
  caption: string
  link?: string | null
  language?: string | null
  media?: PostMedia[]
  parts?: PostPart[]
  /** Short for publications of which nothing is special. */
  account_ids?: string[]
  publications?: PublicationInput[]
  scheduled_at?: string | null
  product_ids?: string[]
}
