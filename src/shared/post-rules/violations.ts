import type { Range, Size } from "./limits"

export type ViolationCode =
  | "empty"
  | "text_too_long"
  | "text_too_short"
  | "too_many_hashtags"
  | "too_many_cashtags"
  | "too_many_mentions"
  | "too_many_links"
  | "phone_number"
  | "too_many_parts"
  | "delay_too_short"
  | "link_too_long"
  | "link_left_out"
  | "link_not_clickable"
  | "link_card_incomplete"
  | "link_card_cut"
  | "link_card_picture_too_large"
  | "media_required"
  | "media_not_in_parts"
  | "media_combination"
  | "media_total_too_large"
  | "media_type"
  | "media_too_large"
  | "media_too_small"
  | "media_dimensions"
  | "media_ratio"
  | "media_duration"
  | "media_frame_rate"
  | "media_frames"
  | "media_codec"
  | "media_audio_codec"
  | "media_cover_missing"
  | "media_cover_not_taken"
  | "media_not_alike"
  | "media_cropped"
  | "media_shown_as"
  | "alt_text_too_long"
  | "alt_text_missing"
  | "alt_text_not_taken"
  | "community_closed"
  | "community_rule"
  | "price"

export type ViolationValue = number | string | readonly string[] | Range | Size

/** One thing of a post that an account does not take, or takes otherwise than meant. */
export interface Violation {
  /** An error is refused; with a warning the post goes out all the same. */
  severity: "error" | "warning"
  code: ViolationCode
  field: "text" | "title" | "link" | "media" | "alt_text" | "parts" | "settings"
  /** Index of the part; null where it is about the whole post. */
  part: number | null
  /** Index of the file among its part's media; null where it is about no single one. */
  media: number | null
  /** Null where the rule has no value. */
  allowed: ViolationValue | null
  measured: ViolationValue | null
  /** One sentence for the merchant: what, of which file, the rule and the measure. */
  message: string
}

type Finding = Pick<Violation, "code" | "field" | "message"> &
  Partial<Violation>

/** A violation that the service would refuse. */
export const refusal = (finding: Finding): Violation => ({
  ...NOTHING_ELSE,
  severity: "error",
  ...finding,
})

/** A violation that the post goes out with. */
export const warning = (finding: Finding): Violation => ({
  ...NOTHING_ELSE,
  severity: "warning",
  ...finding,
})

const NOTHING_ELSE = { part: null, media: null, allowed: null, measured: null }
