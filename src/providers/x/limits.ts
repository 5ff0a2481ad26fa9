import type { PostLimits } from "../../shared/post-rules/limits"
import type { AccountFacts, Destination, QuotaRule } from "../publication"
import { USUAL } from "./description"

/** In bytes (docs.x.com/x-api/media/quickstart/best-practices). */
const MB = 1024 * 1024
export const MAX_IMAGE_BYTES = 5 * MB

const NONE = /^(?:none)?$/i

/** Whether X lets the account write long posts: with any of its subscriptions, or its mark of a business. */
const mayWriteLong = ({
  subscription_type,
  verified_type,
}: AccountFacts): boolean =>
  [subscription_type, verified_type].some(
    (type) => typeof type === "string" && !NONE.test(type)
  )

const numberOf = (value: unknown, usual: number): number =>
  typeof value === "number" && value >= 0 ? value : usual

/** What an account takes: a poll stands without media. */
export const limits = (
  { facts }: Pick<Destination, "facts">,
  { settings }: { settings: Readonly<Record<string, unknown>> }
): PostLimits => ({
  text: [
    {
      field: "text",
      unit: "x_weighted",
      max: mayWriteLong(facts)
        ? numberOf(facts.long_post_characters, USUAL.long_post_characters)
        : 280,
    },
  ],
  parts: { max: 25, as: "thread", media: true },
  media: {
    required: false,
    combinations: settings.poll
      ? []
      : [{ image: { max: 4 } }, { gif: { max: 1 } }, { video: { max: 1 } }],
    // What has more than MAX_IMAGE_BYTES is sent as a smaller one.
    image: { types: ["image/jpeg", "image/png", "image/webp", "image/gif"] },
    gif: {
      types: ["image/gif"],
      max_bytes: 15 * MB,
      max: { width: 1280, height: 1080 },
      frames: { max: 350 },
    },
    video: {
      types: ["video/mp4", "video/quicktime"],
      max_bytes: 512 * MB,
      min: { width: 32, height: 32 },
      // The guide has 1280 × 1024, recommends upright videos that are higher than
      // that, and lets subscribers send 1080p; help.x.com has 1920 × 1200.
      max: { width: 1920, height: 1920 },
      max_pixels: 1920 * 1200,
      ratio: { min: 1 / 3, max: 3 },
      seconds: { min: 0.5, max: 140 },
      fps: { max: 60 },
      codecs: ["avc"],
      audio_codecs: ["aac"],
      poster: "optional",
      poster_kinds: ["picture"],
    },
    alt_text: { max: 1000, unit: "code_points", on: ["image", "gif", "video"] },
    delivery: "push",
  },
  // What X takes from apps (its changelog).
  cashtags: 1,
  link: { place: "text", preview: "network" },
  price: {
    part: numberOf(facts.post_price, USUAL.post_price),
    part_with_link: numberOf(facts.link_post_price, USUAL.link_post_price),
  },
})

/** For each account (docs.x.com/x-api/fundamentals/rate-limits, and manage-tweets/integrate). */
export const quotas: readonly QuotaRule[] = [
  {
    label: "posts in 15 minutes",
    count: 100,
    window_seconds: 15 * 60,
    per: "part",
  },
  {
    label: "posts in three hours",
    count: 300,
    window_seconds: 3 * 60 * 60,
    per: "part",
  },
]
