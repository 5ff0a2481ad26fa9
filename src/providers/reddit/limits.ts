import type { Community, PostLimits } from "../../shared/post-rules/limits"
import type { Destination } from "../publication"
import { withUsual } from "../usual"
import type { RedditSettings } from "./settings"

/** In code points: what Reddit's site takes. It documents none of them for its API. */
export const USUAL = {
  max_title: 300,
  max_text: 40_000,
  max_comment: 10_000,
} as const

/** In code points, of an image in a gallery. */
const MAX_CAPTION = 180

/** In bytes: what Reddit's storage says of images, and Reddit's help of the rest. */
export const MAX_IMAGE_BYTES = 20_971_520
const MAX_GIF_BYTES = 104_857_600
const MAX_VIDEO_BYTES = 1_073_741_824

const MAX_GALLERY = 20

/** What Reddit takes everywhere, and what the chosen community wants besides. */
export const limits = (
  { facts }: Pick<Destination, "facts">,
  choice: { settings: Readonly<Record<string, unknown>> }
): PostLimits => {
  const { post_as, captions, flair } =
    choice.settings as Partial<RedditSettings>
  const { max_title, max_text, max_comment } = withUsual(facts, USUAL)
  const community = facts.community as Community | undefined
  const images = { max: MAX_GALLERY }
  return {
    text: [
      { field: "text", unit: "code_points", max: max_text },
      { field: "title", unit: "code_points", max: max_title },
    ],
    parts: {
      max: 10,
      as: "comment",
      media: false,
      text: [{ field: "text", unit: "code_points", max: max_comment }],
    },
    media: {
      required: false,
      combinations: [
        { image: images, gif: images, total: images },
        { video: { max: 1 } },
      ],
      image: {
        types: ["image/jpeg", "image/png", "image/webp"],
        max_bytes: MAX_IMAGE_BYTES,
      },
      gif: { types: ["image/gif"], max_bytes: MAX_GIF_BYTES },
      video: {
        types: ["video/mp4", "video/quicktime"],
        max_bytes: MAX_VIDEO_BYTES,
        seconds: { max: 900 },
        poster: "required",
        poster_kinds: ["picture"],
      },
      ...(captions && {
        alt_text: {
          max: MAX_CAPTION,
          unit: "code_points",
          on: ["image", "gif"],
        },
      }),
      delivery: "push",
    },
    link:
      post_as === "text"
        ? { place: "text", preview: "none" }
        : { place: "field", max: 2000, excludes_media: true },
    ...(community && {
      community: { ...community, chosen_flair: flair || null },
    }),
  }
}
