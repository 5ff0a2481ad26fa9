import type { MediaFacts } from "./draft"
import type { MediaRule, PosterKind, Range } from "./limits"
import { isOutside, known } from "./measures"
import { takenPosters } from "./poster"
import {
  refusal,
  type Violation,
  type ViolationCode,
  type ViolationValue,
  warning,
} from "./violations"
import {
  codecInWords,
  durationInWords,
  kindInWords,
  listInWords,
  numberInWords,
  rangeInWords,
  ratioInWords,
  sizesInWords,
  typeInWords,
} from "./words"

type Subject = {
  facts: MediaFacts
  rule: MediaRule
  name: string
  takes: string
}

/**
 * What is wrong about one file.
 *
 * @param facts what is known of the file
 * @param rule what files of its kind must be like
 * @param name what a sentence calls it
 * @param who the service or account, as a person knows it
 * @returns what was found; nothing about what is not known
 */
export const checkFile = (
  facts: MediaFacts,
  rule: MediaRule,
  name: string,
  who: string
): Violation[] => {
  const takes = `${who} takes ${kindInWords(facts.kind)}`
  const subject = { facts, rule, name, takes }
  return [
    ...checkType(subject),
    ...checkBytes(subject),
    ...checkDimensions(subject),
    ...checkRatio(subject),
    ...checkTime(subject),
    ...checkCodecs(subject),
    ...checkPoster(subject, who),
    ...checkShownAs(subject, who),
  ]
}

const refuse = (
  code: ViolationCode,
  allowed: ViolationValue | null,
  measured: ViolationValue | null,
  message: string
): Violation[] => [
  refusal({ code, field: "media", allowed, measured, message }),
]

const plainType = (type: string): string =>
  type.split(";")[0].trim().toLowerCase().replace("image/jpg", "image/jpeg")

const checkType = ({ facts, rule, name, takes }: Subject): Violation[] => {
  const type = facts.content_type && plainType(facts.content_type)
  const types = rule.types.map(plainType)
  const fits = types.some(
    (taken) =>
      taken === type ||
      (taken.endsWith("/*") && type?.startsWith(taken.slice(0, -1)))
  )
  return type && !fits
    ? refuse(
        "media_type",
        types,
        type,
        `${name} is ${typeInWords(type)}; ${takes} as ${listInWords(types.map(typeInWords))}.`
      )
    : []
}

const checkBytes = ({ facts, rule, name, takes }: Subject): Violation[] => {
  const measured = known(facts.bytes)
  const [min, max] = [known(rule.min_bytes), known(rule.max_bytes)]
  if (measured !== null && max !== null && measured > max) {
    const [is, allowed] = sizesInWords(measured, max)
    return refuse(
      "media_too_large",
      max,
      measured,
      `${name} is ${is}; ${takes} up to ${allowed}.`
    )
  }
  if (measured !== null && min !== null && measured < min) {
    const [is, allowed] = sizesInWords(measured, min)
    return refuse(
      "media_too_small",
      min,
      measured,
      `${name} is ${is}; ${takes} of at least ${allowed}.`
    )
  }
  return []
}

const SIDES = ["width", "height"] as const

const checkDimensions = (subject: Subject): Violation[] => {
  const { facts, rule, name, takes } = subject
  const sides = SIDES.flatMap((side) => {
    const range = rangeOf(rule.min?.[side], rule.max?.[side])
    const measured = known(facts[side])
    return measured !== null && isOutside(measured, range)
      ? refuse(
          "media_dimensions",
          range,
          measured,
          `${name} is ${numberInWords(measured)} pixels in ${side}; ${takes} with a ${side} of ${rangeInWords(range)} pixels.`
        )
      : []
  })
  const [width, height] = [known(facts.width), known(facts.height)]
  if (width === null || height === null) {
    return sides
  }
  const pixels = width * height
  const sum = width + height
  const [maxPixels, maxSides] = [known(rule.max_pixels), known(rule.max_sides)]
  return [
    ...sides,
    ...(maxPixels !== null && pixels > maxPixels
      ? refuse(
          "media_dimensions",
          maxPixels,
          pixels,
          `${name} has ${numberInWords(pixels)} pixels; ${takes} of up to ${numberInWords(maxPixels)} pixels.`
        )
      : []),
    ...(maxSides !== null && sum > maxSides
      ? refuse(
          "media_dimensions",
          maxSides,
          sum,
          `${name} has a width and a height of ${numberInWords(sum)} pixels together; ${takes} of up to ${numberInWords(maxSides)} pixels.`
        )
      : []),
  ]
}

/** A range without what is not known. */
const rangeOf = (
  min: number | null | undefined,
  max: number | null | undefined
): Range => {
  const [least, most] = [known(min), known(max)]
  return {
    ...(least !== null && { min: least }),
    ...(most !== null && { max: most }),
  }
}

const checkRatio = ({ facts, rule, name, takes }: Subject): Violation[] => {
  const [width, height] = [known(facts.width) ?? 0, known(facts.height) ?? 0]
  const range = rangeOf(rule.ratio?.min, rule.ratio?.max)
  if (width < 1 || height < 1) {
    return []
  }
  // Pixels are whole: half a pixel of each side may be lost in rounding.
  const widest = (width + 0.5) / (height - 0.5)
  const narrowest = (width - 0.5) / (height + 0.5)
  const isTooNarrow = range.min !== undefined && widest < range.min
  const isTooWide = range.max !== undefined && narrowest > range.max
  return isTooNarrow || isTooWide
    ? refuse(
        "media_ratio",
        range,
        width / height,
        `${name} is ${numberInWords(width)} × ${numberInWords(height)} pixels, an aspect ratio of ${ratioInWords(width / height)}; ${takes} of ${rangeInWords(range, ratioInWords)}.`
      )
    : []
}

/** Frame rates such as 30000/1001 are measured with small errors. */
const FRAME_RATE_TOLERANCE = 0.05

const checkTime = ({ facts, rule, name, takes }: Subject): Violation[] => {
  const duration = known(facts.duration_ms)
  const seconds = duration === null ? null : duration / 1000
  const rate = known(facts.frame_rate)
  const durations = rangeOf(rule.seconds?.min, rule.seconds?.max)
  const rates = rangeOf(rule.fps?.min, rule.fps?.max)
  return [
    ...(seconds !== null && isOutside(seconds, durations)
      ? refuse(
          "media_duration",
          durations,
          seconds,
          `${name} lasts ${durationInWords(seconds)}; ${takes} of ${rangeInWords(durations, durationInWords)}.`
        )
      : []),
    ...(rate !== null && isOutside(rate, rates, FRAME_RATE_TOLERANCE)
      ? refuse(
          "media_frame_rate",
          rates,
          rate,
          `${name} has ${numberInWords(rate)} frames per second; ${takes} with ${rangeInWords(rates)} frames per second.`
        )
      : []),
    ...checkFrames({ facts, rule, name, takes }),
  ]
}

const checkFrames = ({ facts, rule, name, takes }: Subject): Violation[] => {
  const duration = known(facts.duration_ms)
  const rate = known(facts.frame_rate)
  const allowed = rangeOf(rule.frames?.min, rule.frames?.max)
  if (duration === null || rate === null) {
    return []
  }
  const frames = Math.round((rate * duration) / 1000)
  return isOutside(frames, allowed)
    ? refuse(
        "media_frames",
        allowed,
        frames,
        `${name} has ${numberInWords(frames)} frames; ${takes} with ${rangeInWords(allowed)}.`
      )
    : []
}

const SAME_CODEC: Record<string, string> = { h264: "avc", h265: "hevc" }

const plainCodec = (codec: string): string => {
  const name = codec.trim().toLowerCase().replace(".", "")
  return SAME_CODEC[name] ?? name
}

const checkCodecs = ({ facts, rule, name, takes }: Subject): Violation[] => {
  const video = facts.video_codec && plainCodec(facts.video_codec)
  const audio = facts.audio_codec && plainCodec(facts.audio_codec)
  const codecs = rule.codecs?.map(plainCodec)
  const audioCodecs = rule.audio_codecs?.map(plainCodec)
  return [
    ...(video && codecs && !codecs.includes(video)
      ? refuse(
          "media_codec",
          codecs,
          video,
          `${name} is encoded as ${codecInWords(video)}; ${takes} as ${listInWords(codecs.map(codecInWords))}.`
        )
      : []),
    ...(audio && audioCodecs && !audioCodecs.includes(audio)
      ? refuse(
          "media_audio_codec",
          audioCodecs,
          audio,
          `The sound of ${name} is encoded as ${codecInWords(audio)}; ${takes} with sound as ${listInWords(audioCodecs.map(codecInWords))}.`
        )
      : []),
  ]
}

const POSTER_WORDS: Record<PosterKind, string> = {
  picture: "a picture of its own",
  moment: "a moment of the video",
}

const checkPoster = (
  { facts, rule, name, takes }: Subject,
  who: string
): Violation[] => {
  const { poster_kind } = facts
  const kinds = takenPosters(rule)
  const allowed = listInWords(kinds.map((kind) => POSTER_WORDS[kind]))
  if (rule.poster === "required" && poster_kind === "none") {
    return refuse(
      "media_cover_missing",
      kinds,
      null,
      `${name} has no cover; ${who} takes no ${kindInWords(facts.kind, 1)} without one. Choose ${allowed}.`
    )
  }
  if (!poster_kind || poster_kind === "none" || kinds.includes(poster_kind)) {
    return []
  }
  if (rule.poster === "required") {
    return refuse(
      "media_cover_missing",
      kinds,
      poster_kind,
      `The cover of ${name} is ${POSTER_WORDS[poster_kind]}; ${takes} with ${allowed} as the cover.`
    )
  }
  return [
    warning({
      code: "media_cover_not_taken",
      field: "media",
      allowed: kinds,
      measured: poster_kind,
      message: kinds.length
        ? `The cover of ${name} is ${POSTER_WORDS[poster_kind]}; ${who} takes only ${allowed}, so ${name} goes out without its cover.`
        : `${who} takes no cover, so ${name} goes out without it.`,
    }),
  ]
}

const checkShownAs = (
  { facts, rule: { shown_as }, name }: Subject,
  who: string
): Violation[] => {
  const [width, height] = [known(facts.width) ?? 0, known(facts.height) ?? 0]
  const duration = known(facts.duration_ms)
  const isShownAs =
    shown_as &&
    width > 0 &&
    height > 0 &&
    duration !== null &&
    !isOutside(width / height, shown_as.ratio) &&
    !isOutside(duration / 1000, shown_as.seconds)
  return isShownAs
    ? [
        warning({
          code: "media_shown_as",
          field: "media",
          measured: shown_as.name,
          message: `${name} has an aspect ratio of ${ratioInWords(width / height)} and lasts ${durationInWords(duration / 1000)}: ${who} shows it as ${shown_as.name}.`,
        }),
      ]
    : []
}
