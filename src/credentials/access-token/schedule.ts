import type { RefreshDescription } from "../../providers/types"

/** How long before its expiry a token is refreshed, in s, where nothing else is said. */
export const DEFAULT_BUFFER_SECONDS = 600

/** Part of a token's lifetime over which the refreshes of many are spread. */
const JITTER = 0.1

/** Longest spread, in ms: nobody gains from refreshing a token of sixty days a week early. */
const MAX_JITTER_MS = 3_600_000

/** Wait after the first failure, in ms; it doubles with each. */
const FIRST_RETRY_MS = 30_000

const MAX_RETRY_MS = 3_600_000

export interface TokenTimes {
  expires_at: Date | null
  /** When the token was issued, in ms since the epoch. */
  issued_at: number
}

/**
 * When a job refreshes a token, so that nobody who uses it has to wait: some
 * time before those who use it would, and not all platforms at once.
 *
 * @param bufferSeconds - how long before the expiry a caller would refresh it
 * @param random - from 0 to 1
 * @returns null for a token that cannot be refreshed, or never has to be
 */
export const nextRefreshAt = (
  { expires_at, issued_at }: TokenTimes,
  { strategy, keep_alive_seconds }: RefreshDescription,
  bufferSeconds: number,
  random: number = Math.random()
): Date | null => {
  if (strategy === "none") {
    return null
  }
  const times: number[] = []
  if (expires_at) {
    const lifetime = expires_at.getTime() - issued_at
    const jitter = Math.min(lifetime * JITTER, MAX_JITTER_MS) * random
    const buffer = Math.min(bufferSeconds * 1000, lifetime / 2)
    times.push(expires_at.getTime() - buffer - jitter)
  }
  if (keep_alive_seconds) {
    times.push(issued_at + keep_alive_seconds * 1000 * (1 - JITTER * random))
  }
  return times.length ? new Date(Math.min(...times)) : null
}

/**
 * When to try again after a failure that passes by itself: exponential, with
 * full jitter over the second half.
 *
 * @param failures - in a row, this one included
 * @param retryAt - what the service asked for
 * @param random - from 0 to 1
 */
export const retryRefreshAt = (
  failures: number,
  retryAt: Date | undefined,
  now: number = Date.now(),
  random: number = Math.random()
): Date => {
  const wait = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS)
  const backoff = now + (wait * (1 + random)) / 2
  return new Date(Math.max(backoff, retryAt?.getTime() ?? 0))
}

/** What is stored of a grant that is being refreshed. */
export interface GrantTimes {
  refresh_token_expires_at: Date | null
  last_refreshed_at: Date | null
  connected_at: Date | null
}

/**
 * Whether a refresh moves the end of the refresh token. Some services answer
 * with what is left of its life: then the end moves by seconds at most, and not
 * by the time that has passed since they told it before.
 *
 * @param before - the grant as it was until now
 * @param expiresAt - what the service answered; null when it told nothing
 */
export const extendsRefreshToken = (
  before: GrantTimes,
  expiresAt: Date | null,
  now: Date
): boolean => {
  const toldAt = before.last_refreshed_at ?? before.connected_at
  if (!expiresAt) {
    return false
  }
  if (!before.refresh_token_expires_at || !toldAt) {
    // Nothing to compare with; the next refresh tells.
    return true
  }
  const moved = expiresAt.getTime() - before.refresh_token_expires_at.getTime()
  return moved > (now.getTime() - toldAt.getTime()) / 2
}
