import { isServiceError } from "../../errors/service-error"
import type { MediaRule, PostLimits } from "../../shared/post-rules/limits"
import type {
  AccountFacts,
  Destination,
  MediaPreset,
  Media,
  QuotaRule,
} from "../publication"
import type { ProviderContext } from "../types"
import { withUsual } from "../usual"
import { readCreator, withScope } from "./creator"
import { USUAL } from "./description"

/** Of an account's day, and not of the account itself. */
const FOR_NOW = [
  "spam_risk_too_many_posts",
  "spam_risk_user_banned_from_posting",
  "reached_active_user_cap",
]

/** What the account's posts may have, which TikTok tells for each account. */
export const fetchFacts = async (
  context: ProviderContext,
  { facts }: Pick<Destination, "facts">
): Promise<AccountFacts> => {
  try {
    const creator = await withScope(readCreator(context))
    return {
      // Without the scope to publish there is still the inbox.
      may_publish: creator !== undefined,
      privacy_levels: creator?.privacy_level_options,
      comments_off: creator?.comment_disabled,
      duet_off: creator?.duet_disabled,
      stitch_off: creator?.stitch_disabled,
      max_video_seconds: creator?.max_video_post_duration_sec,
      ...withUsual(context.settings, USUAL),
    }
  } catch (error) {
    if (isServiceError(error) && FOR_NOW.includes(error.code)) {
      return facts
    }
    throw error
  }
}

export const quotas = ({
  facts,
}: Pick<Destination, "facts">): readonly QuotaRule[] => [
  {
    label: "posts a day",
    count: withUsual(facts, USUAL).posts_a_day,
    window_seconds: 86_400,
  },
]

/** The longest video that an app may send, in s. */
const LONGEST_SECONDS = 600

/** developers.tiktok.com/doc/content-posting-api-media-transfer-guide, "Video restrictions" */
const VIDEO: MediaRule = {
  types: ["video/mp4", "video/quicktime", "video/webm"],
  max_bytes: 4 * 1024 ** 3,
  min: { width: 360, height: 360 },
  max: { width: 4096, height: 4096 },
  fps: { min: 23, max: 60 },
  codecs: ["avc", "hevc", "vp8", "vp9"],
}

/** In UTF-16 code units. */
const MAX_VIDEO_TEXT = 2200

/** How long the text may be, in UTF-16 code units. */
export const maxText = (
  { facts }: Pick<Destination, "facts">,
  kind: "video" | "photo"
): number =>
  kind === "video" ? MAX_VIDEO_TEXT : withUsual(facts, USUAL).max_photo_text

/** What an account takes: a video, or photos. */
export const limits = (
  account: Pick<Destination, "facts">,
  { settings }: { settings: Readonly<Record<string, unknown>> }
): PostLimits => ({
  text: [
    {
      field: "text",
      unit: "utf16",
      max: maxText(account, "video"),
      when: "with_video",
    },
    {
      field: "text",
      unit: "utf16",
      max: maxText(account, "photo"),
      when: "without_video",
    },
    { field: "title", unit: "utf16", max: 90 },
  ],
  parts: { max: 1, as: "none", media: false },
  media: {
    required: true,
    combinations: [
      { video: { min: 1, max: 1 } },
      { image: { min: 1, max: withUsual(account.facts, USUAL).max_photos } },
    ],
    video: {
      ...VIDEO,
      ...(settings.post_mode === "inbox"
        ? { seconds: { max: LONGEST_SECONDS }, poster: "none" }
        : {
            seconds: {
              max: Number(account.facts.max_video_seconds) || LONGEST_SECONDS,
            },
            poster_kinds: ["moment"],
          }),
    },
    // Whatever does not fit is sent as a JPEG.
    image: { types: ["image/jpeg", "image/webp", "image/png"] },
    delivery: "pull",
  },
  link: { place: "none", advice: "bio" },
  settings_off: switchedOff(account.facts),
})

/** What an app may not offer where the account has switched it off. */
const SWITCHES = {
  allow_comments: ["comments_off", "comments"],
  allow_duet: ["duet_off", "duets"],
  allow_stitch: ["stitch_off", "stitches"],
} as const

const switchedOff = (facts: AccountFacts): Record<string, string> =>
  Object.fromEntries(
    Object.entries(SWITCHES).flatMap(([setting, [fact, what]]) =>
      facts[fact] === true
        ? [[setting, `The account has switched ${what} off in TikTok's app.`]]
        : []
    )
  )

/**
 * How a photo is made to fit: a JPEG of up to 1080p, upright or not.
 *
 * @param photo - as it is
 */
export const photoPreset = ({
  width,
  height,
}: Pick<Media, "width" | "height">): MediaPreset => {
  const [w, h] = [width ?? 0, height ?? 0]
  return {
    format: "jpeg",
    max_bytes: 20_000_000,
    max_width: w > h ? 1920 : 1080,
    max_height: w < h ? 1920 : 1080,
  }
}
