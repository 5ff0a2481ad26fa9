/*
 * What went wrong between a platform and its service, in sentences for a
 * person. The API tells them on the health page, the dashboard on each
 * platform and post.
 */

/** A failure as it is recorded: its class decides, its code tells more. */
export type Failure = { class: string; code: string | null; message: string }

/** Whom a failure is about. */
export type Parties = {
  /** The platform, as the merchant named it. */
  name: string
  /** The service, as a person knows it. */
  service: string
  /** Who is signed in at the service; null where that is not known. */
  account?: string | null
  /** Whether the access comes by a visit to the service; else a credential is entered. */
  byRedirect: boolean
}

/**
 * The service of a platform, as a person knows it. "Any service with a key" is
 * nobody's name: there the merchant's own is better.
 *
 * @param platform its name and its provider's identifier
 * @param label what the provider is called, if it is known
 * @returns the name
 */
export const serviceName = (
  { name, provider }: { name: string; provider: string },
  label: string | undefined
): string => (provider.startsWith("generic") ? name : (label ?? provider))

/** The code of what is no service's doing: a person in the store has marked the access. */
const MARKED_INVALID = "marked_invalid"

const REFUSED_REGISTRATION = new Set(["invalid_client", "unauthorized_client"])
const MISSING_REGISTRATION = new Set([
  "missing_client_id",
  "missing_client_secret",
])

/** Node's codes for a connection that was not made or broke off, and our own. */
const NO_CONNECTION = /^(E[A-Z_]{3,}|UND_ERR_[A-Z_]+|timeout|unreachable)$/

/** The code of what a handler of the application keeps from going out. */
export const REFUSED_BY_STORE = "refused_by_store"

/** What happened in the store, and is no service's doing, by its code. */
const OWN_TITLES: Readonly<Record<string, string>> = {
  [REFUSED_BY_STORE]: "The store keeps this from going out",
  database_error: "The store's database could not be reached",
  unexpected_error: "The store could not do this",
  waited_too_long: "Its time passed",
  worker_lost: "The store was stopped while it published",
}

/**
 * Tells whether a failure is about the application's own client ID or secret.
 *
 * @param failure as it is recorded
 * @returns true where another client ID or secret mends it
 */
export const isAboutRegistration = ({ code }: Pick<Failure, "code">): boolean =>
  code !== null &&
  (REFUSED_REGISTRATION.has(code) || MISSING_REGISTRATION.has(code))

/**
 * What happened, in a sentence without its full stop.
 *
 * @param failure as it is recorded
 * @param parties whom it is about
 * @returns words for a person; no codes
 */
export const troubleTitle = (
  { class: errorClass, code, message }: Failure,
  { service, account }: Pick<Parties, "service" | "account">
): string => {
  if (code !== null && Object.hasOwn(OWN_TITLES, code)) {
    return OWN_TITLES[code]
  }
  switch (errorClass) {
    case "token_invalid":
      return invalidTitle(code, message, account ?? service, service)
    case "token_expired":
      return "The access has run out"
    case "permission":
      return `${service} does not allow this`
    case "rate_limited":
      return `${service} asks us to slow down`
    case "transient":
      return code !== null && NO_CONNECTION.test(code)
        ? `${service} cannot be reached`
        : `${service} does not answer as it should`
    case "content_rejected":
      return `${service} refused the content`
    case "account_restricted":
      return `${service} restricts this account`
    case "duplicate":
      return `${service} says that it has this already`
    case "config_error":
      return configTitle(code, service)
    default:
      return withoutStop(message)
  }
}

const invalidTitle = (
  code: string | null,
  message: string,
  owner: string,
  service: string
): string => {
  if (code === MARKED_INVALID) {
    return `Marked as needing reconnection: ${withoutStop(message)}`
  }
  return code === "invalid_grant"
    ? `${owner} withdrew the access`
    : `${service} no longer accepts the access`
}

const configTitle = (code: string | null, service: string): string => {
  if (code !== null && MISSING_REGISTRATION.has(code)) {
    return `The client ID or the client secret for ${service} is missing`
  }
  return code !== null && REFUSED_REGISTRATION.has(code)
    ? `${service} does not accept the client ID or the client secret`
    : `The settings for ${service} are not right`
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, "")

/**
 * What happened to a platform, in a sentence without its full stop: it was not
 * a post that was refused, but a question about its accounts or credentials.
 *
 * @param failure as it is recorded
 * @param parties whom it is about
 * @returns words for a person; no codes
 */
export const platformTitle = (
  failure: Failure,
  parties: Pick<Parties, "service" | "account">
): string =>
  failure.class === "content_rejected"
    ? `${parties.service} refused the request`
    : troubleTitle(failure, parties)

/**
 * What happened to a platform, as whole sentences.
 *
 * @param failure as it is recorded
 * @param parties whom it is about
 * @returns the title, and what the service itself said where that helps
 */
export const troubleSentences = (
  failure: Failure,
  parties: Pick<Parties, "service" | "account">
): string => {
  const title = `${withoutStop(platformTitle(failure, parties))}.`
  const detail = troubleDetail(failure)
  return detail ? `${title} ${detail}` : title
}

/** Classes whose message says more than their title: a field, a rule, a role. */
const TELLING = new Set([
  "permission",
  "content_rejected",
  "account_restricted",
  "duplicate",
  "config_error",
])

/**
 * What the service itself said, where that helps.
 *
 * @param failure as it is recorded
 * @returns its message, or `null` where the title says it better
 */
export const troubleDetail = (failure: Failure): string | null =>
  TELLING.has(failure.class) && !isAboutRegistration(failure)
    ? failure.message
    : null

/**
 * How a platform gets its access back.
 *
 * @param parties whom it is about
 * @returns a sentence
 */
export const howToReconnect = ({
  name,
  service,
  byRedirect,
}: Parties): string =>
  byRedirect
    ? `Connect "${name}" again, and allow ${service} everything that it asks for.`
    : `Make new credentials at ${service}, and enter them in the settings of "${name}".`

/**
 * What a person can do about a platform that failed.
 *
 * @param failure as it is recorded; undefined where none is
 * @param parties whom it is about
 * @returns a sentence or two
 */
export const platformAdvice = (
  failure: Failure | undefined,
  parties: Parties
): string => {
  const { name, service } = parties
  const again = howToReconnect(parties)
  switch (failure?.class) {
    case "token_invalid":
      return failure.code === MARKED_INVALID
        ? `It is not used any more until then. ${again}`
        : again
    case "token_expired":
      return again
    case "permission":
      return `${again} If that does not help, ask the owner of the account at ${service} for the missing role.`
    case "rate_limited":
      return `Nothing to do: ${service} has asked for a pause, and "${name}" is tried again after it.`
    case "account_restricted":
      return `Sign in at ${service} to see why it restricts the account behind "${name}", and settle it there.`
    case "config_error":
      return `Correct the settings or the application's registration of "${name}", then test the connection. The connection is kept.`
    case "content_rejected":
    case "duplicate":
      return `Look at the posts of "${name}" and at its settings, then test the connection.`
    default:
      return `Nothing to do yet: "${name}" is tried again by itself. If this lasts for hours, look for a disruption at ${service}, then test the connection of "${name}".`
  }
}

/** What a person does next about a publication that failed. */
export type NextAction =
  | "reconnect"
  | "settings"
  | "edit"
  | "rewrite"
  | "compare"
  | "sign_in"
  | "retry"

/**
 * The one thing to do next about a publication that failed.
 *
 * @param errorClass the class of its failure
 * @param isEditable whether the post can still be changed
 * @returns what to offer first
 */
export const nextActionOn = (
  errorClass: string,
  isEditable: boolean
): NextAction => {
  switch (errorClass) {
    case "token_invalid":
    case "token_expired":
    case "permission":
      return "reconnect"
    case "config_error":
      return "settings"
    case "content_rejected":
      return isEditable ? "edit" : "rewrite"
    case "account_restricted":
      return "sign_in"
    case "duplicate":
      return "compare"
    default:
      return "retry"
  }
}

/**
 * The same in words.
 *
 * @param action what to do next
 * @param service the service, as a person knows it
 * @returns a sentence or two
 */
export const publicationAdvice = (
  action: NextAction,
  service: string
): string => {
  switch (action) {
    case "reconnect":
      return "Reconnect, allow everything that is asked for, then retry."
    case "settings":
      return "Correct the platform's settings, then retry."
    case "edit":
      return `Edit the post to fit the rules of ${service}, then retry.`
    case "rewrite":
      return "The post is out elsewhere and cannot be changed any more. Write a new one for this account."
    case "sign_in":
      return `Sign in at ${service} to see why, and settle it there, then retry.`
    case "compare":
      return `Look at ${service} first, and retry only if the post is not there.`
    case "retry":
      return "Retry in a few minutes."
  }
}
