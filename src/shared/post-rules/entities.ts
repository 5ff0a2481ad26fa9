/*
 * What services make clickable in a text. The patterns are linear in the length
 * of the text, so that no text can hold up a process.
 */

// Scheme, domain with a top-level domain, port; then path, query and fragment.
const URL_PATTERN =
  /(?<![a-z0-9@＠$#＃])https?:\/\/(?:[\p{L}\p{M}\p{N}-]+\.)+(?:xn--[a-z0-9-]+|[a-z]{2,}|[^\p{ASCII}\p{P}\s]{2,})(?::\d{1,5})?(?:[/?#][^\s<>"]*)?/giu

const HASHTAG_PATTERN =
  /(?<![\p{L}\p{N}_&/#＃])[#＃](?=[\p{N}_]*[\p{L}\p{M}])[\p{L}\p{M}\p{N}_]+/gu

// As X finds them: a sum such as $20 is none.
const CASHTAG_PATTERN =
  /(?<!\S)\$[a-z]{1,6}(?:[._][a-z]{1,2})?(?=[\s\p{P}]|$)/giu

const MENTION_PATTERN =
  /(?<![\p{L}\p{N}_/@＠])[@＠][\p{L}\p{N}_]+(?:[.-]+[\p{L}\p{N}_]+)*(?:@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*)?/gu

/**
 * The http and https addresses in a text, as they would be made clickable:
 * without the punctuation of the sentence around them.
 *
 * @param text any text
 * @returns the addresses in their order, with repetitions
 */
export const findUrls = (text: string): string[] =>
  [...text.matchAll(URL_PATTERN)].map(([url]) => withoutPunctuation(url))

/**
 * Replaces the http and https addresses in a text.
 *
 * @param text any text
 * @param replace what an address becomes
 * @returns the text, with the rest as it was
 */
export const replaceUrls = (
  text: string,
  replace: (url: string) => string
): string =>
  text.replace(URL_PATTERN, (match) => {
    const url = withoutPunctuation(match)
    return replace(url) + match.slice(url.length)
  })

/**
 * The hashtags in a text, with their sign. One of digits alone is none.
 *
 * @param text any text
 * @returns the hashtags in their order, with repetitions
 */
export const findHashtags = (text: string): string[] =>
  text.match(HASHTAG_PATTERN) ?? []

/**
 * The cashtags in a text, with their sign: `$SHOP`.
 *
 * @param text any text
 * @returns the cashtags in their order, with repetitions
 */
export const findCashtags = (text: string): string[] =>
  text.match(CASHTAG_PATTERN) ?? []

/**
 * The mentions in a text, with their sign: `@name`, `@name.example`,
 * `@name@server.example`. The second half of an e-mail address is none.
 *
 * @param text any text
 * @returns the mentions in their order, with repetitions
 */
export const findMentions = (text: string): string[] =>
  text.match(MENTION_PATTERN) ?? []

// An international or local number, in brackets or not, or one as 555-123-4567.
const PHONE_PATTERN =
  /(?<![\p{L}\p{N}.,:/#@_-])(?:\+\d|\(\+?\d|0\d|\d{3}[-. ]\d{3}[-. ]\d{4}(?!\d))[\d ()./-]*/gu

const DATE_PATTERN = /^\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}/

/**
 * What looks like a phone number in a text: 7 to 15 digits (E.164), and no date.
 *
 * @param text any text
 * @returns the numbers in their order, as they are written
 */
export const findPhoneNumbers = (text: string): string[] =>
  [...text.matchAll(PHONE_PATTERN)]
    .map(([number]) => number.replace(/[ (./-]+$/, ""))
    .filter((number) => {
      const digits = number.replace(/\D/g, "").length
      return digits >= 7 && digits <= 15 && !DATE_PATTERN.test(number)
    })

/** Something clickable and where it stands, in UTF-16 code units. */
export interface TextEntity {
  kind: "link" | "hashtag" | "mention"
  /** As it is written, with its sign. */
  value: string
  start: number
  end: number
}

const PATTERNS = [
  ["link", URL_PATTERN],
  ["hashtag", HASHTAG_PATTERN],
  ["mention", MENTION_PATTERN],
] as const

/**
 * The addresses, hashtags and mentions of a text with their places, in their
 * order. None overlaps another: what stands within an address is part of it.
 *
 * @param text any text
 */
export const findEntities = (text: string): TextEntity[] => {
  const found: TextEntity[] = []
  for (const [kind, pattern] of PATTERNS) {
    for (const { 0: match, index: start } of text.matchAll(pattern)) {
      const value = kind === "link" ? withoutPunctuation(match) : match
      const end = start + value.length
      if (!found.some((other) => start < other.end && other.start < end)) {
        found.push({ kind, value, start, end })
      }
    }
  }
  return found.sort((a, b) => a.start - b.start)
}

const CLOSING = /[.,:;!?'"*~|&@=…」»”’>)\]}]/u

/** A closing bracket stays where the address has its opening one. */
const withoutPunctuation = (url: string): string => {
  let unopened = url.split(")").length - url.split("(").length
  let end = url.length
  while (end > 0 && CLOSING.test(url[end - 1])) {
    if (url[end - 1] === ")") {
      if (unopened <= 0) {
        break
      }
      unopened -= 1
    }
    end -= 1
  }
  return url.slice(0, end)
}
