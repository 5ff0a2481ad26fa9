import { ServiceError, type ServiceErrorClass } from "../errors/service-error"
import { redactText } from "../secrets/redact-text"
import { limitEndFromHeaders, retryAtFromHeaders } from "../errors/retry-after"

/** What a service said about its failure, after its own format was parsed. */
export interface ParsedServiceError {
  code: string
  /** The more precise code beneath it, where the service has two. */
  subcode?: string
  /** The service's explanation, shown to the merchant. */
  message?: string
  /** When a limit of the service's ends, where it tells that in a way of its own. */
  retryAt?: Date
}

/**
 * One row of a provider's error table: the first row of which everything
 * matches decides.
 */
export interface ErrorRule {
  /** HTTP status of the response. */
  status?: number
  code?: string | RegExp
  subcode?: string | RegExp
  /** Found in the service's explanation, where codes alone do not tell. */
  pattern?: RegExp
  errorClass: ServiceErrorClass
  /** How long to wait where the service does not say it, in s. */
  retry_after?: number
  /** What the merchant does next, as a sentence. */
  next_action?: string
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

const matches = (
  expected: string | RegExp | undefined,
  value: string = ""
): boolean =>
  expected === undefined ||
  (expected instanceof RegExp ? expected.test(value) : expected === value)

/**
 * Turns a service's parsed failure into a {@link ServiceError}.
 *
 * @param service - name of the service for the message
 * @param response - the response
 * @param parsed - the failure in the service's own terms
 * @param rules - the provider's error table
 */
export const classifyServiceError = (
  service: string,
  { status, headers }: Response,
  { code, subcode, message, retryAt }: ParsedServiceError,
  rules: readonly ErrorRule[] = []
): ServiceError => {
  const rule = rules.find(
    (candidate) =>
      (candidate.status === undefined || candidate.status === status) &&
      matches(candidate.code, code) &&
      matches(candidate.subcode, subcode) &&
      matches(candidate.pattern, message)
  )
  const fullCode = subcode ? `${code}/${subcode}` : code
  // Some services repeat the refused token in their explanation.
  const explanation = message
    ? `: ${redactText(message).slice(0, MAX_MESSAGE_LENGTH)}`
    : ""
  const said = `${service} answered ${status} (${fullCode})${explanation}`

  const errorClass = rule?.errorClass ?? classOfStatus(status)
  // Some services name the end of their limit in every response.
  const limitEnd =
    errorClass === "rate_limited"
      ? (retryAt ?? limitEndFromHeaders(headers))
      : undefined

  return new ServiceError(
    errorClass,
    rule?.next_action
      ? `${said.replace(/[.!\s]*$/, ".")} ${rule.next_action}`
      : said,
    {
      code: fullCode,
      status,
      retryAt: retryAtFromHeaders(headers) ?? limitEnd ?? waitOf(rule),
      // A gateway may have lost the response to a request that went through.
      outcomeUnknown: status >= 500 || status === 408,
    }
  )
}

const waitOf = (rule: ErrorRule | undefined): Date | undefined =>
  rule?.retry_after === undefined
    ? undefined
    : new Date(Date.now() + rule.retry_after * 1000)
