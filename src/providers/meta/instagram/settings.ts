import { z } from "@medusajs/framework/zod"
import type { PostLimits } from "../../../shared/post-rules/limits"

const share = z.number().min(0).max(1)

const place = {
  file: z.number().int().min(1).default(1).meta({
    title: "File",
    description: "The position of the image or video in the post, from 1.",
  }),
  x: share.optional().meta({
    title: "From left to right",
    description: "0 is the left edge, 1 the right one. Images only.",
  }),
  y: share.optional().meta({
    title: "From top to bottom",
    description: "0 is the upper edge, 1 the lower one. Images only.",
  }),
}

const username = () =>
  z
    .string()
    .trim()
    .regex(/^@?[\w.]{1,30}$/, "must be a user name of Instagram")
    .transform((name) => name.replace(/^@/, ""))

/** What a merchant may choose for a publication (Meta's reference "IG User media"). */
export const instagramSettings = z.object({
  collaborators: z.array(username()).max(3).optional().meta({
    title: "Collaborators",
    description:
      "Up to 3 user names. Who accepts the invitation shows the post on their profile, too.",
  }),
  user_tags: z
    .array(z.object({ username: username(), ...place }))
    .max(20)
    .optional()
    .meta({ title: "People in it" }),
  location_id: z
    .string()
    .regex(/^\d{1,32}$/, "must be the number of a place")
    .optional()
    .meta({
      title: "Place",
      description: "The number of a Facebook page that has a place.",
    }),
  share_to_feed: z.boolean().optional().meta({
    title: "Reel on the profile's grid, too",
    description: "By default yes in the feed, and no as a reel.",
  }),
  audio_name: z.string().trim().max(100).optional().meta({
    title: "Name of a reel's sound",
  }),
  fit: z.enum(["pad", "crop"]).default("pad").meta({
    title: "Images that are too wide or too tall",
    description: "Get a white border, or are cropped.",
  }),
})

/** With a catalogue, which only the login with Facebook reaches. */
export const instagramShopSettings = instagramSettings.extend({
  product_tags: z
    .array(
      z.object({
        product_id: z
          .string()
          .regex(/^\d{1,32}$/)
          .meta({ title: "Product", "x-ui": { lookup: "products" } }),
        ...place,
      })
    )
    .max(20)
    .optional()
    .meta({
      title: "Products in it",
      description: "Of a catalogue that is connected with the account.",
    }),
})

export type InstagramSettings = z.infer<typeof instagramShopSettings>

const MB = 1024 * 1024

/** Instagram takes JPEG alone, and makes what is wider narrower itself. */
export const IMAGE_PRESET = {
  format: "jpeg",
  max_bytes: 8 * MB,
  max_width: 1440,
} as const

/** Width by height, of an image of the feed and of a story. */
export const FEED_RATIO = [0.8, 1.91] as const

const IMAGE_TYPES = ["image/jpeg", "image/png", "image/webp"]

const VIDEO = {
  types: ["video/mp4", "video/quicktime"],
  fps: { min: 23, max: 60 },
  max: { width: 1920 },
  codecs: ["avc", "hevc"],
  audio_codecs: ["aac"],
}

/** What Instagram writes under a post (Meta's reference "IG User media" and "Error codes"). */
const CAPTION = { field: "text", unit: "utf16", max: 2200 } as const

const STORY: PostLimits = {
  text: [],
  // Each part is a story of its own: a story is one file.
  parts: { max: 10, as: "thread", media: true },
  media: {
    required: true,
    combinations: [{ image: { max: 1 } }, { video: { max: 1 } }],
    image: { types: IMAGE_TYPES },
    video: {
      ...VIDEO,
      max_bytes: 100 * MB,
      seconds: { min: 3, max: 60 },
      poster: "none",
    },
    delivery: "pull",
  },
  link: { place: "none", advice: "sticker" },
}

/** What a post may have, by where it goes. */
export const limits = (
  _account: unknown,
  { placement }: { placement: string }
): PostLimits => {
  if (placement === "story") {
    return STORY
  }
  const isReel = placement === "reel"
  return {
    text: [CAPTION],
    parts: { max: 10, as: "comment", media: false },
    media: {
      required: true,
      combinations: isReel
        ? [{ video: { max: 1 } }]
        : [
            { image: { max: 1 } },
            { video: { max: 1 } },
            { image: {}, video: {}, total: { min: 2, max: 10 } },
          ],
      // Whatever does not fit is sent as another JPEG.
      image: { types: IMAGE_TYPES, same_ratio: "cropped" },
      video: {
        ...VIDEO,
        max_bytes: 300 * MB,
        seconds: { min: 3, max: 900 },
        ratio: { min: 0.01, max: 10 },
        poster: "optional",
      },
      alt_text: { max: 1000, unit: "code_points", on: ["image"] },
      delivery: "pull",
    },
    link: { place: "none", advice: "bio" },
    hashtags: 30,
    mentions: 20,
  }
}
