import type { SocialPlatformRow } from "../modules/socials/service"
import {
  type ApiConfig,
  encryptedKey,
  envelopeKeyVersion,
} from "../modules/socials/utils/api-config"
import type { SocialProvider } from "../providers/types"
import { publicSettings } from "./context"
import { credentialNames } from "./fields"

/** What may be known of a credential. */
export interface CredentialView {
  name: string
  configured: boolean
  storage: "encrypted" | "plaintext" | null
  key_version: number | null
}

export type ConnectionState =
  | "connected"
  | "not_connected"
  | "reauthorization_required"
  | "error"

export interface CredentialsView {
  api_config: Record<string, unknown>
  credentials: CredentialView[]
  connection: ConnectionState
}

const viewCredential = (apiConfig: ApiConfig, name: string): CredentialView => {
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

/** The credential, by authentication type, without which a platform cannot do anything. */
export const KEY_CREDENTIAL: Record<string, string> = {
  oauth2: "access_token",
  oauth1: "access_token",
  bearer: "access_token",
  api_key: "api_key",
  basic: "password",
}

const connectionState = (
  row: Pick<SocialPlatformRow, "auth_type" | "status" | "token_validity">,
  credentials: CredentialView[]
): ConnectionState => {
  const key = KEY_CREDENTIAL[row.auth_type]
  const isConfigured = credentials.some(
    ({ name, configured }) => configured && name === key
  )
  if (row.token_validity === "false") {
    return "reauthorization_required"
  }
  if (!isConfigured) {
    return "not_connected"
  }
  return row.status === "error" ? "error" : "connected"
}

/**
 * What a person may see of a platform's `api_config`. Nothing is opened, so a
 * damaged envelope cannot break a list.
 *
 * @param provider - undefined when the application no longer registers it
 */
export const viewCredentials = (
  row: Pick<
    SocialPlatformRow,
    "api_config" | "auth_type" | "status" | "token_validity"
  >,
  provider: SocialProvider | undefined
): CredentialsView => {
  const apiConfig = (row.api_config ?? {}) as ApiConfig
  const credentials = credentialNames(
    provider?.description,
    row.auth_type,
    apiConfig
  ).map((name) => viewCredential(apiConfig, name))

  return {
    api_config: publicSettings(provider, apiConfig),
    credentials,
    connection: connectionState(row, credentials),
  }
}
