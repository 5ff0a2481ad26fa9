import { retryAtFromHeaders } from "../../errors/retry-after"
import {
  ServiceError,
  type ServiceErrorClass,
} from "../../errors/service-error"

/**
 * The codes of the OAuth problem reporting extension, which is the nearest to
 * error codes that OAuth 1.0a has, and what each means here.
 */
const CLASS_OF_PROBLEM: Record<string, ServiceErrorClass> = {
  additional_authorization_required: "permission",
  consumer_key_refused: "config_error",
  consumer_key_rejected: "config_error",
  consumer_key_unknown: "config_error",
  // The same nonce twice: the next request has another one.
  nonce_used: "transient",
  parameter_absent: "config_error",
  parameter_rejected: "config_error",
  permission_denied: "permission",
  permission_unknown: "permission",
  signature_invalid: "config_error",
  signature_method_rejected: "config_error",
  timestamp_refused: "config_error",
  token_expired: "token_invalid",
  token_rejected: "token_invalid",
  token_revoked: "token_invalid",
  token_used: "token_invalid",
  user_refused: "permission",
  verifier_invalid: "token_invalid",
  version_rejected: "config_error",
}

/** Services refuse requests whose time is further from theirs than this, in s. */
const MAX_CLOCK_SKEW_SECONDS = 300

/** What a plain refusal means, which depends on what was asked for. */
export interface RefusalMeaning {
  /** For the message: "The verifier". */
  what: string
  /** Of a 401, and of a 400. */
  unauthorized: { errorClass: ServiceErrorClass; code: string }
  /** Of a 403. */
  forbidden: ServiceErrorClass
}

export interface FailedResponse {
  status: number
  headers: Headers
  text: string
  /** The time that was signed, in s since the epoch. */
  timestamp: number
}

/**
 * Turns a failed response of a credential endpoint into a {@link ServiceError}.
 * Nothing of the response is repeated but codes known beforehand: some services
 * quote the header that they refused.
 */
export const toOAuth1Error = (
  response: FailedResponse,
  meaning: RefusalMeaning
): ServiceError => {
  const { status, headers } = response
  const { what } = meaning
  const details = { status, retryAt: retryAtFromHeaders(headers) }

  if (status === 429 || status === 408 || status >= 500) {
    return new ServiceError(
      status === 429 ? "rate_limited" : "transient",
      `${what} could not be used: the service answered ${status}.`,
      { ...details, code: `http_${status}`, outcomeUnknown: status !== 429 }
    )
  }

  const problem = problemIn(response)
  if (problem) {
    return new ServiceError(
      CLASS_OF_PROBLEM[problem],
      `${what} was refused by the service (${problem}).`,
      { ...details, code: problem }
    )
  }

  const skew = clockSkew(response)
  if ([400, 401].includes(status) && Math.abs(skew) > MAX_CLOCK_SKEW_SECONDS) {
    return new ServiceError(
      "config_error",
      `${what} was refused by the service, most likely because this machine's clock is ${Math.abs(skew)} seconds ${skew > 0 ? "ahead of" : "behind"} the service's.`,
      { ...details, code: "clock_skew" }
    )
  }

  return plainRefusal(meaning, details)
}

const plainRefusal = (
  { what, unauthorized, forbidden }: RefusalMeaning,
  details: { status: number; retryAt?: Date }
): ServiceError => {
  const { status } = details
  const message = `${what} was refused by the service (${status}).`
  if (status === 400 || status === 401) {
    const { errorClass, code } = unauthorized
    if (errorClass === "config_error") {
      return new ServiceError(
        errorClass,
        `${message} Check the consumer key, the consumer secret and the callback address of the application's registration.`,
        { ...details, code }
      )
    }
    return new ServiceError(errorClass, message, { ...details, code })
  }
  return new ServiceError(
    // Whatever is left, a 404 above all, is a matter of the configured address.
    status === 403 ? forbidden : "config_error",
    message,
    { ...details, code: `http_${status}` }
  )
}

const PROBLEM = /(?:^|[\s,&])oauth_problem="?([a-z_]{1,40})(?![\w%])/

const problemIn = ({ headers, text }: FailedResponse): string | undefined =>
  [headers.get("www-authenticate") ?? "", text]
    .map((source) => PROBLEM.exec(source)?.[1])
    .find((code) => code !== undefined && Object.hasOwn(CLASS_OF_PROBLEM, code))

/** How far the signed time is ahead of the service's, in s; 0 where it does not say. */
const clockSkew = ({ headers, timestamp }: FailedResponse): number => {
  const date = Date.parse(headers.get("date") ?? "")
  return Number.isNaN(date) ? 0 : Math.round(timestamp - date / 1000)
}

/**
 * A response that says nothing: a page, or credentials with parts missing.
 *
 * @param what - for the message: "The verifier"
 * @param status - of the response
 */
export const malformedResponse = (what: string, status: number): ServiceError =>
  new ServiceError(
    "transient",
    `${what} got a response that does not follow the standard.`,
    { code: "malformed_response", status, outcomeUnknown: true }
  )
