/*
 * The admin API's responses: what its routes send and the dashboard reads. A
 * `Time` is a `Date` where the server makes it, and ISO 8601 text once it has
 * travelled as JSON.
 */
import type {
  AuthType,
  PlatformStatus,
  PostStatus,
  PublicationState,
  TokenValidity,
} from "./enums"
import type { DoctorFinding } from "./encryption-types"

export type { AuthType, PlatformStatus, PostStatus, PublicationState }

export type ConnectionState =
  "connected" | "not_connected" | "reauthorization_required" | "error"

export type FieldInput =
  "text" | "password" | "url" | "number" | "select" | "checkbox"

export type ProviderField = {
  name: string
  label: string
  help?: string
  required: boolean
  auth_types?: AuthType[]
  input: FieldInput
  options?: string[]
  default?: string
  preconfigured: boolean
}

export type SocialProvider = {
  identifier: string
  label: string
  description: string
  category: string
  categories: string[]
  auth_types: AuthType[]
  credential_fields: ProviderField[]
  setting_fields: ProviderField[]
  capabilities: {
    connect: boolean
    verify: boolean
    accounts: boolean
    profile: boolean
    publish: boolean
    insights: boolean
    account_insights: boolean
    remove: boolean
  }
  redirect_uri: string | null
  docs_url: string | null
}

export type RecordedError = {
  class: string
  code: string | null
  message: string
  at: string
}

export type PlatformProfile = {
  id: string
  name: string
  username: string | null
  avatar_url: string | null
  url: string | null
  followers?: number | null
}

/** What may be known of a credential. */
export type Credential = {
  name: string
  configured: boolean
  storage: "encrypted" | "plaintext" | null
  key_version: number | null
}

export type SettingValue = string | number | boolean | null | object

export type SocialPlatform = {
  id: string
  name: string
  description: string | null
  provider: string
  category: string
  auth_type: AuthType
  status: PlatformStatus
  icon_url: string | null
  base_url: string | null
  tenant_id: string | null
  identifier: string | null
  scopes: string[] | null
  /** What its service must know; null where nobody is sent there. */
  redirect_uri: string | null
  /** Where its service may tell what happens there; empty where it tells nothing. */
  callbacks: CallbackAddress[]
  connected_at: string | null
  token_expires_at: string | null
  refresh_token_expires_at: string | null
  last_used_at: string | null
  last_refreshed_at: string | null
  last_synced_at: string | null
  next_refresh_at: string | null
  token_validity: TokenValidity
  last_error: RecordedError | null
  consecutive_failures: number
  key_version: number | null
  profile: PlatformProfile | null
  metadata: Record<string, unknown> | null
  created_at: string
  updated_at: string
  api_config: Record<string, SettingValue> | null
  credentials: Credential[]
  connection: ConnectionState
  credential_test: CredentialTest
} & PlatformAccess

/** An address that a person enters at a service. */
export type CallbackAddress = {
  name: string
  /** What the service calls it. */
  label: string
  url: string
  /** What is entered with it; null where nothing is. */
  verify_token: string | null
}

/** What is known of whether a platform's credentials work at their service. */
export type CredentialTest<Time = string> = {
  /**
   * `works`: the service accepted them. `not_tested`: nobody has asked, or the
   * service could not be asked. `does_not_work`: it refused them, or what they
   * need besides is wrong.
   */
  state: "works" | "not_tested" | "does_not_work"
  /** When the service last said so, or could not be asked; null when never. */
  at: Time | null
  /** Why they do not work, or could not be tested; a sentence for the merchant. */
  message: string | null
}

/** How long a platform's access lasts, and what it lacks. */
export type PlatformAccess<Time = string> = {
  /** Whether its tokens are refreshed without a person. */
  refreshes_itself: boolean
  /** When a person has to connect it again at the latest; null where that is not known, or nobody has to. */
  reconnect_before: Time | null
  /** Scopes that the provider asks for and that were not granted; empty when unknown. */
  missing_scopes: string[]
}

export type HealthState =
  | "healthy"
  | "expiring"
  | "reconnect"
  | "failing"
  | "not_tested"
  | "not_connected"
  | "inactive"

export type HealthItem<Time = string> = {
  platform_id: string
  name: string
  provider: string
  provider_label: string
  state: HealthState
  /** What is wrong, in a sentence. */
  reason: string
  what_to_do: string
  /** Whether "connect again" means a visit to the service. */
  connects_by_redirect: boolean
  can_test: boolean
  expires_at: Time | null
  reconnect_before: Time | null
  next_refresh_at: Time | null
  consecutive_failures: number
  last_error: RecordedError | null
}

export type ProviderHealth = {
  provider: string
  label: string
  platforms: number
  /** Set while the service refuses the application's own registration. */
  misconfigured: {
    code: string
    message: string
    at: string
    what_to_do: string
    /** How many of the platforms have met it. */
    affected: number
    /** The one that met it last. */
    platform_id: string
  } | null
}

export type Health<Time = string> = {
  /** What keeps processes of the store from storing credentials; empty when all is well. */
  encryption: DoctorFinding[]
  counts: Record<HealthState, number>
  providers: ProviderHealth[]
  items: HealthItem<Time>[]
  /** How many items there are, listed or not. */
  count: number
}

/** Of a store: its connections, and how far its publishing is behind. */
export type StoreHealth<Time = string> = Health<Time> & {
  publishing: {
    /** Publications whose time has come and that nobody has begun. */
    due: number
    oldest_due_at: Time | null
  }
}

/** Something that happened to a platform's credentials. */
export type CredentialEvent = {
  id: string
  platform_id: string
  type: string
  /** The admin who did it; `null` for what happened by itself. */
  actor_id: string | null
  details: Record<string, unknown> | null
  /** How often it happened: refreshes that follow each other are one event. */
  count: number
  /** When it happened last; null unless it did more than once. */
  last_at: string | null
  created_at: string
}

/** What the service was asked to forget when a platform was disconnected, and did. */
export type Revocation = {
  /** Whether the service has confirmed it for every token that there was. */
  revoked: boolean
  /** The tokens for which it has, of `refresh_token` and `access_token`. */
  revoked_tokens: string[]
}

/** Body of a create or update; a `null` in `api_config` erases that entry. */
export type PlatformInput = {
  name?: string
  provider?: string
  category?: string
  auth_type?: AuthType
  description?: string | null
  icon_url?: string | null
  base_url?: string | null
  status?: PlatformStatus
  api_config?: Record<string, string | number | boolean | null>
}

export type SocialAccount = {
  id: string
  platform_id: string
  platform: {
    id: string
    name: string
    provider: string
    status: PlatformStatus
  }
  external_id: string
  kind: string
  name: string
  username: string | null
  avatar_url: string | null
  url: string | null
  is_available: boolean
  /** What its new publications are set to. */
  default_settings: Record<string, unknown> | null
  created_at: string
  updated_at: string
}

export type SyncResult = {
  accounts: { created: number; updated: number; removed: number }
  profile: PlatformProfile | null
  synced_at: string
}

export type Paginated = { count: number; offset: number; limit: number }

export type ListQuery = Record<
  string,
  string | number | boolean | string[] | undefined
>
