import { ServiceError, type ServiceErrorClass } from "../errors/service-error"
import { redactText } from "../secrets/redact-text"
import { retryAtFromHeaders } from "../errors/retry-after"

/** What a service said about its failure, after its own format was parsed. */
export interface ParsedServiceError {
  code: string
  /** The service's explanation, shown to the merchant. */
  message?: string
}

/** One row of a provider's error table: the first row that matches decides. */
export interface ErrorRule {
  status?: number
  code?: string | RegExp
  errorClass: ServiceErrorClass
}

const MAX_MESSAGE_LENGTH = 300

/** What an HTTP status means where the provider's table has no row for it. */
const classOfStatus = (status: number): ServiceErrorClass => {
  if (status === 401) {
    return "token_invalid"
  }
  if (status === 403) {
    return "permission"
  }
  if (status === 409) {
    return "duplicate"
  }
  if (status === 429) {
    return "rate_limited"
  }
  if (status === 408 || status >= 500) {
    return "transient"
  }
  return "content_rejected"
}

/**
 * Turns a service's parsed failure into a {@link ServiceError}.
 *
 * @param service - name of the service for the message
 * @param response - the answer
 * @param parsed - code and message in the service's own terms
 * @param rules - the provider's error table
 */
export const classifyServiceError = (
  service: string,
  response: Response,
  parsed: ParsedServiceError,
  rules: ErrorRule[] = []
): ServiceError => {
  const rule = rules.find(
    ({ status, code }) =>
      (status === undefined || status === response.status) &&
      (code === undefined ||
        (code instanceof RegExp
          ? code.test(parsed.code)
          : code === parsed.code))
  )
  const errorClass = rule?.errorClass ?? classOfStatus(response.status)
  // Some services repeat the refused token in their explanation.
  const explanation = parsed.message
    ? `: ${redactText(parsed.message).slice(0, MAX_MESSAGE_LENGTH)}`
    : ""

  return new ServiceError(
    errorClass,
    `${service} answered ${response.status} (${parsed.code})${explanation}`,
    {
      code: parsed.code,
      status: response.status,
      retryAt: retryAtFromHeaders(response.headers),
      // A gateway may have lost the answer to a request that went through.
      outcomeUnknown: response.status >= 500 || response.status === 408,
    }
  )
}
