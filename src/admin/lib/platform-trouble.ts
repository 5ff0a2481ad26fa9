import {
  isAboutRegistration,
  platformAdvice,
  troubleDetail,
  platformTitle,
  serviceName,
  type Parties,
} from "../../shared/trouble"
import type {
  RecordedError,
  SocialPlatform,
  SocialProvider,
} from "../../shared/api-types"
import { formatMoment } from "./format"
import { isConfigured } from "./platform-form"
import { connectsByRedirect, fieldsFor } from "./provider-facts"

/** What went wrong, what to do about it, and where. */
export type Trouble = {
  title: string
  advice: string
  detail: string | null
  /** Where to mend it; `null` where there is nothing to enter. */
  mend: { to: string; label: string } | null
}

/**
 * Whom a platform's trouble is about.
 *
 * @param platform as the API has it
 * @param provider the service's description, if it is known
 * @returns the names
 */
export const partiesOf = (
  platform: SocialPlatform,
  provider: SocialProvider | undefined
): Parties => ({
  name: platform.name,
  service: serviceName(platform, provider?.label),
  account: platform.profile?.name,
  byRedirect: connectsByRedirect(provider, platform.auth_type),
})

/** A pause or a disruption ends by itself. */
const PASSING = new Set(["rate_limited", "transient"])

/**
 * When something that passes is tried again, in a sentence.
 *
 * @param errorClass the class of the failure
 * @param nextTry when the next attempt is due
 * @param now the moment to look from
 * @returns the sentence, or `null` where nothing is due
 */
export const nextTrySentence = (
  errorClass: string,
  nextTry: string | null,
  now: Date = new Date()
): string | null =>
  PASSING.has(errorClass) && nextTry !== null && new Date(nextTry) > now
    ? `We try again at ${formatMoment(nextTry, now)}.`
    : null

/**
 * What went wrong with a platform last.
 *
 * @param error as the API recorded it
 * @param platform the platform
 * @param provider the service's description, if it is known
 * @param now the moment to look from
 * @returns words and a way to mend it
 */
export const platformTrouble = (
  error: Pick<RecordedError, "class" | "code" | "message">,
  platform: SocialPlatform,
  provider: SocialProvider | undefined,
  now: Date = new Date()
): Trouble => {
  const parties = partiesOf(platform, provider)
  const title = platformTitle(error, parties)
  if (isAboutRegistration(error)) {
    return { title, detail: null, ...registrationMend(platform, provider) }
  }
  const edit = `/social-platforms/${platform.id}/edit`
  return {
    title,
    advice:
      nextTrySentence(error.class, platform.next_refresh_at, now) ??
      platformAdvice(error, parties),
    detail: troubleDetail(error),
    mend:
      error.class === "config_error"
        ? { to: edit, label: "Correct the settings" }
        : null,
  }
}

const registrationMend = (
  platform: SocialPlatform,
  provider: SocialProvider | undefined
): Pick<Trouble, "advice" | "mend"> => {
  const secret = fieldsFor(
    provider?.credential_fields ?? [],
    platform.auth_type
  ).find(({ name }) => name.endsWith("_secret"))
  const edit = `/social-platforms/${platform.id}/edit`
  if (!secret) {
    return {
      advice: "Compare them with what the service shows, and correct them.",
      mend: { to: edit, label: "Correct the settings" },
    }
  }
  const kept =
    platform.connection === "not_connected" ? "" : " Your connection is kept."
  const isShared = secret.preconfigured && !isConfigured(platform, secret.name)
  return {
    advice: isShared
      ? `They come from your application's configuration. Correct them there, or enter your own for this platform.${kept}`
      : `Compare them with what the service shows, and enter them again.${kept}`,
    mend: {
      to: `${edit}?field=${encodeURIComponent(secret.name)}`,
      label: `Enter the ${secret.label.toLowerCase()}${isShared ? "" : " again"}`,
    },
  }
}
