import { ServiceError } from "../../errors/service-error"
import type { Media, PublishJob } from "../publication"
import type { ProviderContext } from "../types"
import { type Creator, readCreator } from "./creator"
import { maxText } from "./limits"
import type { Kind } from "./progress"
import type { TikTokSettings } from "./settings"

/** What the account has to change about the post. */
export const rejected = (message: string, code: string): ServiceError =>
  new ServiceError("content_rejected", message, { code })

/** Asks what the account's next post may have, and holds the post against it. */
export const requireCreator = async (
  context: ProviderContext,
  { account }: PublishJob,
  { privacy_level }: TikTokSettings,
  video?: Media
): Promise<Creator> => {
  const creator = await readCreator(context)
  const { privacy_level_options: offered } = creator
  if (!privacy_level || !offered.includes(privacy_level)) {
    throw rejected(
      `${account.name} does not offer the privacy ${privacy_level} at TikTok. Choose one of: ${offered.join(", ")}.`,
      "privacy_not_offered"
    )
  }
  const longest = creator.max_video_post_duration_sec
  const seconds = (video?.duration_ms ?? 0) / 1000
  if (longest && seconds > longest) {
    throw rejected(
      `${video?.name} lasts ${Math.ceil(seconds)} s, and ${account.name} may publish videos of up to ${longest} s at TikTok. Shorten it.`,
      "video_too_long"
    )
  }
  return creator
}

/** What videos and photos have in common. */
export const sharedInfo = (settings: TikTokSettings, creator: Creator) => ({
  privacy_level: settings.privacy_level,
  disable_comment:
    !settings.allow_comments || creator.comment_disabled === true,
  brand_content_toggle: settings.branded_content,
  brand_organic_toggle: settings.your_brand,
})

/** The text as it goes out: nothing is cut off. */
export const textOf = (
  { account, parts: [{ text }] }: Pick<PublishJob, "account" | "parts">,
  kind: Kind
) => {
  const max = maxText(account, kind)
  if (text.length > max) {
    throw rejected(
      `The text has ${text.length} characters, and TikTok takes up to ${max} with a ${kind}. Shorten it.`,
      "text_too_long"
    )
  }
  return text
}

/** What a video says of itself, by its settings and what the account may have. */
export const videoInfo = async (
  context: ProviderContext,
  job: PublishJob,
  settings: TikTokSettings,
  file: Media
) => {
  const creator = await requireCreator(context, job, settings, file)
  const { poster } = file
  return {
    ...sharedInfo(settings, creator),
    title: textOf(job, "video"),
    disable_duet: !settings.allow_duet || creator.duet_disabled === true,
    disable_stitch: !settings.allow_stitch || creator.stitch_disabled === true,
    is_aigc: settings.ai_generated,
    ...(poster &&
      "at_ms" in poster && { video_cover_timestamp_ms: poster.at_ms }),
  }
}
