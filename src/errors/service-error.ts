/**
 * What an outside service's failure means for us. The class, never the text,
 * decides what happens next:
 *
 * - `token_invalid`: the grant is gone; the platform needs to be connected again
 * - `token_expired`: a refresh may help
 * - `permission`: the grant lacks a scope or a role
 * - `rate_limited`: wait until `retryAt`
 * - `transient`: nothing is wrong with the request; it may work later
 * - `content_rejected`: the same content will be refused again
 * - `account_restricted`: the account may not do this for now
 * - `duplicate`: the service has this content already
 * - `config_error`: the application's own credentials or settings are wrong
 */
export const SERVICE_ERROR_CLASSES = [
  "token_invalid",
  "token_expired",
  "permission",
  "rate_limited",
  "transient",
  "content_rejected",
  "account_restricted",
  "duplicate",
  "config_error",
] as const

export type ServiceErrorClass = (typeof SERVICE_ERROR_CLASSES)[number]

export interface ServiceErrorDetails {
  /** The service's own machine-readable code, for example `invalid_grant`. */
  code: string
  /** HTTP status of the response; absent when there was no response. */
  status?: number
  /** When the service will take requests again. */
  retryAt?: Date
  /**
   * Whether the service may have carried out the request all the same: there
   * was no response, or one that cannot be understood. A caller that must not
   * repeat itself has to ask before it tries again.
   *
   * @default false
   */
  outcomeUnknown?: boolean
}

/**
 * Services say anything: PostgreSQL refuses a NUL in JSON, and a line break in
 * a log line could pass for another line.
 */
const withoutControls = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")

/**
 * The one error type for everything that goes wrong between this plugin and an
 * outside service. It has no `cause`: the errors of HTTP and OAuth libraries
 * carry responses and request parameters, and with them secrets.
 */
export class ServiceError extends Error {
  readonly errorClass: ServiceErrorClass
  readonly code: string
  readonly status?: number
  readonly retryAt?: Date
  readonly outcomeUnknown: boolean

  /**
   * @param errorClass - what the failure means
   * @param message - one sentence for a person; no secrets, no response bodies
   * @param details - the facts behind it
   */
  constructor(
    errorClass: ServiceErrorClass,
    message: string,
    details: ServiceErrorDetails
  ) {
    super(withoutControls(message))
    this.name = "ServiceError"
    this.errorClass = errorClass
    this.code = withoutControls(details.code)
    this.status = details.status
    this.retryAt = details.retryAt
    this.outcomeUnknown = details.outcomeUnknown ?? false
  }
}

/** Narrows an unknown thrown value to {@link ServiceError}. */
export const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof ServiceError
