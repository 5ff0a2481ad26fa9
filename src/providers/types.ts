import type { IntrospectedToken } from "../oauth/introspection"
import type { OAuth1Server } from "../oauth/oauth1/types"
import type { OAuth2Server, TokenSet } from "../oauth/types"
import type { SecretString } from "../secrets/secret-string"
import type { AuthType, PlatformCategory } from "../shared/enums"
import type { ErrorRule } from "../http/classify"
import type { ApiDescription, ApiFetch, ApiRequest } from "./api-description"
import type { Callbacks } from "./callbacks"
import type { PublishingOperations } from "./publication"
import type { Verification } from "./verification"

interface Field {
  /** Key in `api_config` and name of the credential, in snake_case. */
  name: string
  label: string
  help?: string
  required: boolean
  /** The authentication types that use the field; all when absent. */
  auth_types?: AuthType[]
}

/** A secret of a platform: sealed before it is stored, never shown again. */
export interface CredentialField extends Field {
  /** Environment variable that holds it for platforms that have none of their own. */
  environment_variable?: string
}

/** A setting of a platform that is no secret. */
export interface SettingField extends Field {
  input: "text" | "url" | "select" | "checkbox" | "number"
  options?: string[]
  default?: string
}

/** The non-secret configuration that an OAuth description is made from. */
export type ProviderSettings = Readonly<Record<string, unknown>>

/**
 * How a platform comes to a new access token:
 *
 * - `refresh_token`: with its refresh token (RFC 6749, section 6), rotating or not
 * - `exchange_current_token`: with the access token itself, while that still lives
 * - `session`: by the provider's own `refreshTokens`, for a service with sessions
 *   of its own. The first one begins when a person has saved the login, or tests it
 * - `client_credentials`: with the application's registration (RFC 6749, section 4.4)
 * - `none`: not at all; it lives until the service or a person ends it
 */
export type RefreshStrategy =
  | "refresh_token"
  | "exchange_current_token"
  | "session"
  | "client_credentials"
  | "none"

export interface RefreshDescription {
  strategy: RefreshStrategy
  /**
   * A token that lives for less than this is refreshed before its use, in s.
   *
   * @default 600
   */
  min_ttl_seconds?: number
  /**
   * The fields that the token is made from, with the strategies `session` and
   * `client_credentials`: changing one of them ends the token.
   *
   * @default all fields of the authentication type, the scopes and the base URL
   */
  made_from?: readonly string[]
  /**
   * A token is refreshed at the latest after this time without use or refresh,
   * in s: some services let refresh tokens die of idleness.
   */
  keep_alive_seconds?: number
}

/**
 * An authorization response whose parameters are signed with the client secret:
 * HMAC-SHA256, in hexadecimal, over the query of the other parameters in the
 * order of their names. It is checked before the code is exchanged.
 */
export interface SignedResponseDescription {
  /** The parameter that carries the signature. */
  signature_parameter: string
  /** Parameters that must have just this value, whatever their case. */
  expected?: (settings: ProviderSettings) => Record<string, string>
}

/**
 * A value that a service tells while it is connected and that becomes a
 * setting, written together with the tokens: nobody has to know and type it.
 */
export interface ConnectionFact {
  /** The setting, whatever it was before. */
  setting: string
  /**
   * A parameter of the redirect, a member of the token response (`team.id` for
   * one inside of another), or a member of what an address answers to the new
   * token, sent under the authorization scheme that is named.
   */
  from:
    | { redirect: string }
    | { token_response: string }
    | { address: string; scheme: "Bearer" | "OAuth"; member: string }
  /**
   * What all of the value must look like; its first group, if it has one, is
   * what is kept. Of an address it names the service's own hosts, so that
   * nobody who forges a redirect can have tokens sent elsewhere.
   */
  pattern: RegExp
  /** Whether nothing works without it: then an unsuitable one ends the connection. */
  required?: boolean
}

/**
 * Everything about a service that can be said without code. Connecting,
 * refreshing, revoking, sealing, redaction, validation and the dashboard's
 * forms work from it alone.
 */
export interface ProviderDescription {
  /** Unique, in snake_case: also the `:platform` of the OAuth routes. */
  identifier: string
  label: string
  /** One sentence for the person who chooses a service. */
  description: string
  category: PlatformCategory
  /**
   * Categories that a platform of this provider may have.
   *
   * @default the category alone
   */
  categories?: readonly PlatformCategory[]
  auth_types: readonly AuthType[]
  credential_fields: readonly CredentialField[]
  setting_fields: readonly SettingField[]
  /** Where the service documents what an administrator has to set up. */
  docs_url?: string | null
  /** Present when the service connects through OAuth 2. */
  oauth2?: {
    /**
     * How a platform gets its first token: with a person's consent, or with the
     * application's registration alone.
     *
     * @default "authorization_code"
     */
    grant?: "authorization_code" | "client_credentials"
    /**
     * What is asked for, which may depend on settings. A setting named `scopes`,
     * separated by spaces or commas, takes their place.
     */
    scopes:
      readonly string[] | ((settings: ProviderSettings) => readonly string[])
    /** @default { strategy: "refresh_token" } */
    refresh?: RefreshDescription
    /** Endpoints, which may depend on settings such as the instance's address. */
    server: (settings: ProviderSettings) => OAuth2Server
    /**
     * Issuer of a service that publishes its endpoints (RFC 8414): what it
     * publishes takes the place of what `server` says. Null where the settings
     * name none.
     */
    issuer?: (settings: ProviderSettings) => string | null
    /**
     * Additional parameters of the token request with the grant
     * `client_credentials`, for example the `audience` of the token.
     */
    token_parameters?: (settings: ProviderSettings) => Record<string, string>
    /** Whether the service binds tokens to a key of the platform's own (RFC 9449). */
    dpop?: boolean
    /** Whether authorization requests have to be pushed (RFC 9126). */
    par?: "required"
    /**
     * Whether the application is known by a document that the plugin serves, whose
     * address is its client ID: nobody registers it.
     */
    client_metadata?: boolean
    /** What `sub` of the token response must be, where it is known who has to consent. */
    subject?: (settings: ProviderSettings) => string | undefined
    /** What the service tells while it is connected. */
    facts?: readonly ConnectionFact[]
    /** Present where the service signs its authorization response. */
    signed_response?: SignedResponseDescription
  }
  /** Present when the service connects through OAuth 1.0a (RFC 5849). */
  oauth1?: {
    /** Endpoints, which may depend on settings. */
    server: (settings: ProviderSettings) => OAuth1Server
  }
  /**
   * How a token of another authentication type than OAuth 2 is refreshed.
   *
   * @default { strategy: "none" }
   */
  refresh?: RefreshDescription
  /**
   * How the service's API is called. Without it, requests go below the setting
   * `base_url`.
   */
  api?: ApiDescription
  error_rules?: readonly ErrorRule[]
  /**
   * Names of the credentials that `listAccounts` may give an account of its own,
   * such as the token of a page. In all that is done with that account they take
   * the place of the platform's credentials of the same name: with
   * `access_token`, requests carry the account's token.
   */
  account_credentials?: readonly string[]
}

/**
 * What an operation gets to work with: a client that speaks in the platform's
 * name, settings and credentials. It lives as long as the operation.
 */
export interface ProviderContext {
  settings: ProviderSettings
  auth_type: AuthType
  /**
   * Opens a credential. Reveal it where it is used and keep no copy.
   *
   * @throws {ServiceError} `config_error` when it is not configured
   */
  credential: (name: string) => Promise<SecretString>
  /** Sends a request with the platform's credentials; JSON in and out: `request`. */
  fetch: ApiFetch
  /** Sends a request with the platform's credentials, and reads JSON or the failure. */
  request: ApiRequest
  /** A text without the credentials that this operation has used. */
  redact: (text: string) => string
  signal?: AbortSignal
}

/** An application's registration at one service. */
export interface RegisteredClient {
  client_id: string
  client_secret: SecretString
}

export interface RemoteAccount {
  external_id: string
  kind: string
  name: string
  username: string | null
  avatar_url: string | null
  url: string | null
  /** What it has of its own, by the names that `account_credentials` declares. */
  credentials?: Readonly<Record<string, SecretString>>
}

export interface RemoteProfile {
  id: string
  name: string
  username: string | null
  avatar_url: string | null
  url: string | null
  followers: number | null
  /** Where the service tells it: personal data, shown to admins only. */
  email?: string | null
}

/**
 * One outside service. A provider is mostly its description; the operations are
 * there where the service has them; what a provider can do follows from them.
 */
export interface SocialProvider extends PublishingOperations {
  readonly description: ProviderDescription
  /** What the service sends by itself, signed with the application's `client_secret`. */
  readonly callbacks?: Callbacks
  /**
   * Asks the service whether the credentials work.
   *
   * @param introspected - what the service's introspection endpoint (RFC 7662)
   * has said of the access token just now: that it is active. Absent where the
   * service has none or did not answer
   * @returns one sentence for the merchant about whom they belong to, with more
   * where the service tells more
   * @throws {ServiceError}
   */
  verify?(
    context: ProviderContext,
    introspected?: IntrospectedToken
  ): Promise<string | Verification>
  /**
   * Registers the application, at a service of OAuth 2 where every instance has
   * registrations of its own: nobody has to do it by hand. It is asked when a
   * person connects a platform that has none for the redirect URI; requests go
   * out with `credentials: "omit"`, since there are none yet.
   *
   * @throws {ServiceError}
   */
  registerClient?(
    context: ProviderContext,
    registration: { redirect_uri: string; scopes: readonly string[] }
  ): Promise<RegisteredClient>
  /**
   * Gets the tokens that are kept, at a service whose consent grants a
   * short-lived one. It is asked once, right after the code was exchanged, with
   * the granted token as `access_token`; when it throws, nothing is stored.
   *
   * @param granted - what the code was exchanged for
   * @throws {ServiceError} `permission` when what was granted is too little
   */
  extendGrant?(context: ProviderContext, granted: TokenSet): Promise<TokenSet>
  /**
   * Finds out what follows from what a person has entered, such as which
   * authorization server is an account's. It is asked when a person connects a
   * platform; requests go out with `credentials: "omit"`.
   *
   * @returns settings, written before the person is sent to the service
   * @throws {ServiceError}
   */
  discover?(context: ProviderContext): Promise<Readonly<Record<string, string>>>
  /**
   * Gets new tokens, for the strategies `exchange_current_token` and `session`.
   * Storing them is not its concern. A session that nobody has begun yet has no
   * `access_token` and no `refresh_token`: begin it with the login.
   *
   * @throws {ServiceError} `token_invalid` when the grant is gone, or the login refused
   */
  refreshTokens?(context: ProviderContext): Promise<TokenSet>
  /**
   * Ends the session or the token at the service, when a person disconnects the
   * platform. A service of OAuth 2 needs it only without a revocation endpoint.
   *
   * @throws {ServiceError} when the service did not confirm it; the credentials
   * are erased here all the same
   */
  revoke?(context: ProviderContext): Promise<void>
  listAccounts?(context: ProviderContext): Promise<RemoteAccount[]>
  /**
   * Looks for one account that `listAccounts` does not list any more, at a
   * service that lists only the latest.
   *
   * @returns null where it can be published to no more
   */
  findAccount?(
    context: ProviderContext,
    external_id: string
  ): Promise<RemoteAccount | null>
  fetchProfile?(context: ProviderContext): Promise<RemoteProfile>
}
