import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { AccessEnd } from "../../modules/socials/sql/health"
import {
  type ApiConfig,
  encryptedKey,
  envelopeKeyVersion,
} from "../../modules/socials/utils/api-config"
import { describedScopes } from "../../providers/scopes"
import type { RefreshStrategy, SocialProvider } from "../../providers/types"
import type {
  ConnectionState,
  Credential,
  PlatformAccess,
} from "../../shared/api-types"
import { credentialNames } from "../storage/fields"
import {
  type CredentialTest,
  type TestedRow,
  viewCredentialTest,
} from "./credential-test"
import { type ProviderConfig, publicSettings } from "../storage/settings"
import { holdsAll, neededCredentials } from "./needed-credentials"

export interface CredentialsView {
  api_config: Record<string, unknown>
  credentials: Credential[]
  connection: ConnectionState
  credential_test: CredentialTest
}

const viewCredential = (apiConfig: ApiConfig, name: string): Credential => {
  const envelope = apiConfig[encryptedKey(name)]
  // A plaintext twin (writing policy "dual") is what an attacker would read.
  const isPlaintext = !!apiConfig[name]
  const storage = isPlaintext ? "plaintext" : envelope ? "encrypted" : null
  return {
    name,
    configured: storage !== null,
    storage,
    key_version: envelopeKeyVersion(envelope) ?? null,
  }
}

const connectionState = (
  row: Pick<SocialPlatformRow, "auth_type" | "status" | "token_validity">,
  holdsAccess: boolean
): ConnectionState => {
  if (row.token_validity === "false") {
    return "reauthorization_required"
  }
  if (!holdsAccess) {
    return "not_connected"
  }
  return row.status === "error" ? "error" : "connected"
}

/**
 * What a person may see of a platform's `api_config`. Nothing is opened, so a
 * damaged envelope cannot break a list.
 *
 * @param provider - undefined when the application no longer registers it
 * @param providerConfig - what all platforms of a provider share
 */
export const viewCredentials = (
  row: Pick<
    SocialPlatformRow,
    "api_config" | "base_url" | "auth_type" | "status"
  > &
    TestedRow,
  provider: SocialProvider | undefined,
  providerConfig: ProviderConfig
): CredentialsView => {
  const apiConfig = (row.api_config ?? {}) as ApiConfig
  const holdsAccess = holdsAll(
    apiConfig,
    provider
      ? neededCredentials(
          provider.description,
          row.auth_type,
          providerConfig,
          row
        )
      : null
  )
  const credentials = credentialNames(
    provider?.description,
    row.auth_type,
    apiConfig
  ).map((name) => viewCredential(apiConfig, name))

  return {
    api_config: publicSettings(provider?.description, apiConfig),
    credentials,
    connection: connectionState(row, holdsAccess),
    credential_test: viewCredentialTest(row, holdsAccess),
  }
}

/** Ways to a new token that need no refresh token. */
export const SELF_REFRESHING: RefreshStrategy[] = [
  "client_credentials",
  "exchange_current_token",
  "session",
]

/** Scopes that ask for a refresh token; services do not list them among the granted. */
const REFRESH_SCOPES = ["offline_access", "refresh_token"]

/** Services that know a scope by a short and a long name answer with the long one. */
const namesOf = (scope: string): string[] => [
  scope,
  `https://www.googleapis.com/auth/userinfo.${scope}`,
]

/**
 * What a person may see of the access that a platform was granted.
 *
 * @param provider - undefined when the application no longer registers it
 * @param end - how long the access lasts, as the rules of health have it
 */
export const viewAccess = (
  row: Pick<SocialPlatformRow, "api_config" | "auth_type" | "scopes">,
  provider: SocialProvider | undefined,
  {
    refreshes_itself,
    deadline,
  }: Pick<AccessEnd, "refreshes_itself" | "deadline">
): PlatformAccess<Date> => {
  const hasRefreshToken = viewCredential(
    (row.api_config ?? {}) as ApiConfig,
    "refresh_token"
  ).configured
  const granted = row.scopes as string[] | null
  const asked =
    row.auth_type === "oauth2" && granted
      ? describedScopes(
          row.api_config ?? {},
          provider?.description.oauth2?.scopes ?? []
        )
      : []

  return {
    refreshes_itself,
    reconnect_before: deadline,
    missing_scopes: asked.filter(
      (scope) =>
        !namesOf(scope).some((name) => granted?.includes(name)) &&
        !(hasRefreshToken && REFRESH_SCOPES.includes(scope))
    ),
  }
}
