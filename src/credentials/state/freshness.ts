import type { SocialPlatformRow } from "../../modules/socials/rows"

type Times = Pick<
  SocialPlatformRow,
  "token_expires_at" | "connected_at" | "last_refreshed_at"
>

/** Whether a token has come to its end, by our clock. */
export const isOver = ({ token_expires_at }: Times): boolean =>
  token_expires_at !== null && token_expires_at.getTime() <= Date.now()

/**
 * Whether a token ends so soon that it should be refreshed before its use: it
 * lives for no longer than the buffer, which is at most half of its whole life,
 * for a new token is good for something.
 *
 * @param bufferSeconds - in s
 */
export const isEnding = (
  { token_expires_at, connected_at, last_refreshed_at }: Times,
  bufferSeconds: number
): boolean => {
  if (!token_expires_at) {
    return false
  }
  const issuedAt = last_refreshed_at ?? connected_at
  const lifetime = issuedAt
    ? token_expires_at.getTime() - issuedAt.getTime()
    : Infinity
  const buffer = Math.min(bufferSeconds * 1000, lifetime / 2)
  return token_expires_at.getTime() - Date.now() <= buffer
}
