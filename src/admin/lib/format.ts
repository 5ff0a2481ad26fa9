const dateTime = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "short",
})
const dateOnly = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" })

const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: "short" })

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Writes a moment in the reader's own language and time zone.
 *
 * @param value an ISO date, or nothing
 * @returns the date with its time, or a dash where there is none
 */
export const formatDateTime = (value: string | null | undefined): string => {
  const date = parse(value)
  return date ? dateTime.format(date) : "–"
}

/**
 * Writes a day in the reader's own language and time zone.
 *
 * @param value an ISO date, or nothing
 * @returns the date without its time, or a dash where there is none
 */
export const formatDate = (value: string | null | undefined): string => {
  const date = parse(value)
  return date ? dateOnly.format(date) : "–"
}

/**
 * Writes a moment that is near: of today only its time.
 *
 * @param value an ISO date, or nothing
 * @param now the moment to look from
 * @returns the time, or the date with its time, or a dash where there is none
 */
export const formatMoment = (
  value: string | null | undefined,
  now: Date = new Date()
): string => {
  const date = parse(value)
  return date && date.toDateString() === now.toDateString()
    ? timeOnly.format(date)
    : formatDateTime(value)
}

/**
 * Whole days from now until a moment; negative once it has passed.
 *
 * @param value an ISO date
 * @param now the moment to count from
 * @returns days, or `null` where the date is missing or unreadable
 */
export const daysUntil = (
  value: string | null | undefined,
  now: Date = new Date()
): number | null => {
  const date = parse(value)
  return date ? Math.floor((date.getTime() - now.getTime()) / DAY_MS) : null
}

/**
 * Turns an identifier of the API into words: `webhook_secret` → `Webhook secret`.
 *
 * @param identifier a snake_case name
 * @returns the words, capitalised as a sentence
 */
export const humanize = (identifier: string): string => {
  const words = identifier.replace(/[_-]+/g, " ").trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/**
 * Joins a number and its noun: `1 account`, `3 accounts`.
 *
 * @param count how many
 * @param singular the noun for one
 * @param plural the noun for any other number
 * @returns the phrase
 */
export const countOf = (
  count: number,
  singular: string,
  plural = `${singular}s`
): string => `${count} ${count === 1 ? singular : plural}`

/**
 * Names a language: `de-AT` → `Austrian German (de-AT)`.
 *
 * @param tag in BCP 47
 * @returns the name in the reader's own language with the tag, or the tag where
 * there is no name for it
 */
export const languageName = (tag: string): string => {
  const name = new Intl.DisplayNames(undefined, {
    type: "language",
    fallback: "none",
  }).of(new Intl.Locale(tag).baseName)
  return name ? `${name} (${tag})` : tag
}

const parse = (value: string | null | undefined): Date | null => {
  if (!value) {
    return null
  }
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? null : date
}
