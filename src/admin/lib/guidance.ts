import type { RecordedError } from "../../shared/api-types"
import { humanize } from "./format"

type ErrorClass =
  | "token_invalid"
  | "token_expired"
  | "permission"
  | "rate_limited"
  | "transient"
  | "content_rejected"
  | "account_restricted"
  | "duplicate"
  | "config_error"

const PLATFORM_ADVICE: Record<ErrorClass, string> = {
  token_invalid:
    "The service no longer accepts this connection. Reconnect to continue.",
  token_expired:
    "The access has run out and could not be renewed. Reconnect to continue.",
  permission:
    "A permission is missing. Reconnect and allow everything that is asked for.",
  rate_limited:
    "The service asked us to slow down. Nothing to do: it is tried again later.",
  transient:
    "The service did not answer properly. It is usually back soon: try again in a few minutes.",
  content_rejected: "The service refused the content. Change it and try again.",
  account_restricted:
    "The service has restricted this account. Sign in there to see why.",
  duplicate: "The service says that it already has this. Check there first.",
  config_error:
    "The settings or application credentials are not right. Edit this platform and correct them; your connection is kept.",
}

const PUBLICATION_ADVICE: Record<ErrorClass, string> = {
  ...PLATFORM_ADVICE,
  token_invalid:
    "The service no longer accepts the connection. Reconnect the platform, then retry.",
  token_expired:
    "The access has run out and could not be renewed. Reconnect the platform, then retry.",
  permission:
    "A permission is missing. Reconnect the platform and allow everything that is asked for, then retry.",
  transient: "The service did not answer properly. Retry in a few minutes.",
  content_rejected: "Edit the post to fit the service's rules, then retry.",
  duplicate:
    "The service says that it already has this post. Check there before you retry.",
  config_error: "Correct the platform's settings, then retry.",
}

const isErrorClass = (value: string): value is ErrorClass =>
  value in PLATFORM_ADVICE

/** The code of what is no service's doing: a person in the store has marked the access. */
const MARKED_INVALID = "marked_invalid"

/**
 * What happened to a platform last, in words.
 *
 * @param error as the API recorded it
 * @returns a heading, and one or two sentences of advice
 */
export const platformTrouble = ({
  class: errorClass,
  code,
  message,
}: Pick<RecordedError, "class" | "code" | "message">): {
  title: string
  advice: string
} => {
  if (code === MARKED_INVALID) {
    return {
      title: `Marked as needing reconnection: ${message}`,
      advice:
        "It is not used any more until somebody connects it again or enters new credentials.",
    }
  }
  return {
    title: `${humanize(errorClass)}: ${message}`,
    advice: isErrorClass(errorClass)
      ? PLATFORM_ADVICE[errorClass]
      : "Try again. If it happens again, check the platform's settings.",
  }
}

/**
 * What a person can do about a publication that failed.
 *
 * @param errorClass the class that the API recorded
 * @param isEditable whether the post can still be changed
 * @returns one or two sentences of advice
 */
export const publicationAdvice = (
  errorClass: string,
  isEditable: boolean
): string => {
  if (errorClass === "content_rejected" && !isEditable) {
    return "The post is out elsewhere and cannot be changed any more. Write a new one for this account."
  }
  return isErrorClass(errorClass)
    ? PUBLICATION_ADVICE[errorClass]
    : "Retry. If it fails again, check the platform's connection."
}
