import type { SizedStream } from "../http/body"
import type { ErrorRule, ParsedServiceError } from "../http/classify"
import type { ServiceRequestInit } from "../http/fetch"
import type { AuthType } from "../shared/enums"
import type { ProviderSettings } from "./types"

/** One half of a login: fixed, a setting of the platform, or one of its credentials. */
export type LoginPart =
  { text: string } | { setting: string } | { credential: string }

/** Where a request carries a platform's credentials. */
export type RequestAuthentication =
  /** `<name>: <prefix> <credential>` */
  | { in: "header"; name: string; prefix?: string; credential: string }
  /** `?<name>=<credential>` */
  | { in: "query"; name: string; credential: string }
  /**
   * In the path, wherever that names it: `/bot{api_key}/getMe`. Of a credential
   * with a `pattern`, which all of it must look like, the first group goes there.
   */
  | { in: "path"; credential: string; pattern?: RegExp }
  /** `Authorization: Basic` (RFC 7617) */
  | { in: "login"; user: LoginPart; password: LoginPart }

/** How a service's API is called. What is absent is as most services have it. */
export interface ApiDescription {
  /**
   * The address that paths are resolved against. Where a platform's setting
   * `base_url` may take its place, this says so. Null where there is none.
   */
  base_address: (settings: ProviderSettings) => string | null
  /** Addresses on further origins that the credentials may be sent to. */
  further_addresses?: (settings: ProviderSettings) => readonly string[]
  /** Headers of every authenticated request besides the credentials. */
  headers?: (settings: ProviderSettings) => Readonly<Record<string, string>>
  /**
   * Where the credentials go.
   *
   * @default with `bearer` and `oauth2` the access token as a bearer token, with
   * `api_key` the key in the Authorization header, with `basic` the setting
   * `username` and the credential `password`. OAuth 1.0a signs.
   */
  authentication?: (
    authType: AuthType,
    settings: ProviderSettings
  ) => RequestAuthentication | undefined
  /** Where the service puts its error code, best first, before the usual places. */
  error_codes?: readonly string[]
  /**
   * Where a failure's body says when to try again, with dots between the names
   * of members: a wait in s, a Unix time or a date.
   */
  retry_after?: readonly string[]
  /**
   * Reads a failure that has a format of its own. Asked about successful
   * answers too, since some services refuse with HTTP 200.
   *
   * @param body - the response's JSON; undefined when it is none
   * @returns undefined to look in the usual places; null for a response that the
   * service itself never gives, but a proxy in front of it
   */
  read_error?: (
    body: Record<string, unknown> | undefined,
    response: Response
  ) => ParsedServiceError | null | undefined
  /**
   * Parses a JSON response.
   *
   * @default JSON.parse
   */
  parse?: (text: string) => unknown
  /**
   * What messages call the service.
   *
   * @default the provider's label
   */
  service?: string
}

export interface ApiFetchInit extends Omit<ServiceRequestInit, "body"> {
  /** A stream is best sent with its size: a bare one goes out in chunks. */
  body?: RequestInit["body"] | SizedStream
  /**
   * `omit` sends the request without the platform's credentials, which may then
   * go to any host.
   */
  credentials?: RequestCredentials
}

export interface ApiRequestInit extends ApiFetchInit {
  /** Sent as JSON in place of a `body`. */
  json?: unknown
  /** Added to the address; what is undefined is left out. */
  query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Told the headers of the response, whatever its status. */
  on_headers?: (headers: Headers) => void
  /** What failures of this very request mean, after the provider's own rules. */
  error_rules?: readonly ErrorRule[]
}

/**
 * `fetch` with a platform's credentials, within the network guard.
 *
 * @param address - below the service's base address (`/v1/me`), or a full
 * address on one of the service's origins
 * @returns the response, read into memory, whatever its status but 401
 * @throws {ServiceError} for a 401, classified by the provider's rules;
 * `config_error`, code `other_host`, for another host without
 * `credentials: "omit"`; `transient` when no response came
 */
export type ApiFetch = (
  address: string | URL,
  init?: ApiFetchInit
) => Promise<Response>

/**
 * Sends a request as {@link ApiFetch} does, and reads the JSON that comes back.
 *
 * @returns the response's body; undefined where the service sends none, as with a
 * status of `accept_status`
 * @throws {ServiceError} for every refusal, classified by the provider's rules
 */
export type ApiRequest = <T>(
  address: string | URL,
  init?: ApiRequestInit
) => Promise<T>
