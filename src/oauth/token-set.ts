import type { TokenEndpointResponse } from "oauth4webapi"
import { SecretString } from "../secrets/secret-string"
import type { TokenSet } from "./types"

/** Names under which services tell the refresh token's lifetime, in seconds. */
const REFRESH_LIFETIME_FIELDS = [
  "refresh_token_expires_in",
  "refresh_expires_in",
] as const

/**
 * A lifetime beyond this, in s, says "never" in another way: a hundred years. A
 * database need not know such dates, and `Date` ends at some point too.
 */
const LONGEST_LIFETIME_S = 100 * 365 * 86_400

/** A scope's characters (RFC 6749, appendix A.4); PostgreSQL stores no NUL. */
const SCOPE = /^[\x21-\x7e]+$/

const toExpiry = (seconds: unknown, now: number): Date | null => {
  const lifetime = typeof seconds === "string" ? Number(seconds) : seconds
  if (
    typeof lifetime !== "number" ||
    !(lifetime > 0 && lifetime <= LONGEST_LIFETIME_S)
  ) {
    return null
  }
  return new Date(now + lifetime * 1000)
}

/**
 * Brings a validated token response into absolute times. Lifetimes come from the
 * response alone: services change theirs without notice.
 *
 * @param response - as the OAuth library validated it
 * @param now - when the request was sent, in ms since the epoch: the lifetime
 * counts from then at the latest
 */
export const toTokenSet = (
  response: TokenEndpointResponse,
  now: number
): TokenSet => {
  const refreshLifetime = REFRESH_LIFETIME_FIELDS.map(
    (field) => response[field]
  ).find((value) => value !== undefined)

  return {
    access_token: new SecretString(response.access_token),
    ...(response.refresh_token && {
      refresh_token: new SecretString(response.refresh_token),
    }),
    ...(typeof response.sub === "string" && { subject: response.sub }),
    expires_at: toExpiry(response.expires_in, now),
    refresh_token_expires_at: toExpiry(refreshLifetime, now),
    scopes: response.scope
      ? response.scope.split(/[\s,]+/).filter((scope) => SCOPE.test(scope))
      : null,
  }
}
