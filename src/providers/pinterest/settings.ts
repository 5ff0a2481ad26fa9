import { z } from "@medusajs/framework/zod"
import { ServiceError } from "../../errors/service-error"
import type { PostLimits } from "../../shared/post-rules/limits"
import { LONGEST_CAMPAIGN, MAX_LINK } from "./link"

/** What a merchant may choose for each pin (`pins/create` of Pinterest's description). */
export const pinterestSettings = z.object({
  board: z
    .string()
    .regex(/^\d+$/, "must be chosen from the account's boards")
    .meta({
      title: "Board",
      description: "Where the pin is put.",
      "x-lookup": "boards",
    }),
  section: z
    .string()
    .regex(/^\d+\/\d+$/, "must be chosen from the sections of the board")
    .optional()
    .meta({
      title: "Section",
      description: "A section of that board; one of another board is left out.",
      "x-lookup": "sections",
    }),
  title: z.string().trim().max(100).optional().meta({
    title: "Title",
    description: "Up to 100 characters. Without one, the product's title.",
  }),
  campaign: z.string().trim().max(LONGEST_CAMPAIGN).optional().meta({
    title: "Campaign",
    description:
      "What the shop's statistics call the visits that the pin brings (utm_campaign).",
  }),
  dominant_color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, "must be a colour such as #6E7874")
    .optional()
    .meta({
      title: "Background",
      description:
        "The colour that is seen until the image is there, for example #6E7874.",
    }),
})

export type PinterestSettings = z.infer<typeof pinterestSettings>

/** Defaults may name a section, and a post another board: then it has none. */
export const sectionOf = ({
  board,
  section,
}: PinterestSettings): string | null =>
  section?.startsWith(`${board}/`) ? section.slice(board.length + 1) : null

/**
 * Reads a publication's settings.
 *
 * @throws {ServiceError} `content_rejected` naming the first one that does not fit
 */
export const readSettings = (
  settings: Readonly<Record<string, unknown>>
): PinterestSettings => {
  const { data, error } = pinterestSettings.safeParse(settings)
  if (error) {
    const [{ path, message }] = error.issues
    const name = path.join(".")
    throw new ServiceError(
      "content_rejected",
      settings[name] === undefined
        ? `The setting "${name}" is missing, and Pinterest does not publish without it. Choose it, and publish again.`
        : `The setting "${name}" ${message.replace(/\.$/, "")}. Change it, and publish again.`,
      { code: "invalid_settings" }
    )
  }
  return data
}

const MB = 1_000_000

/** In bytes (Pinterest's product specifications). */
export const IMAGE_BYTES = 10 * MB

/** How many images one pin has, and one alternative text for all of them. */
const MAX_IMAGES = 5
export const MAX_ALT_TEXT = 500

/** What every account takes: lengths of its description, files of its product specifications. */
export const limits = (): PostLimits => ({
  text: [
    { field: "text", unit: "code_points", max: 800 },
    { field: "title", unit: "code_points", max: 100 },
  ],
  parts: { max: 1, as: "none", media: false },
  media: {
    required: true,
    combinations: [
      { image: { min: 1, max: MAX_IMAGES } },
      { video: { min: 1, max: 1 } },
    ],
    image: { types: ["image/jpeg", "image/png", "image/webp"] },
    video: {
      types: ["video/mp4", "video/quicktime", "video/x-m4v"],
      max_bytes: 2000 * MB,
      seconds: { min: 4, max: 900 },
      ratio: { min: 0.5, max: 1.91 },
      codecs: ["avc", "hevc"],
      poster: "optional",
    },
    alt_text: {
      max: MAX_ALT_TEXT,
      unit: "code_points",
      on: ["image", "video"],
    },
    delivery: "push",
  },
  link: { place: "field", max: MAX_LINK },
})
