/** The longest wait that a service may impose on us, in ms: one day. */
const MAX_WAIT_MS = 24 * 60 * 60 * 1000

/**
 * When a service takes requests again, from the `Retry-After` header in either
 * of its forms (RFC 9110, section 10.2.3).
 *
 * @param headers - the answer's headers
 * @param now - current time, in ms since the epoch
 * @returns the time, never in the past and at most a day ahead; undefined
 * without a usable header
 */
export const retryAtFromHeaders = (
  headers: Headers,
  now: number = Date.now()
): Date | undefined => {
  const value = headers.get("retry-after")?.trim()
  if (!value) {
    return undefined
  }

  const at = /^\d+$/.test(value)
    ? now + Number(value) * 1000
    : Date.parse(value)
  if (Number.isNaN(at)) {
    return undefined
  }
  return new Date(Math.min(Math.max(at, now), now + MAX_WAIT_MS))
}
