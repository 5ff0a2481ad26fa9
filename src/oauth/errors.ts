import * as oauth from "oauth4webapi"
import { retryAtFromHeaders } from "../errors/retry-after"
import { ServiceError, type ServiceErrorClass } from "../errors/service-error"

/** Error codes of RFC 6749 (sections 4.1.2.1 and 5.2) and RFC 7009, and what each means here. */
const CLASS_OF_CODE: Record<string, ServiceErrorClass> = {
  invalid_grant: "token_invalid",
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

const classOf = (code: string, status?: number): ServiceErrorClass => {
  if (status === 429) {
    return "rate_limited"
  }
  if (status !== undefined && status >= 500) {
    return "transient"
  }
  // The code is the service's: "constructor" must not find what every object has.
  if (Object.hasOwn(CLASS_OF_CODE, code)) {
    return CLASS_OF_CODE[code]
  }
  return status === 401 ? "config_error" : "transient"
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
    const code = safeCode(error.error)
    return new ServiceError(
      classOf(code, error.status),
      `${what} was refused by the service (${code}).`,
      {
        code,
        status: error.status,
        retryAt: retryAtFromHeaders(error.response.headers),
      }
    )
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    return new ServiceError(
      "config_error",
      `${what} was refused by the service: the application's client id or client secret is not accepted.`,
      { code: "invalid_client", status: error.status }
    )
  }
  if (
    error instanceof oauth.OperationProcessingError &&
    error.cause instanceof Response
  ) {
    return fromUnreadableAnswer(error.cause, what)
  }
  return new ServiceError(
    "transient",
    `${what} got an answer that does not follow the standard.`,
    { code: "malformed_response", outcomeUnknown: true }
  )
}

/** An answer that is no OAuth answer: an error page, or a success without its parts. */
const fromUnreadableAnswer = (
  { status, headers }: Response,
  what: string
): ServiceError =>
  new ServiceError(
    status === 429 ? "rate_limited" : "transient",
    status >= 400
      ? `${what} could not be used: the service answered ${status}.`
      : `${what} got an answer that does not follow the standard.`,
    {
      code: status >= 400 ? `http_${status}` : "malformed_response",
      status,
      retryAt: retryAtFromHeaders(headers),
      outcomeUnknown: true,
    }
  )
