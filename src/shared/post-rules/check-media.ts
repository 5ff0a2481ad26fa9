import { checkFile } from "./check-file"
import type { MediaFacts, PostDraft } from "./draft"
import type { MediaKind, MediaRule, PostLimits, Range } from "./limits"
import { countByRule, type XCounter } from "./text"
import { isOutside, known } from "./measures"
import { refusal, type Violation, warning } from "./violations"
import {
  combinationsInWords,
  countsInWords,
  kindInWords,
  lengthInWords,
  listInWords,
  MEDIA_KINDS,
  numberInWords,
  ratioInWords,
  sizesInWords,
} from "./words"

/** How a sentence names a file. */
const nameOf = ({ name, kind }: MediaFacts, index: number): string =>
  name?.trim() || `The ${kindInWords(kind, 1)} at position ${index + 1}`

/** What is wrong about the media of one part. */
export const checkMedia = (
  draft: PostDraft,
  part: number,
  limits: PostLimits,
  who: string,
  countXWeighted: XCounter
): Violation[] => {
  const { media } = draft.parts[part]
  if (part > 0 && !limits.parts.media) {
    return media.length
      ? [
          refusal({
            code: "media_not_in_parts",
            field: "media",
            part,
            allowed: 0,
            measured: media.length,
            message: `${who} takes media with the post itself only; part ${part + 1} has ${media.length}.`,
          }),
        ]
      : []
  }
  const perFile = media.flatMap((facts, index) => {
    const rule = limits.media[facts.kind]
    const name = nameOf(facts, index)
    return [
      ...(rule ? checkFile(facts, rule, name, who) : []),
      ...checkAltText(facts, limits, name, who, countXWeighted),
    ].map((found) => ({ ...found, part, media: index }))
  })
  const together = [
    ...checkCombination(media, part, limits, who),
    ...checkTotal(media, limits, who),
  ].map((found) => ({ ...found, part }))
  const alike = MEDIA_KINDS.flatMap((kind) =>
    checkAlike(media, kind, limits.media[kind], who)
  ).map((found) => ({ ...found, part }))
  return [...together, ...perFile, ...alike]
}

const checkCombination = (
  media: readonly MediaFacts[],
  part: number,
  limits: PostLimits,
  who: string
): Violation[] => {
  const { required, combinations } = limits.media
  if (!media.length) {
    return required && part === 0
      ? [
          refusal({
            code: "media_required",
            field: "media",
            measured: 0,
            message: `${who} takes no post without media. Add ${neededInWords(limits)}.`,
          }),
        ]
      : []
  }
  const counts = countKinds(media)
  const fits = combinations.some((combination) =>
    [...MEDIA_KINDS, "total" as const].every(
      (key) =>
        !isOutside(
          counts[key],
          combination[key] ?? (key === "total" ? {} : NONE)
        )
    )
  )
  return fits
    ? []
    : [
        refusal({
          code: "media_combination",
          field: "media",
          measured: media.length,
          message: `${who} takes ${combinationsInWords(combinations)}; this has ${countsInWords(counts)}.`,
        }),
      ]
}

const NONE: Range = { max: 0 }

const countKinds = (
  media: readonly MediaFacts[]
): Record<MediaKind | "total", number> => {
  const counts = {
    image: 0,
    gif: 0,
    video: 0,
    document: 0,
    total: media.length,
  }
  for (const { kind } of media) {
    counts[kind] += 1
  }
  return counts
}

const neededInWords = ({ media: { combinations } }: PostLimits): string => {
  const kinds = MEDIA_KINDS.filter((kind) =>
    combinations.some((combination) => combination[kind])
  )
  const names = kinds.map((kind) => kindInWords(kind, 1))
  return names.length
    ? `${/^[aeiou]/.test(names[0]) ? "an" : "a"} ${listInWords(names)}`
    : "a file"
}

const checkTotal = (
  media: readonly MediaFacts[],
  { media: { max_total_bytes } }: PostLimits,
  who: string
): Violation[] => {
  const measured = media.reduce(
    (sum, { bytes }) => sum + (known(bytes) ?? 0),
    0
  )
  const allowed = known(max_total_bytes)
  if (allowed === null || measured <= allowed) {
    return []
  }
  const [is, takes] = sizesInWords(measured, allowed)
  return [
    refusal({
      code: "media_total_too_large",
      field: "media",
      allowed,
      measured,
      message: `The files are ${is} together; ${who} takes up to ${takes} in one post.`,
    }),
  ]
}

const checkAltText = (
  { kind, alt_text }: MediaFacts,
  { media: { alt_text: rule } }: PostLimits,
  name: string,
  who: string,
  countXWeighted: XCounter
): Violation[] => {
  const text = alt_text?.trim() ?? ""
  const isTaken = Boolean(rule?.on.includes(kind))
  if (!rule || !isTaken) {
    return text
      ? [
          warning({
            code: "alt_text_not_taken",
            field: "alt_text",
            message: `${who} takes no alternative text for ${kindInWords(kind)}, so ${name} goes out without it.`,
          }),
        ]
      : []
  }
  if (!text) {
    return [
      warning({
        code: "alt_text_missing",
        field: "alt_text",
        message: `${name} has no alternative text. Say what it shows, for people who cannot see it.`,
      }),
    ]
  }
  const measured = countByRule(text, rule, countXWeighted)
  const max = known(rule.max)
  return measured !== null && max !== null && measured > max
    ? [
        refusal({
          code: "alt_text_too_long",
          field: "alt_text",
          allowed: max,
          measured,
          message: `The alternative text of ${name} is ${lengthInWords(measured, rule.unit)}; ${who} takes up to ${numberInWords(max)}.`,
        }),
      ]
    : []
}

/** As a service tells two aspect ratios apart. */
const SAME_RATIO_WITHIN = 0.01

/** What is wrong about files that have to be like the first one of their kind. */
const checkAlike = (
  media: readonly MediaFacts[],
  kind: MediaKind,
  rule: MediaRule | undefined,
  who: string
): Violation[] => {
  const sized = media.flatMap((facts, index) => {
    const [width, height] = [known(facts.width) ?? 0, known(facts.height) ?? 0]
    return facts.kind === kind && width >= 1 && height >= 1
      ? [{ index, name: nameOf(facts, index), width, height }]
      : []
  })
  const [first, ...others] = sized
  if (!rule || !first) {
    return []
  }
  const ratio = first.width / first.height
  return others.flatMap(({ index, name, width, height }) => {
    const hasSameSize = width === first.width && height === first.height
    const hasSameRatio =
      Math.abs(width / height / ratio - 1) <= SAME_RATIO_WITHIN
    const values = {
      field: "media" as const,
      media: index,
      allowed: { width: first.width, height: first.height },
      measured: { width, height },
    }
    if (rule.same_size && !hasSameSize) {
      return [
        refusal({
          ...values,
          code: "media_not_alike",
          message: `${name} is ${width} × ${height} pixels and ${first.name} ${first.width} × ${first.height}; ${who} takes ${kindInWords(kind)} of one size in a post.`,
        }),
      ]
    }
    if (rule.same_ratio === "required" && !hasSameRatio) {
      return [
        refusal({
          ...values,
          code: "media_not_alike",
          message: `${name} has an aspect ratio of ${ratioInWords(width / height)} and ${first.name} of ${ratioInWords(ratio)}; ${who} takes ${kindInWords(kind)} of one ratio in a post.`,
        }),
      ]
    }
    if (rule.same_ratio === "cropped" && !hasSameRatio) {
      return [
        warning({
          ...values,
          code: "media_cropped",
          message: `${who} crops ${name} to the aspect ratio of ${first.name}, which is ${ratioInWords(ratio)}.`,
        }),
      ]
    }
    return []
  })
}
