import type { PostLimits } from "../../../shared/post-rules/limits"
import type { Destination } from "../../publication"
import { withUsual } from "../../usual"
import { USUAL } from "./description"

/** In bytes and pixels (Business Profile Help, "Guidelines for photos"). */
export const PHOTO = {
  max_bytes: 5 * 1024 * 1024,
  min_bytes: 10 * 1024,
  min_side: 250,
} as const

/** What a location takes: a text with a photo and a button. */
export const limits = ({ facts }: Pick<Destination, "facts">): PostLimits => ({
  text: [
    { field: "text", unit: "utf16", max: 1500, min: 1 },
    {
      field: "title",
      unit: "utf16",
      max: withUsual(facts, USUAL).max_title,
    },
  ],
  parts: { max: 1, as: "none", media: false },
  media: {
    required: false,
    combinations: [{ image: { max: 1 } }],
    image: {
      types: ["image/jpeg", "image/png", "image/webp"],
      max_bytes: 50 * 1024 * 1024,
      min_bytes: PHOTO.min_bytes,
      min: { width: PHOTO.min_side, height: PHOTO.min_side },
    },
    delivery: "pull",
  },
  phone_numbers: false,
  link: {
    place: "button",
    kinds: ["shop", "order", "book", "learn_more", "sign_up"],
  },
})
