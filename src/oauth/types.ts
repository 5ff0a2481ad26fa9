import type { SecretString } from "../secrets/secret-string"

/** How the client proves itself at the token endpoint (RFC 6749, section 2.3.1). */
export type ClientAuthMethod =
  "client_secret_basic" | "client_secret_post" | "none"

/**
 * Error codes of RFC 6749 (section 4.1.2.1 and 5.2) and of RFC 8628 that a
 * service's own ones can stand for.
 */
export type StandardErrorCode =
  | "invalid_grant"
  | "invalid_client"
  | "unauthorized_client"
  | "invalid_request"
  | "unsupported_grant_type"
  | "invalid_scope"
  | "access_denied"
  | "temporarily_unavailable"
  | "server_error"
  | "slow_down"

/** How a service refuses, above all at its token endpoint, where that is not the standard's way. */
export interface TokenRefusals {
  /** Member of the response that is `false` in a refusal, whatever its HTTP status. */
  success_member?: string
  /** The service's own error codes and what they stand for; unknown ones pass. */
  codes: Readonly<Record<string, StandardErrorCode>>
}

/** A service's OAuth 2 endpoints and the ways in which it departs from the standard. */
export interface OAuth2Server {
  /**
   * Issuer identifier, as the service's documents name it: an authorization
   * response with another `iss` is refused (RFC 9207). Absent where it is not
   * known; a guess would refuse the service's own responses.
   */
  issuer?: string
  authorization_endpoint: string
  token_endpoint: string
  /** RFC 7009; absent where the service has none. */
  revocation_endpoint?: string
  /** RFC 7662; absent where the service has none. */
  introspection_endpoint?: string
  /** RFC 9126; absent where the service has none. */
  pushed_authorization_request_endpoint?: string
  /** Whether authorization requests have to be pushed (RFC 9126). */
  par?: "required"
  /** Whether the service binds tokens to a key (RFC 9449). */
  dpop?: boolean
  /** Whether the authorization response always carries `iss` (RFC 9207). */
  authorization_response_iss_parameter_supported?: boolean
  client_auth: ClientAuthMethod
  /** Headers of every request to its endpoints, for example a `user-agent` that it insists on. */
  headers?: Readonly<Record<string, string>>
  /**
   * What the service calls the `client_id`, in all requests.
   *
   * @default "client_id"
   */
  client_id_parameter?: string
  /** PKCE with S256; only off for services that refuse the parameters. */
  pkce: boolean
  /**
   * How the challenge is written.
   *
   * @default "base64url", as RFC 7636, section 4.2, says
   */
  pkce_encoding?: "base64url" | "hex"
  /** Between scopes in the authorization request. The standard says a space. */
  scope_separator: " " | ","
  /** Additional parameters of the authorization request, for example `access_type`. */
  authorization_parameters?: Record<string, string>
  /** Additional parameters of the request that exchanges the code. */
  token_parameters?: Record<string, string>
  /** Absent where it refuses as RFC 6749, section 5.2, says. */
  token_refusals?: TokenRefusals
  /** Brings an off-standard token response into standard form before it is read. */
  normalize_token_response?: (
    body: Record<string, unknown>
  ) => Record<string, unknown>
}

export interface OAuth2Client {
  client_id: string
  client_secret?: SecretString
}

/** Whether an address may do without TLS. */
export type PlainHttpRule = (url: URL) => boolean

/** What every request to a service's OAuth 2 endpoints needs. */
export interface OAuth2Request {
  server: OAuth2Server
  client: OAuth2Client
  fetch: OAuthFetch
  /** The private JWK that the tokens are bound to, with a service that has `dpop`. */
  dpopKey?: SecretString
  /**
   * Decides about endpoints that start with http://, for servers on private
   * networks that the operator allows.
   *
   * @default those on this machine alone
   */
  allowsPlainHttp?: PlainHttpRule
}

/** What a token endpoint granted, in absolute times. */
export interface TokenSet {
  access_token: SecretString
  /** Absent when the response had none: a stored one then stays valid. */
  refresh_token?: SecretString
  /** The private JWK that they are bound to (RFC 9449). */
  dpop_key?: SecretString
  /** Whom they stand for, where the service tells it as `sub`. */
  subject?: string
  /** Of OAuth 1.0a: signs every request together with the token. */
  token_secret?: SecretString
  /** Null when the service named no lifetime. */
  expires_at: Date | null
  refresh_token_expires_at: Date | null
  /** Members of the token response that were asked for, by path. */
  members?: Readonly<Record<string, unknown>>
  /** Granted scopes; null when the service did not name them, which means "as asked". */
  scopes: string[] | null
}

/** `fetch` with its deadline and limits already applied. */
export type OAuthFetch = (
  url: string | URL,
  init?: RequestInit
) => Promise<Response>
