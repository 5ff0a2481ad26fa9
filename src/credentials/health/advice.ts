import type { UnhealthyPlatform } from "../../modules/socials/sql/health"
import type { SocialProvider } from "../../providers/types"
import {
  howToReconnect,
  platformAdvice,
  troubleSentences,
} from "../../shared/trouble"
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
  if (state === "not_tested") {
    return `Nobody knows yet whether the credentials of "${name}" work.`
  }
  if (state === "expiring") {
    return `The access of "${name}" ends soon, and only a person can extend it.`
  }
  if (last_error) {
    return troubleSentences(last_error, { service: label })
  }
  return state === "reconnect"
    ? `The access of "${name}" to ${label} has ended.`
    : `The last request of "${name}" to ${label} failed.`
}

/**
 * What a person can do about it, in a sentence or two.
 *
 * @param ways - whether it is connected by a visit to the service, see
 * {@link connectsByRedirect}, and whether the service has a way to test it
 */
export const adviceOn = (
  { name, state, last_error }: UnhealthyPlatform,
  ways: { byRedirect: boolean; canTest: boolean },
  label: string
): string => {
  const { byRedirect, canTest } = ways
  const parties = { name, service: label, byRedirect }
  switch (state) {
    case "not_connected":
      return byRedirect
        ? `Connect "${name}" with ${label}.`
        : `Enter the credentials from ${label} in the settings of "${name}".`
    case "not_tested":
      return canTest
        ? `Test the connection of "${name}".`
        : `Nothing to do: whether "${name}" works shows when it is used first, for ${label} has no way to test it.`
    case "reconnect":
      return howToReconnect(parties)
    case "expiring":
      return byRedirect
        ? `Connect "${name}" again before its access ends. What is scheduled goes on without a break.`
        : `${howToReconnect(parties)} Do it before the old ones end.`
    default:
      return platformAdvice(last_error ?? undefined, parties)
  }
}
