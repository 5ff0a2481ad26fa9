import { replaceUrls } from "./entities"
import type { TextRule, TextUnit } from "./limits"
import { known } from "./measures"

/** Units that need nothing but this file. */
export type PlainTextUnit = Exclude<TextUnit, "x_weighted">

export interface CountOptions {
  /**
   * What a URL counts as in the unit `mastodon`: the instance's
   * `configuration.statuses.characters_reserved_per_url`.
   *
   * @default 23
   */
  url_weight?: number
}

/** `countXWeighted` of `x-weighted.ts`; null while it is not loaded. */
export type XCounter = ((text: string) => number) | null

/**
 * Counts a text as a service counts it.
 *
 * @param text any text; for `telegram` in Telegram's HTML
 * @param unit what counts as one; for X's weights use `countXWeighted`
 * @param options what some units need
 * @returns the count, never negative
 */
export const countText = (
  text: string,
  unit: PlainTextUnit,
  options: CountOptions = {}
): number => COUNTERS[unit](text, options)

/** Whether a rule is one for a part with these files. */
export const appliesTo = (
  { when }: Pick<TextRule, "when">,
  media: readonly { kind: string }[]
): boolean => {
  switch (when) {
    case "with_media":
      return media.length > 0
    case "without_media":
      return media.length === 0
    case "with_video":
      return media.some(({ kind }) => kind === "video")
    case "without_video":
      return media.every(({ kind }) => kind !== "video")
    case undefined:
      return true
  }
}

/**
 * Counts a text as a rule asks for.
 *
 * @param text any text
 * @param rule the rule
 * @param countXWeighted X's own counter
 * @returns the count, or null where the rule is in X's weights and their counter
 * is not loaded
 */
export const countByRule = (
  text: string,
  { unit, url_weight }: Pick<TextRule, "unit" | "url_weight">,
  countXWeighted: XCounter
): number | null =>
  unit === "x_weighted"
    ? (countXWeighted?.(text) ?? null)
    : countText(text, unit, { url_weight })

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" })

/** In UTF-16 code units. */
const WINDOW = 256

/**
 * The graphemes of a text. The segmenter's time grows with the square of the
 * length, so it gets one window after the other, each from a border on.
 */
const graphemesOf = (text: string): string[] => {
  const graphemes: string[] = []
  let start = 0
  let size = WINDOW
  while (start < text.length) {
    const end = endOfWindow(text, start + size)
    const found = Array.from(
      segmenter.segment(text.slice(start, end)),
      ({ segment }) => segment
    )
    if (end < text.length) {
      // The last one may go on behind the window.
      found.pop()
    }
    start += found.reduce((length, grapheme) => length + grapheme.length, 0)
    size = found.length ? WINDOW : size * 2
    graphemes.push(...found)
  }
  return graphemes
}

/** Not between the two halves of a code point. */
const endOfWindow = (text: string, end: number): number =>
  (text.codePointAt(end - 1) ?? 0) > 0xffff ? end + 1 : end

/**
 * Counts characters as a reader sees them: a family emoji is one (Unicode
 * Standard Annex 29, extended grapheme clusters).
 *
 * @param text any text
 * @returns the number of graphemes
 */
export const countGraphemes = (text: string): number => graphemesOf(text).length

const countCodePoints = (text: string): number => Array.from(text).length

const encoder = new TextEncoder()

const countUtf8Bytes = (text: string): number => encoder.encode(text).length

const isEmoji = (grapheme: string): boolean =>
  /\p{Emoji_Presentation}/u.test(grapheme) ||
  // A sign with two forms, such as a heart or a keycap, in its emoji form.
  (/\p{Emoji}/u.test(grapheme) && /[\u{FE0F}\u{200D}\u{20E3}]/u.test(grapheme))

/**
 * Threads: "Emojis are counted as the number of UTF-8 bytes"
 * (developers.facebook.com/documentation/threads/posts). What a character is
 * otherwise is not said; code points are what its servers' languages count.
 */
const countThreads = (text: string): number =>
  graphemesOf(text).reduce(
    (count, grapheme) =>
      count +
      (isEmoji(grapheme)
        ? countUtf8Bytes(grapheme)
        : countCodePoints(grapheme)),
    0
  )

const REMOTE_MENTION =
  /(?<![\p{L}\p{N}_/@])(@[\p{L}\p{N}_]+(?:[.-]+[\p{L}\p{N}_]+)*)@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*/gu

const MASTODON_URL_WEIGHT = 23

/**
 * Mastodon: every http(s) URL counts 23 whatever its length, and the domain of a
 * mention does not count (docs.joinmastodon.org/user/posting); the rest counts
 * in graphemes (its StatusLengthValidator).
 */
const countMastodon = (text: string, { url_weight }: CountOptions): number => {
  let urls = 0
  const rest = replaceUrls(text, () => {
    urls += 1
    return "x"
  })
  const shown = rest.replace(REMOTE_MENTION, "$1")
  const weight = known(url_weight) ?? MASTODON_URL_WEIGHT
  return countGraphemes(shown) + urls * (weight - 1)
}

// The tags of core.telegram.org/bots/api#html-style; other ones are refused there.
const TELEGRAM_TAG =
  /<\/?(?:b|strong|i|em|u|ins|s|strike|del|span|tg-spoiler|tg-emoji|a|code|pre|blockquote)(?:\s[^<>]*)?>/gi

const TELEGRAM_ENTITY = /&(?:lt|gt|amp|quot|#\d{1,7}|#x[\da-f]{1,6});/gi

const entityLength = (entity: string): number => {
  const [, hexadecimal, digits] = /^&#(x?)([\da-f]+);$/i.exec(entity) ?? []
  const codePoint = digits ? parseInt(digits, hexadecimal ? 16 : 10) : 0
  return codePoint > 0xffff ? 2 : 1
}

/**
 * Telegram: "characters after entities parsing"
 * (core.telegram.org/bots/api#sendmessage), in UTF-16 code units like the
 * offsets of its entities. For a text that is sent without `parse_mode`, count
 * in `utf16`.
 */
const countTelegram = (text: string): number =>
  text
    .replace(TELEGRAM_TAG, "")
    .replace(TELEGRAM_ENTITY, (entity) => "x".repeat(entityLength(entity)))
    .length

const COUNTERS: Record<
  PlainTextUnit,
  (text: string, options: CountOptions) => number
> = {
  graphemes: countGraphemes,
  code_points: countCodePoints,
  utf16: (text) => text.length,
  utf8_bytes: countUtf8Bytes,
  threads: countThreads,
  mastodon: countMastodon,
  telegram: countTelegram,
}
