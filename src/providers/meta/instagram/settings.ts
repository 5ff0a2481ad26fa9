import { z } from "@medusajs/framework/zod"
import type { PostLimits } from "../../../shared/post-rules/limits"
import type { Destination, MediaPreset, QuotaRule } from "../../publication"
import type { SettingField } from "../../types"
import { withUsual } from "../../usual"

type Facts = Pick<Destination, "facts">

/**
 * What Meta's pages do not agree on, or no longer say: settings of the platform,
 * each with its label.
 */
const USUAL_LABELS = {
  posts_a_day: [100, "Posts a day"],
  max_image_mb: [8, "Largest image in MB"],
  min_image_ratio: [0.8, "Narrowest image, width by height"],
  max_video_mb: [300, "Largest video in MB"],
  max_video_seconds: [900, "Longest video in seconds"],
  max_story_mb: [100, "Largest video of a story in MB"],
  max_story_seconds: [60, "Longest video of a story in seconds"],
  max_collaborators: [3, "Collaborators of a post"],
  max_product_tags: [5, "Product tags of a file"],
} as const

type UsualName = keyof typeof USUAL_LABELS

const USUAL = Object.fromEntries(
  Object.entries(USUAL_LABELS).map(([name, [value]]) => [name, value])
) as Record<UsualName, number>

export const usualFields: SettingField[] = Object.entries(USUAL_LABELS).map(
  ([name, [value, label]]) => ({
    name,
    label,
    required: false,
    input: "number",
    default: String(value),
  })
)

/** The limits that are settings, as they are known in settings or facts. */
export const usualOf = (
  given: Readonly<Record<string, unknown>>
): Record<UsualName, number> => withUsual(given, USUAL)

const share = z.number().min(0).max(1)

const place = {
  file: z.number().int().min(1).default(1).meta({
    title: "File",
    description: "The position of the image or video in the post, from 1.",
  }),
  x: share.optional().meta({
    title: "From left to right",
    description:
      "0 is the left edge, 1 the right one. Images only; by default the middle.",
  }),
  y: share.optional().meta({
    title: "From top to bottom",
    description:
      "0 is the upper edge, 1 the lower one. Images only; by default the middle.",
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
  collaborators: z.array(username()).max(20).optional().meta({
    title: "Collaborators",
    description:
      "User names, as a rule up to 3. Who accepts the invitation shows the post on their profile, too.",
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
export const imagePreset = ({ facts }: Facts) =>
  ({
    format: "jpeg",
    max_bytes: usualOf(facts).max_image_mb * MB,
    max_width: 1440,
  }) satisfies MediaPreset

/** Width by height, of an image of the feed. */
export const feedRatio = ({ facts }: Facts) =>
  [usualOf(facts).min_image_ratio, 1.91] as const

/** What the account told is the limit; the setting, where it told none. */
export const quotas = ({ facts }: Facts): readonly QuotaRule[] => [
  {
    label: "posts a day",
    count: Number(facts.quota_total) || usualOf(facts).posts_a_day,
    window_seconds: 86_400,
  },
]

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

const storyLimits = ({ facts }: Facts): PostLimits => ({
  text: [],
  // Each part is a story of its own: a story is one file.
  parts: { max: 10, as: "thread", media: true },
  media: {
    required: true,
    combinations: [{ image: { max: 1 } }, { video: { max: 1 } }],
    image: { types: IMAGE_TYPES },
    video: {
      ...VIDEO,
      max_bytes: usualOf(facts).max_story_mb * MB,
      seconds: { min: 3, max: usualOf(facts).max_story_seconds },
      poster: "none",
    },
    delivery: "pull",
  },
  link: { place: "none", advice: "sticker" },
})

/** What a post may have, by where it goes. */
export const limits = (
  account: Facts,
  { placement }: { placement: string }
): PostLimits => {
  if (placement === "story") {
    return storyLimits(account)
  }
  const { max_video_mb, max_video_seconds } = usualOf(account.facts)
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
        max_bytes: max_video_mb * MB,
        seconds: { min: 3, max: max_video_seconds },
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
