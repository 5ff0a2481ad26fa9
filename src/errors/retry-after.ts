/** The longest wait that a service may impose on us, in ms: one day. */
const MAX_WAIT_MS = 24 * 60 * 60 * 1000

/** Unix times stand apart from waits by their size: in s from 2001 on, in ms likewise. */
const FIRST_UNIX_SECONDS = 1e9
const FIRST_UNIX_MS = 1e12

/** Never in the past, and at most a day ahead. */
const within = (at: number, now: number): Date | undefined =>
  Number.isNaN(at)
    ? undefined
    : new Date(Math.min(Math.max(at, now), now + MAX_WAIT_MS))

const NUMBER = /^\d+(?:\.\d+)?$/

/**
 * Reads the end of a wait in any of the forms that services have for it: a wait
 * in s, a Unix time in s or ms, or a date.
 *
 * @param now - current time, in ms since the epoch
 * @returns undefined for what is none of them
 */
export const readRetryAt = (
  text: string,
  now: number = Date.now()
): Date | undefined => {
  const value = text.trim()
  if (!NUMBER.test(value)) {
    return value ? within(Date.parse(value), now) : undefined
  }
  const number = Number(value)
  if (number >= FIRST_UNIX_MS) {
    return within(number, now)
  }
  return within(
    number >= FIRST_UNIX_SECONDS ? number * 1000 : now + number * 1000,
    now
  )
}

/**
 * When a service takes requests again, from the `Retry-After` header in either
 * of its forms (RFC 9110, section 10.2.3).
 *
 * @param headers - the response's headers
 * @param now - current time, in ms since the epoch
 * @returns the time, never in the past and at most a day ahead; undefined
 * without a usable header
 */
export const retryAtFromHeaders = (
  headers: Headers,
  now: number = Date.now()
): Date | undefined => readRetryAt(headers.get("retry-after") ?? "", now)

/**
 * Headers that tell when a limit ends, the most exact first:
 * `x-ratelimit-reset-after` Discord; `x-rate-limit-reset` X; `x-ratelimit-reset`
 * Reddit and Pinterest (s from now), GitHub (Unix time), Mastodon (date); `ratelimit-reset`
 * the IETF's draft (s from now).
 */
const RESET_HEADERS = [
  "x-ratelimit-reset-after",
  "x-rate-limit-reset",
  "x-ratelimit-reset",
  "ratelimit-reset",
]

/** Meta's, which hold JSON. */
const USAGE_HEADERS = ["x-business-use-case-usage", "x-app-usage"]

/**
 * When a limit ends that a request has just run into. Services send these
 * headers with every response: they mean a wait only where the response is about
 * the limit.
 *
 * @param headers - the response's headers
 * @param now - current time, in ms since the epoch
 */
export const limitEndFromHeaders = (
  headers: Headers,
  now: number = Date.now()
): Date | undefined => {
  for (const name of RESET_HEADERS) {
    const at = readRetryAt(headers.get(name) ?? "", now)
    if (at) {
      return at
    }
  }
  const minutes = USAGE_HEADERS.flatMap((name) =>
    minutesToRegain(headers.get(name))
  )
  return minutes.length
    ? within(now + Math.max(...minutes) * 60_000, now)
    : undefined
}

/** The numbers above 0 that stand under `estimated_time_to_regain_access`, in minutes. */
const minutesToRegain = (header: string | null): number[] => {
  const minutes: number[] = []
  try {
    JSON.parse(header ?? "null", (name, value: unknown) => {
      if (
        name === "estimated_time_to_regain_access" &&
        typeof value === "number" &&
        value > 0
      ) {
        minutes.push(value)
      }
      return value
    })
  } catch {
    // A header that is no JSON tells nothing.
  }
  return minutes
}
