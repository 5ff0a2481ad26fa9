import type { MedusaContainer } from "@medusajs/framework/types"
import { EncryptionError } from "../../modules/encryption/errors"
import { isFernetShaped } from "../../modules/encryption/importers/fernet"
import type { EnvelopeV2 } from "../../modules/encryption/types"
import {
  type ApiConfig,
  credentialNameOf,
  encryptedKey,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import {
  openCredential,
  sealCredential,
} from "../../modules/socials/utils/token-helpers"
import type { ProviderDescription } from "../../providers/types"
import type { SecretString } from "../../secrets/secret-string"
import type { SocialPlatformRow } from "../../modules/socials/service"
import type { CredentialContent } from "../../modules/socials/sql/platforms"
import { credentialIndex } from "./credential-index"
import { isSecretField } from "./fields"
import { encryptionModule } from "../modules"

/** Sealed credentials by name; null erases one. */
export type SealedCredentials = Record<string, EnvelopeV2 | null>

/**
 * Seals credentials for one platform, before anything is stored or passed on.
 *
 * @param platformId - the row that they will stand in; it need not exist yet
 * @param secrets - by name; null stays null
 */
export const sealCredentials = async (
  container: MedusaContainer,
  platformId: string,
  secrets: Record<string, string | SecretString | null>
): Promise<SealedCredentials> => {
  const sealed: SealedCredentials = {}
  for (const [name, value] of Object.entries(secrets)) {
    sealed[name] =
      value === null
        ? null
        : await sealCredential(value, name, container, platformId)
  }
  return sealed
}

/**
 * The same `api_config` with every plaintext credential sealed: what a value
 * looks like before it goes anywhere but into its row, compensation included.
 */
export const sealPlaintext = async (
  container: MedusaContainer,
  platformId: string,
  description: ProviderDescription | undefined,
  apiConfig: ApiConfig
): Promise<ApiConfig> => {
  const result: ApiConfig = {}
  for (const [key, value] of Object.entries(apiConfig)) {
    if (isEncryptedKey(key) || !isSecretField(description, key)) {
      result[key] = value
      continue
    }
    const hasEnvelope = !!apiConfig[encryptedKey(key)]
    if (!hasEnvelope && isFernetShaped(value)) {
      // Sealed by another system: to be imported, never to be taken for the secret.
      result[key] = value
    } else if (!hasEnvelope && typeof value === "string" && value) {
      result[encryptedKey(key)] = await sealCredential(
        value,
        key,
        container,
        platformId
      )
    }
  }
  return result
}

/** What of a row a change of its credentials starts from. A new row has only its id. */
export type CurrentCredentials = Pick<SocialPlatformRow, "id"> &
  Partial<Pick<SocialPlatformRow, "api_config" | "credential_index">>

/**
 * Makes the columns that follow from the present ones and a change. All secrets
 * in them are sealed; only the writing policy `dual` adds their plaintext twins,
 * for a release that may have to be rolled back.
 */
export const nextCredentials = async (
  container: MedusaContainer,
  description: ProviderDescription | undefined,
  row: CurrentCredentials,
  change: { settings?: Record<string, unknown>; sealed?: SealedCredentials }
): Promise<CredentialContent> => {
  const current = (row.api_config ?? {}) as ApiConfig
  const api_config = await nextApiConfig(
    container,
    row.id,
    description,
    current,
    change
  )
  return {
    api_config,
    credential_index: await credentialIndex(container, row.id, api_config, {
      api_config: current,
      credential_index: row.credential_index ?? null,
    }),
  }
}

const nextApiConfig = async (
  container: MedusaContainer,
  platformId: string,
  description: ProviderDescription | undefined,
  current: ApiConfig,
  change: { settings?: Record<string, unknown>; sealed?: SealedCredentials }
): Promise<ApiConfig> => {
  const next = {
    ...(await sealPlaintext(container, platformId, description, current)),
    ...change.settings,
  }
  for (const [name, envelope] of Object.entries(change.sealed ?? {})) {
    if (envelope) {
      next[encryptedKey(name)] = envelope
    } else {
      delete next[encryptedKey(name)]
    }
  }
  for (const [key, value] of Object.entries(next)) {
    if (value === null || value === undefined) {
      delete next[key]
    }
  }

  const { writing } = await encryptionModule(container).policy()
  return writing === "dual"
    ? withPlaintextTwins(container, platformId, next, current)
    : next
}

const withPlaintextTwins = async (
  container: MedusaContainer,
  platformId: string,
  apiConfig: ApiConfig,
  current: ApiConfig
): Promise<ApiConfig> => {
  const result = { ...apiConfig }
  for (const key of Object.keys(apiConfig).filter(isEncryptedKey)) {
    const name = credentialNameOf(key)
    try {
      const value = await openCredential(apiConfig, name, container, platformId)
      result[name] = value?.reveal()
    } catch (error) {
      if (!(error instanceof EncryptionError)) {
        throw error
      }
      // Stays as it is, and was logged: one damaged credential must not keep a
      // person from replacing it, or from erasing the others.
      if (current[name] !== undefined) {
        result[name] = current[name]
      }
    }
  }
  return result
}
