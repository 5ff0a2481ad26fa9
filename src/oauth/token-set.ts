import type { TokenEndpointResponse } from "oauth4webapi"
import { ServiceError } from "../errors/service-error"
import { SecretString } from "../secrets/secret-string"
import type { TokenSet } from "./types"

/** Names under which services tell the refresh token's lifetime, in seconds. */
const REFRESH_LIFETIME_FIELDS = [
  "refresh_token_expires_in",
  "refresh_expires_in",
] as const

const toExpiry = (seconds: unknown, now: number): Date | null => {
  const lifetime = typeof seconds === "string" ? Number(seconds) : seconds
  if (
    typeof lifetime !== "number" ||
    !Number.isFinite(lifetime) ||
    lifetime <= 0
  ) {
    return null
  }
  return new Date(now + lifetime * 1000)
}

/**
 * Brings a validated token answer into absolute times. Lifetimes come from the
 * answer alone: services change theirs without notice.
 *
 * @param answer - as the OAuth library validated it
 * @param now - when the request was sent, in ms since the epoch: the lifetime
 * counts from then at the latest
 * @throws {ServiceError} `transient` for an empty access token
 */
export const toTokenSet = (
  answer: TokenEndpointResponse,
  now: number
): TokenSet => {
  if (!answer.access_token) {
    throw new ServiceError(
      "transient",
      "The token endpoint answered without an access token.",
      { code: "malformed_response", outcomeUnknown: true }
    )
  }

  const refreshLifetime = REFRESH_LIFETIME_FIELDS.map(
    (field) => answer[field]
  ).find((value) => value !== undefined)

  return {
    access_token: new SecretString(answer.access_token),
    // An empty string must never overwrite a stored refresh token.
    ...(answer.refresh_token && {
      refresh_token: new SecretString(answer.refresh_token),
    }),
    expires_at: toExpiry(answer.expires_in, now),
    refresh_token_expires_at: toExpiry(refreshLifetime, now),
    scopes: answer.scope ? answer.scope.split(/[\s,]+/).filter(Boolean) : null,
  }
}
