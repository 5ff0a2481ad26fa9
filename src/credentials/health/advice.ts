import type { UnhealthyPlatform } from "../../modules/socials/sql/health"
import type { SocialProvider } from "../../providers/types"
import { needsNoConsent } from "../access-token/strategy"

/** Whether a platform gets access by a visit of a person to its service; else they enter a credential. */
export const connectsByRedirect = (
  authType: string,
  provider: SocialProvider | undefined
): boolean =>
  (authType === "oauth2" || authType === "oauth1") &&
  !(provider && needsNoConsent(provider.description, authType))

/** What is wrong, in a sentence. */
export const reasonOf = (
  { name, state, last_error }: UnhealthyPlatform,
  label: string
): string => {
  if (state === "not_connected") {
    return `"${name}" was never connected, or was disconnected.`
  }
  if (state === "expiring") {
    return `The access of "${name}" ends soon, and only a person can renew it.`
  }
  return (
    last_error?.message ??
    (state === "reconnect"
      ? `The access of "${name}" to ${label} has ended.`
      : `The last request of "${name}" to ${label} failed.`)
  )
}

/**
 * What a person can do about it, in a sentence or two.
 *
 * @param byRedirect - see {@link connectsByRedirect}
 */
export const adviceOn = (
  { name, state, last_error }: UnhealthyPlatform,
  byRedirect: boolean,
  label: string
): string => {
  const again = byRedirect
    ? `Connect "${name}" again, and allow ${label} everything that it asks for.`
    : `Make new credentials at ${label}, and enter them in the settings of "${name}".`
  if (state === "not_connected") {
    return byRedirect
      ? `Connect "${name}" with ${label}.`
      : `Enter the credentials from ${label} in the settings of "${name}".`
  }
  if (state === "reconnect") {
    return again
  }
  if (state === "expiring") {
    return byRedirect
      ? `Connect "${name}" again before its access ends. What is scheduled goes on without a break.`
      : `${again} Do it before the old ones end.`
  }
  switch (last_error?.class) {
    case "token_invalid":
    case "token_expired":
      return again
    case "permission":
      return `${again} If that does not help, ask the owner of the account at ${label} for the missing role.`
    case "rate_limited":
      return `Nothing to do: ${label} has asked for a pause, and "${name}" is tried again after it.`
    case "account_restricted":
      return `Sign in at ${label} to see why it restricts the account behind "${name}", and settle it there.`
    case "config_error":
      return `Correct the settings or the application's registration of "${name}", then verify it. The connection is kept.`
    case "content_rejected":
    case "duplicate":
      return `Look at the posts of "${name}": the connection itself works.`
    default:
      return `Nothing to do yet: "${name}" is tried again by itself. If this lasts for hours, look for a disruption at ${label}, then verify "${name}".`
  }
}
