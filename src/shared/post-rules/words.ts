import { sizeInWords } from "../bytes"
import type { MediaCombination, MediaKind, Range, TextUnit } from "./limits"
import { known } from "./measures"

// One language on every machine, so that server and dashboard say the same.
const numbers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3 })

/** Writes a number as a person reads it: `33177600` → `33,177,600`. */
export const numberInWords = (value: number): string => numbers.format(value)

const dollars = new Intl.NumberFormat("en-US", {
  style: "currency",
  currency: "USD",
  maximumFractionDigits: 3,
})

/** Writes an amount of US dollars: `$0.20`, `$0.015`. */
export const dollarsInWords = (amount: number): string => dollars.format(amount)

/** Writes a number and its noun: `1 character`, `1,200 characters`. */
export const countInWords = (count: number, noun: string): string =>
  `${numberInWords(count)} ${noun}${count === 1 ? "" : "s"}`

/** Writes how long a text is in a unit: `20 characters`, `50 bytes`. */
export const lengthInWords = (length: number, unit: TextUnit): string =>
  countInWords(length, unit === "utf8_bytes" ? "byte" : "character")

/** Writes a list: `JPEG, PNG or GIF`. */
export const listInWords = (
  items: readonly string[],
  last: "and" | "or" = "or"
): string =>
  items.length < 2
    ? items.join("")
    : `${items.slice(0, -1).join(", ")} ${last} ${items[items.length - 1]}`

/** Writes a range: `3 s to 15 min`, `up to 90 s`, `at least 3 s`. */
export const rangeInWords = (
  range: Range,
  write: (value: number) => string = numberInWords
): string => {
  const [min, max] = [known(range.min), known(range.max)]
  if (max === null) {
    return min === null ? "any" : `at least ${write(min)}`
  }
  if (!min) {
    return `up to ${write(max)}`
  }
  return min === max ? write(max) : `${write(min)} to ${write(max)}`
}

/** Writes a size and its limit, in bytes each where words would hide the difference. */
export const sizesInWords = (
  measured: number,
  allowed: number
): [measured: string, allowed: string] => {
  const words = [sizeInWords(measured), sizeInWords(allowed)] as const
  return words[0] === words[1]
    ? [`${numberInWords(measured)} bytes`, `${numberInWords(allowed)} bytes`]
    : [words[0], words[1]]
}

/** Writes a duration in s: `45.5 s`, `15 min`, `2 min 20 s`. */
export const durationInWords = (seconds: number): string => {
  if (seconds < 120 && seconds !== 60) {
    return `${numberInWords(seconds)} s`
  }
  const minutes = Math.floor(seconds / 60)
  const rest = seconds - minutes * 60
  return rest
    ? `${numberInWords(minutes)} min ${numberInWords(rest)} s`
    : `${numberInWords(minutes)} min`
}

/** Writes width divided by height: `9:16`, `1.91:1`. */
export const ratioInWords = (ratio: number): string => {
  if (!(ratio > 0)) {
    return numberInWords(ratio)
  }
  const [long, short] = fractionOf(Math.max(ratio, 1 / ratio))
  return ratio >= 1 ? `${long}:${short}` : `${short}:${long}`
}

const fractionOf = (ratio: number): [string, string] => {
  const denominator = [1, 2, 3, 4, 5, 9].find(
    (short) => Math.abs(ratio * short - Math.round(ratio * short)) < 0.0005
  )
  return denominator
    ? [numberInWords(Math.round(ratio * denominator)), String(denominator)]
    : [numberInWords(ratio), "1"]
}

const KINDS: Record<MediaKind, [one: string, many: string]> = {
  image: ["image", "images"],
  gif: ["GIF", "GIFs"],
  video: ["video", "videos"],
  document: ["document", "documents"],
}

export const MEDIA_KINDS: readonly MediaKind[] = [
  "image",
  "gif",
  "video",
  "document",
]

/** The word for files of a kind: `image`, or `images` for any number but one. */
export const kindInWords = (kind: MediaKind, count = 2): string =>
  KINDS[kind][count === 1 ? 0 : 1]

/** Writes how many files there are: `3 images and 1 video`. */
export const countsInWords = (
  counts: Readonly<Record<MediaKind, number>>
): string =>
  listInWords(
    MEDIA_KINDS.filter((kind) => counts[kind]).map(
      (kind) => `${counts[kind]} ${kindInWords(kind, counts[kind])}`
    ),
    "and"
  )

/** Writes what goes together: `up to 4 images, or 1 video`. */
export const combinationsInWords = (
  combinations: readonly MediaCombination[]
): string =>
  combinations.map(combinationInWords).filter(Boolean).join(", or ") ||
  "no media"

const combinationInWords = (combination: MediaCombination): string => {
  const kinds = MEDIA_KINDS.filter((kind) => combination[kind])
  const { total } = combination
  if (total) {
    const names = kinds.map((kind) => kindInWords(kind))
    return `${rangeInWords(total)} ${listInWords(names)}`
  }
  return listInWords(
    kinds.map((kind) => {
      const range = combination[kind] ?? {}
      // "1 video" says all that "up to 1 video" does.
      const allowed = known(range.max) === 1 ? { min: 1, max: 1 } : range
      const most = known(range.max) ?? known(range.min) ?? 2
      return `${rangeInWords(allowed)} ${kindInWords(kind, most)}`
    }),
    "and"
  )
}

const TYPES: Record<string, string> = {
  "video/quicktime": "MOV",
  "video/x-msvideo": "AVI",
  "video/x-matroska": "MKV",
  "image/svg+xml": "SVG",
  "image/webp": "WebP",
  "video/webm": "WebM",
}

/** Writes a content type as people know it: `image/jpeg` → `JPEG`. */
export const typeInWords = (contentType: string): string => {
  const [kind, name = ""] = contentType.split("/")
  return name === "*"
    ? `any type of ${kind}`
    : (TYPES[contentType] ?? name.replace(/^x-/, "").toUpperCase())
}

const CODECS: Record<string, string> = { avc: "H.264", hevc: "H.265" }

/** Writes a codec as people know it: `avc` → `H.264`. */
export const codecInWords = (codec: string): string =>
  CODECS[codec] ?? codec.toUpperCase()
