import { z } from "@medusajs/framework/zod"
import type { PostLimits } from "../../../shared/post-rules/limits"
import type { Destination, MediaPreset } from "../../publication"
import { withUsual } from "../../usual"
import { USUAL } from "./description"

/** What a merchant may choose for a publication (developers.facebook.com/docs/threads/reference/publishing). */
export const threadsSettings = z.object({
  topic_tag: z
    .string()
    .trim()
    .min(1)
    .max(50)
    .regex(/^[^.&]+$/, "must be without . and &")
    .optional()
    .meta({
      title: "Topic",
      description: "One topic, without #. Other readers find the post by it.",
    }),
  reply_control: z
    .enum([
      "everyone",
      "accounts_you_follow",
      "mentioned_only",
      "followers_only",
      "parent_post_author_only",
    ])
    .optional()
    .meta({
      title: "Who can reply",
      description: "By default everyone.",
    }),
  is_spoiler_media: z.boolean().default(false).meta({
    title: "Hide the media",
    description: "They are shown once somebody taps on them.",
  }),
})

export type ThreadsSettings = z.infer<typeof threadsSettings>

const MB = 1_000_000

/** Threads makes them narrower than this itself, in pixels. */
export const imagePreset = ({ facts }: Pick<Destination, "facts">) =>
  ({
    format: "jpeg",
    max_bytes: withUsual(facts, USUAL).max_image_mb * MB,
    max_width: 1440,
    ratio: [0.1, 10],
  }) satisfies MediaPreset

/** What a post may have (developers.facebook.com/docs/threads/posts, overview). */
export const limits = ({ facts }: Pick<Destination, "facts">): PostLimits => {
  const { max_video_mb, max_video_seconds } = withUsual(facts, USUAL)
  return {
    text: [{ field: "text", unit: "threads", max: 500 }],
    parts: { max: 50, as: "thread", media: true },
    media: {
      required: false,
      combinations: [
        { image: {}, video: {}, total: { min: 2, max: 20 } },
        { image: { max: 1 } },
        { video: { max: 1 } },
      ],
      // Whatever does not fit is sent as another JPEG.
      image: { types: ["image/jpeg", "image/png", "image/webp"] },
      video: {
        types: ["video/mp4", "video/quicktime"],
        max_bytes: max_video_mb * MB,
        seconds: { max: max_video_seconds },
        fps: { min: 23, max: 60 },
        max: { width: 1920 },
        ratio: { min: 0.01, max: 10 },
        codecs: ["avc", "hevc"],
        audio_codecs: ["aac"],
        poster: "none",
      },
      alt_text: { max: 1000, unit: "code_points", on: ["image", "video"] },
      delivery: "pull",
    },
    link: { place: "field", max: 2000, excludes_media: true },
    links: 5,
  }
}
