import type { ClientAuthMethod, TokenRefusals } from "../../../oauth/types"
import type { PlatformCategory } from "../../../shared/enums"
import type { ErrorRule } from "../../../http/classify"
import type {
  ConnectionFact,
  RefreshDescription,
  SettingField,
} from "../../types"

/** A field of a template; the authentication that it belongs to is derived. */
export interface TemplateField {
  name: string
  label: string
  help?: string
}

/**
 * A setting that becomes part of an address, such as the shop or the region.
 * Addresses name it as `{name}`.
 */
export interface TemplateSetting extends TemplateField {
  /** @default true */
  required?: boolean
  /** @default "select" with options, "text" without */
  input?: SettingField["input"]
  options?: string[]
  default?: string
  /** What each option puts into an address, where that is not the option itself. */
  inserts?: Readonly<Record<string, string>>
  /** Whether a host may get several labels from it, as in `acme.eu`. */
  multi_label?: boolean
}

/** One half of a login: fixed, or entered by a person. */
export type BasicPart =
  | { text: string }
  | { setting: TemplateSetting }
  | { credential: TemplateField }

/** A harmless request that only succeeds with working credentials. */
export interface Probe {
  /** Below the API's base address, with its query. `{name}` inserts a setting. */
  path: string
  /** @default "GET" */
  method?: "GET" | "POST"
  /** Where the response names the account, best first. */
  account?: readonly string[]
  /** The service's code for a refusal that comes with HTTP 200. */
  refusal?: (body: Record<string, unknown>) => string | undefined
}

interface AuthenticationBase {
  /** Instead of the template's own. */
  probe?: Probe
}

/** `Authorization: Bearer <access_token>` */
export interface BearerAuthentication extends AuthenticationBase {
  type: "bearer"
  label?: string
  help?: string
}

/** A key in a header, or in the path where it is named as `{api_key}`. */
export interface ApiKeyAuthentication extends AuthenticationBase {
  type: "api_key"
  in: { header: string; prefix?: string } | "path"
  label?: string
  help?: string
}

/** `Authorization: Basic <user:password>` */
export interface BasicAuthentication extends AuthenticationBase {
  type: "basic"
  user: BasicPart
  password: BasicPart
}

export interface OAuth2Authentication extends AuthenticationBase {
  type: "oauth2"
  /** @default "authorization_code" */
  grant?: "authorization_code" | "client_credentials"
  /** May insert settings, as all endpoints may. */
  authorization_endpoint: string
  token_endpoint: string
  revocation_endpoint?: string
  /**
   * Its issuer identifier, only where its documents name it: an authorization
   * response with another one is refused.
   */
  issuer?: string
  /**
   * The endpoints for a platform that is not connected yet and whose settings
   * do not name its own: connecting then tells them, see `facts`.
   */
  before_connecting?: {
    authorization_endpoint: string
    token_endpoint: string
  }
  /** What the service tells while it is connected, so that nobody types it. */
  facts?: readonly ConnectionFact[]
  scopes: readonly string[]
  /** @default " " */
  scope_separator?: " " | ","
  /** @default "client_secret_post" */
  client_auth?: ClientAuthMethod
  /** @default true */
  pkce?: boolean
  authorization_parameters?: Record<string, string>
  /** Of the token request with the client credentials grant; may insert settings. */
  token_parameters?: Record<string, string>
  /** Where it signs its authorization response; `expected` may insert settings. */
  signed_response?: {
    signature_parameter: string
    expected?: Readonly<Record<string, string>>
  }
  /** Where it refuses at the token endpoint in a way of its own. */
  token_refusals?: TokenRefusals
  refresh?: RefreshDescription
  /** @default the Authorization header with the word "Bearer" */
  in?: { header: string; prefix?: string }
}

export type Authentication =
  | BearerAuthentication
  | ApiKeyAuthentication
  | BasicAuthentication
  | OAuth2Authentication

/** A service of which everything that is used can be said in data. */
export interface ServiceTemplate {
  /** Unique, in snake_case. */
  identifier: string
  label: string
  /** One sentence for the person who chooses a service. */
  description: string
  category: PlatformCategory
  /** @default the category alone */
  categories?: readonly PlatformCategory[]
  docs_url: string | null
  /** The API's origin, without a path. `{name}` inserts a setting. */
  api: string
  /** The first is the default. */
  authentication: readonly Authentication[]
  settings?: readonly TemplateSetting[]
  /** Headers of every request; values may insert settings. */
  headers?: Record<string, string>
  probe?: Probe
  /** Where the service puts its error code, if not in one of the usual places. */
  error_codes?: readonly string[]
  error_rules?: readonly ErrorRule[]
}
