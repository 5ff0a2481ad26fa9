import type { PostLimits } from "../../shared/post-rules/limits"
import type { Destination } from "../publication"
import { withUsual } from "../usual"

/** Lexicon `app.bsky.embed.images`. */
export const MAX_IMAGE_BYTES = 2_000_000
/** Lexicon `app.bsky.embed.external`. */
export const MAX_THUMB_BYTES = 1_000_000
const MEGABYTE = 1_000_000
/** Lexicon `app.bsky.embed.video`, since August 2026; a server of one's own may take less. */
export const USUAL = { max_video_mb: 300 } as const
/** Its longest alternative text in graphemes; an image's has no limit there. */
const MAX_ALT_TEXT = 1000
/** The writes that one call may have are 200; each part takes up to three. */
const MAX_PARTS = 50

/** What a post may have (lexicon `app.bsky.feed.post`). */
export const blueskyLimits = ({
  facts,
}: Pick<Destination, "facts">): PostLimits => ({
  text: [
    { field: "text", unit: "graphemes", max: 300 },
    { field: "text", unit: "utf8_bytes", max: 3000 },
  ],
  parts: { max: MAX_PARTS, as: "thread", media: true },
  media: {
    required: false,
    combinations: [
      { image: { max: 4 } },
      ...(facts.can_upload_videos === false ? [] : [{ video: { max: 1 } }]),
    ],
    // Whatever is too large is sent as a smaller JPEG.
    image: { types: ["image/jpeg", "image/png", "image/webp"] },
    video: {
      types: ["video/mp4"],
      max_bytes: withUsual(facts, USUAL).max_video_mb * MEGABYTE,
      poster: "none",
    },
    alt_text: { max: MAX_ALT_TEXT, unit: "graphemes", on: ["image", "video"] },
    delivery: "push",
  },
  link: {
    place: "card",
    needs: ["title", "description", "image"],
    image_max_bytes: MAX_THUMB_BYTES,
    shrinks_image: true,
    excludes_media: true,
  },
})
