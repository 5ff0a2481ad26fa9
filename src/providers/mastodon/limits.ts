import type { PostLimits } from "../../shared/post-rules/limits"
import { countGraphemes } from "../../shared/post-rules/text"
import type { Destination } from "../publication"
import { instanceFacts } from "./facts"
import type { MastodonSettings } from "./settings"

/** A moving GIF may have 1280 × 720 pixels, which no instance says (Attachmentable of its source). */
const GIF_PIXELS = 921_600

/** What an account takes: the content warning counts as text, and a poll stands without media. */
export const limits = (
  { facts }: Pick<Destination, "facts">,
  choice: { settings: Readonly<Record<string, unknown>> }
): PostLimits => {
  const known = instanceFacts(facts)
  const settings = choice.settings as MastodonSettings
  const ofKind = (kind: string) =>
    known.types.filter((type) => type.startsWith(`${kind}/`))
  const images = { max: known.max_media }
  return {
    text: [
      {
        field: "text",
        unit: "mastodon",
        url_weight: known.url_weight,
        max: Math.max(
          1,
          known.max_characters -
            countGraphemes(String(settings.spoiler_text ?? ""))
        ),
      },
    ],
    parts: { max: 50, as: "thread", media: true },
    media: {
      required: false,
      combinations: settings.poll
        ? []
        : [
            { image: images, gif: images, total: images },
            { video: { max: 1 } },
          ],
      image: {
        types: ofKind("image"),
        max_bytes: known.image_bytes,
        max_pixels: known.image_pixels,
      },
      gif: {
        types: ["image/gif"],
        max_bytes: known.image_bytes,
        max_pixels: GIF_PIXELS,
      },
      video: {
        types: ofKind("video"),
        max_bytes: known.video_bytes,
        max_pixels: known.video_pixels,
        fps: { max: known.video_frame_rate },
        poster: "optional",
        poster_kinds: ["picture"],
      },
      alt_text: {
        max: known.max_description,
        unit: "code_points",
        on: ["image", "gif", "video"],
      },
      delivery: "push",
    },
    link: { place: "text", preview: "network" },
  }
}
