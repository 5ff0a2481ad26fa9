/*
 * What an account takes of a post, as plain data: a provider says it, the
 * server and the dashboard judge by it (`check.ts`). It travels as JSON, so it
 * holds no functions, and no NaN or Infinity.
 */

/** A lowest and a highest value that are both allowed; open where one is absent. */
export interface Range {
  min?: number
  max?: number
}

/** In pixels; open where one is absent. */
export interface Size {
  width?: number
  height?: number
}

/**
 * What a service counts as one. `text.ts` says how, and where that is written.
 *
 * - `graphemes`: characters as a reader sees them
 * - `code_points`: Unicode code points
 * - `utf16`: UTF-16 code units, as JavaScript's `length`
 * - `utf8_bytes`: bytes of UTF-8
 * - `x_weighted`: X's weights
 * - `threads`: code points, but an emoji as its bytes of UTF-8
 * - `mastodon`: graphemes, but any URL as 23 and of a mention only the name
 * - `telegram`: UTF-16 code units of a text in Telegram's HTML, without its tags
 */
export type TextUnit =
  | "graphemes"
  | "code_points"
  | "utf16"
  | "utf8_bytes"
  | "x_weighted"
  | "threads"
  | "mastodon"
  | "telegram"

/** One limit of one text. Every rule that applies must hold. */
export interface TextRule {
  field: "text" | "title"
  unit: TextUnit
  max: number
  /** A text of at least this length must be there. @default 0 */
  min?: number
  /** Applies only to parts with, or without, media, or a video among them. @default to all */
  when?: "with_media" | "without_media" | "with_video" | "without_video"
  /** What a URL counts as, in the unit `mastodon`. @default 23 */
  url_weight?: number
}

export type MediaKind = "image" | "gif" | "video" | "document"

/**
 * What one file of a kind must be like. A measure that is not known is not held
 * against the file.
 */
export interface MediaRule {
  /** Content types, for example `image/jpeg` or `video/*`. */
  types: readonly string[]
  /** In bytes. */
  max_bytes?: number
  /** In bytes. */
  min_bytes?: number
  min?: Size
  max?: Size
  /** Width times height. */
  max_pixels?: number
  /** Width plus height. */
  max_sides?: number
  /** Width divided by height. */
  ratio?: Range
  /**
   * All files of this kind in a part must have one aspect ratio, or are cropped
   * to the first one's.
   */
  same_ratio?: "required" | "cropped"
  /** All files of this kind in a part must have one size in pixels. */
  same_size?: boolean
  /** Duration, in s. */
  seconds?: Range
  /** Frames for each second. */
  fps?: Range
  /** Frames in all. */
  frames?: Range
  /** Video codecs: `avc` (H.264), `hevc` (H.265), `vp8`, `vp9`, `av1`. */
  codecs?: readonly string[]
  /** Audio codecs, for example `aac`, `opus`, `mp3`. A video without sound fits. */
  audio_codecs?: readonly string[]
  /**
   * What the service shows a file as that has this ratio and duration, whatever
   * it was meant to be: worth a warning.
   */
  shown_as?: { name: string; ratio: Range; seconds: Range }
  /** A cover. @default "optional" */
  poster?: "required" | "optional" | "none"
  /** What a cover may be. @default either */
  poster_kinds?: readonly PosterKind[]
}

/** What shows a video before it plays: a picture of its own, or a moment of the video. */
export type PosterKind = "picture" | "moment"

/**
 * How many files of each kind go together; of a kind that is not named, none.
 * `total` counts the files of all kinds.
 *
 * @example `{ image: { max: 4 } }`; `{ image: {}, video: {}, total: { min: 2, max: 10 } }`
 */
export type MediaCombination = Readonly<
  Partial<Record<MediaKind | "total", Range>>
>

export interface AltTextRule {
  max: number
  unit: TextUnit
  /** The kinds of media that take one. */
  on: readonly MediaKind[]
}

export type MediaRules = Readonly<Partial<Record<MediaKind, MediaRule>>> & {
  /** Whether a post cannot be without media. */
  required: boolean
  /** A part with media must match one of them; none means that it takes no media. */
  combinations: readonly MediaCombination[]
  /** Of all files of a part together, in bytes. */
  max_total_bytes?: number
  /** Absent where the service takes no alternative text. */
  alt_text?: AltTextRule
  /** Whether bytes are sent, or the service fetches them from a public address. */
  delivery: "push" | "pull"
}

/** What may follow the post itself. */
export interface PartRules {
  /** Parts in all, the post itself included. */
  max: number
  /** What a further part becomes. */
  as: "thread" | "comment" | "none"
  /** Whether further parts may have media. */
  media: boolean
  /** The text of further parts, where other rules hold than for the post itself. */
  text?: readonly TextRule[]
  /** The shortest delay between two parts, in s. */
  min_delay_s?: number
}

/** As much of one text of a link's card as is shown. */
export type CardTextRule = Pick<TextRule, "unit" | "max">

/**
 * Where a post's link goes.
 *
 * - `text`: at the end of the text, where it counts as text; with a preview that
 *   the service makes by itself, or with none
 * - `card`: a preview made of what we send; `needs` says of what
 * - `field`: a field of its own that takes `max` characters
 * - `button`: a button of one of these kinds
 * - `none`: nowhere; `advice` says where a person can put it instead
 *
 * With `excludes_media`, a post with media has its link in the text.
 */
export type LinkPolicy =
  | { place: "text"; preview: "network" | "none" }
  | {
      place: "card"
      needs: readonly ("title" | "description" | "image")[]
      /** What is longer is cut off. */
      title?: CardTextRule
      description?: CardTextRule
      /** In bytes. A card with a larger picture goes out without it. */
      image_max_bytes?: number
      /** Whether a larger picture is made smaller first; what moves stays as it is. */
      shrinks_image?: boolean
      excludes_media: boolean
    }
  | { place: "field"; max: number; excludes_media?: boolean }
  | { place: "button"; kinds: readonly string[] }
  | { place: "none"; advice: "bio" | "comment" | "sticker" }

/**
 * What a community's moderators demand of posts, in Reddit's names
 * (`GET /api/v1/{name}/post_requirements`); what is null or empty demands nothing.
 */
export type CommunityDemands = {
  readonly title_text_min_length?: number | null
  readonly title_text_max_length?: number | null
  readonly title_required_strings?: readonly string[]
  readonly title_blacklisted_strings?: readonly string[]
  readonly title_regexes?: readonly string[]
  /** `required`, `notAllowed` or `none`: of text posts. */
  readonly body_restriction_policy?: string
  readonly body_text_min_length?: number | null
  readonly body_text_max_length?: number | null
  readonly body_required_strings?: readonly string[]
  readonly body_blacklisted_strings?: readonly string[]
  readonly body_regexes?: readonly string[]
  /** `none`, `blacklist` or `whitelist`: which of the two lists counts. */
  readonly link_restriction_policy?: string
  readonly domain_blacklist?: readonly string[]
  readonly domain_whitelist?: readonly string[]
  readonly is_flair_required?: boolean
  readonly gallery_min_items?: number | null
  readonly gallery_max_items?: number | null
  /** `required`, `notAllowed` or `none`. */
  readonly gallery_captions_requirement?: string
  readonly gallery_urls_requirement?: string
  readonly guidelines_text?: string | null
}

/** What decides whether a post may go to a community. */
export type Community = {
  /** As people write it: `r/scarves`. */
  readonly name: string
  /** Why the account cannot post there, whatever it says; null where it can. */
  readonly closed: { readonly code: string; readonly message: string } | null
  /** `any`, `self` or `link`. */
  readonly takes: string
  readonly images: boolean
  readonly galleries: boolean
  readonly videos: boolean
  /** Those that the account may choose; none where they are not known. */
  readonly flairs: readonly { readonly id: string; readonly text: string }[]
  readonly demands: CommunityDemands
}

/** What an account takes of a post with the chosen settings. */
export interface PostLimits {
  text: readonly TextRule[]
  parts: PartRules
  media: MediaRules
  link: LinkPolicy
  /** Hashtags in the text of one part, at most. */
  hashtags?: number
  /** Cashtags, such as `$SHOP`, in the text of one part, at most. */
  cashtags?: number
  /** Mentions in the text of one part, at most. */
  mentions?: number
  /** Different addresses in the text of one part, at most. */
  links?: number
  /** The community that the post goes to; absent where nothing is known of it. */
  community?: Community & { chosen_flair: string | null }
  /** Whether texts may have phone numbers: worth a warning where they may not. @default true */
  phone_numbers?: boolean
  /** Settings that the account cannot have switched on now, by their names, each with why. */
  settings_off?: Readonly<Record<string, string>>
  /** What the service charges for each part, in US dollars. */
  price?: { part: number; part_with_link?: number }
}
