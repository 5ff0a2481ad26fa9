import type { MediaRules, PostLimits } from "../../shared/post-rules/limits"
import type { Destination } from "../publication"

const MAX_BYTES = 5 * 1024 * 1024

/** Of a video that is sent in pieces. */
const MAX_UPLOAD_BYTES = 2 * 1024 ** 3

/** What an account takes that has not been asked yet. */
const DEFAULT_MAX_CHARACTERS = 500

const VIDEO = {
  types: ["video/mp4", "video/quicktime", "video/webm"],
  max_bytes: MAX_BYTES,
  seconds: { max: 600 },
}

const FILES: Omit<MediaRules, "required" | "combinations" | "delivery"> = {
  image: {
    types: ["image/png", "image/jpeg", "image/gif", "image/webp"],
    max_bytes: MAX_BYTES,
  },
  gif: { types: ["image/gif"], max_bytes: MAX_BYTES },
  video: VIDEO,
  alt_text: { max: 1500, unit: "graphemes", on: ["image", "gif", "video"] },
}

/** A story is one file, fetched by the network from a public address. */
const STORY: PostLimits = {
  text: [{ field: "text", unit: "graphemes", max: 100 }],
  parts: { max: 1, as: "none", media: false },
  media: {
    ...FILES,
    required: true,
    combinations: [{ image: { max: 1 } }, { video: { max: 1 } }],
    delivery: "pull",
  },
  link: { place: "none", advice: "bio" },
}

/** What one post may have: by its placement, its settings and the account's own limit. */
export const limits = (
  { facts }: Pick<Destination, "facts">,
  {
    placement,
    settings,
  }: { placement: string; settings: Readonly<Record<string, unknown>> }
): PostLimits => {
  if (placement === "story") {
    return STORY
  }
  const max = Number(facts.max_characters) || DEFAULT_MAX_CHARACTERS
  return {
    text: [{ field: "text", unit: "graphemes", max }],
    parts: {
      max: settings.draft ? 1 : 10,
      as: settings.draft ? "none" : "thread",
      media: !settings.draft,
    },
    media: {
      ...FILES,
      video: { ...VIDEO, max_bytes: MAX_UPLOAD_BYTES },
      required: false,
      combinations: [
        { image: { max: 4 } },
        { gif: { max: 1 } },
        { video: { max: 1 } },
      ],
      delivery: "push",
    },
    link: { place: "field", max: 2048 },
  }
}
