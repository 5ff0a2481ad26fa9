import * as oauth from "oauth4webapi"
import { retryAtFromHeaders } from "../errors/retry-after"
import { ServiceError, type ServiceErrorClass } from "../errors/service-error"

/**
 * Error codes of RFC 6749 (sections 4.1.2.1 and 5.2), RFC 7009 and OpenID
 * Connect (section 3.1.2.6), and what each means here.
 */
const CLASS_OF_CODE: Record<string, ServiceErrorClass> = {
  invalid_grant: "token_invalid",
  // Only a person can go on, and a refresh has none to ask.
  interaction_required: "token_invalid",
  login_required: "token_invalid",
  consent_required: "token_invalid",
  account_selection_required: "token_invalid",
  // The application's own credentials: says nothing about anybody's grant.
  invalid_client: "config_error",
  unauthorized_client: "config_error",
  invalid_request: "config_error",
  unsupported_grant_type: "config_error",
  unsupported_response_type: "config_error",
  invalid_scope: "permission",
  access_denied: "permission",
  temporarily_unavailable: "transient",
  server_error: "transient",
  slow_down: "rate_limited",
}

/**
 * What a status means by itself. 401 is for client credentials (RFC 6749,
 * section 5.2): the grant travels in the body.
 */
const classOfStatus = (status: number): ServiceErrorClass => {
  if (status === 429) {
    return "rate_limited"
  }
  return status === 401 ? "config_error" : "transient"
}

/**
 * What a refusal means. A service that is overloaded or broken says nothing
 * about a grant, whatever code stands in its body.
 */
const verdictOf = (
  code: string,
  status: number
): { errorClass: ServiceErrorClass; code: string } => {
  // The code is the service's: "constructor" must not find what every object has.
  const known = Object.hasOwn(CLASS_OF_CODE, code)
    ? CLASS_OF_CODE[code]
    : undefined
  const errorClass = classOfStatus(status)
  const isOverruled =
    (status === 429 || status >= 500) && !!known && known !== errorClass
  return isOverruled
    ? { errorClass, code: `http_${status}` }
    : { errorClass: known ?? errorClass, code: safeCode(code) }
}

/** What a code says to people, where it says something that they can act on. */
const EXPLANATIONS: Partial<Record<string, string>> = {
  invalid_client:
    ": the application's client ID or client secret is not accepted",
}

/** Only characters that RFC 6749 allows in an error code, so that a log line stays a line. */
const safeCode = (code: string): string =>
  /^[\x20-\x7e]{1,64}$/.test(code) ? code : "unknown_error"

/**
 * Turns whatever the OAuth library threw into a {@link ServiceError}. The
 * library's errors hold the whole response as their cause; none of it is kept
 * but the standard error code.
 *
 * @param error - the thrown value
 * @param what - what was tried, for the message: "The authorization code"
 */
export const toServiceError = (error: unknown, what: string): ServiceError => {
  if (error instanceof ServiceError) {
    return error
  }
  if (error instanceof oauth.ResponseBodyError) {
    const { errorClass, code } = verdictOf(error.error, error.status)
    return new ServiceError(
      errorClass,
      `${what} was refused by the service (${code})${EXPLANATIONS[code] ?? ""}.`,
      {
        code,
        status: error.status,
        retryAt: retryAtFromHeaders(error.response.headers),
      }
    )
  }
  if (
    error instanceof oauth.OperationProcessingError &&
    error.cause instanceof Response
  ) {
    return fromUnreadableResponse(error.cause, what)
  }
  return new ServiceError(
    "transient",
    `${what} got a response that does not follow the standard.`,
    { code: "malformed_response", outcomeUnknown: true }
  )
}

/** A response that is none of OAuth: an error page, or a success without its parts. */
const fromUnreadableResponse = (
  { status, headers }: Response,
  what: string
): ServiceError =>
  new ServiceError(
    classOfStatus(status),
    status >= 400
      ? messageOfStatus(what, status)
      : `${what} got a response that does not follow the standard.`,
    {
      code: codeOfStatus(status),
      status,
      retryAt: retryAtFromHeaders(headers),
      outcomeUnknown: true,
    }
  )

const codeOfStatus = (status: number): string => {
  if (status < 400) {
    return "malformed_response"
  }
  return status === 401 ? "invalid_client" : `http_${status}`
}

const messageOfStatus = (what: string, status: number): string =>
  status === 401
    ? `${what} was refused by the service (invalid_client)${EXPLANATIONS.invalid_client}.`
    : `${what} could not be used: the service answered ${status}.`
