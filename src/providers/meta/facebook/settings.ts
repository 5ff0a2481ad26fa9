import { z } from "@medusajs/framework/zod"
import type { PostLimits } from "../../../shared/post-rules/limits"

/** What a merchant may choose for a publication. */
export const facebookSettings = z.object({
  title: z.string().trim().min(1).max(255).optional().meta({
    title: "Title",
    description: "Of a video or reel.",
  }),
})

export type FacebookSettings = z.infer<typeof facebookSettings>

const MB = 1024 * 1024

/** Facebook refuses photos from 4 MB on (error 1366046). */
export const PHOTO_PRESET = {
  format: "jpeg",
  max_bytes: 4 * MB - 1,
  max_width: 4096,
} as const

const IMAGES = { types: ["image/jpeg", "image/png", "image/webp"] }

const VIDEO_TYPES = ["video/mp4", "video/quicktime"]

const ALT_TEXT = { max: 1000, unit: "code_points", on: ["image"] } as const

/** Meta's guides "Reels" and "Stories": upright, and short. */
const UPRIGHT = {
  types: VIDEO_TYPES,
  min: { width: 540, height: 960 },
  ratio: { min: 0.5, max: 0.6 },
  fps: { min: 24, max: 60 },
  poster: "none",
} as const

const TEXT = { field: "text", unit: "utf16", max: 63_206 } as const

const COMMENTS = {
  max: 10,
  as: "comment",
  media: false,
  text: [{ field: "text", unit: "utf16", max: 8000 }],
} as const

const STORY: PostLimits = {
  text: [],
  // Each part is a story of its own: a story is one file.
  parts: { max: 10, as: "thread", media: true },
  media: {
    required: true,
    combinations: [{ image: { max: 1 } }, { video: { max: 1 } }],
    image: IMAGES,
    video: { ...UPRIGHT, seconds: { min: 3, max: 60 } },
    delivery: "push",
  },
  link: { place: "none", advice: "sticker" },
}

const REEL: PostLimits = {
  text: [{ ...TEXT, max: 2200 }],
  parts: COMMENTS,
  media: {
    required: true,
    combinations: [{ video: { max: 1 } }],
    video: { ...UPRIGHT, seconds: { min: 3, max: 90 } },
    delivery: "push",
  },
  link: { place: "text", preview: "none" },
}

const FEED: PostLimits = {
  text: [TEXT],
  parts: COMMENTS,
  media: {
    required: false,
    combinations: [{ image: { max: 10 } }, { video: { max: 1 } }],
    // Whatever does not fit is sent as another JPEG.
    image: IMAGES,
    video: {
      types: VIDEO_TYPES,
      max_bytes: 10 * 1024 * MB,
      seconds: { max: 4 * 60 * 60 },
      poster: "none",
    },
    alt_text: ALT_TEXT,
    delivery: "push",
  },
  link: { place: "field", max: 2000, excludes_media: true },
}

/** What a post may have, by where it goes. */
export const limits = (
  _account: unknown,
  { placement }: { placement: string }
): PostLimits => {
  if (placement === "story") {
    return STORY
  }
  return placement === "reel" ? REEL : FEED
}
