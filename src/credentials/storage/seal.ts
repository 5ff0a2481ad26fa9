import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { EncryptionError } from "../../modules/encryption/errors"
import {
  inspectStored,
  isNothing,
  plaintextOf,
} from "../../modules/encryption/envelope/classify"
import type { EnvelopeV2 } from "../../modules/encryption/types"
import {
  type ApiConfig,
  credentialNameOf,
  encryptedKey,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import {
  openCredential,
  type PlatformOfTenant,
  sealCredential,
} from "../../modules/socials/utils/token-helpers"
import type { ProviderDescription } from "../../providers/types"
import type { SecretString } from "../../secrets/secret-string"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { CredentialContent } from "../../modules/socials/sql/platforms"
import { credentialIndex, type Secrets } from "./credential-index"
import { isSecretField } from "./fields"
import { encryptionModule } from "../modules"
import { openOrNothing } from "./open-or-nothing"

/** Sealed credentials by name; null erases one. */
export type SealedCredentials = Record<string, EnvelopeV2 | null>

/**
 * Seals credentials for one platform, before anything is stored or passed on.
 *
 * @param platform - the row that they will stand in; its id alone will do for one
 * that exists
 * @param secrets - by name; null stays null
 */
export const sealCredentials = async (
  container: MedusaContainer,
  platform: string | PlatformOfTenant,
  secrets: Record<string, string | SecretString | null>
): Promise<SealedCredentials> => {
  const sealed: SealedCredentials = {}
  for (const [name, value] of Object.entries(secrets)) {
    sealed[name] =
      value === null
        ? null
        : await sealCredential(value, name, container, platform)
  }
  return sealed
}

/** What of a row a change of its credentials starts from. A new row has only its id. */
export type CurrentCredentials = PlatformOfTenant &
  Partial<Pick<SocialPlatformRow, "api_config" | "credential_index">>

/** What changes of a row's credentials and settings. */
export interface ConfigChange {
  settings?: Record<string, unknown>
  /** Sealed for the row and the tenant that it belongs to. */
  sealed?: SealedCredentials
  /** Still in the clear: sealed for the row as it stands when they are stored. */
  secrets?: Secrets
}

/**
 * Makes the columns that follow from the present ones and a change. All secrets
 * in them are sealed; only the writing policy `dual` adds their plaintext twins,
 * for a release that may have to be rolled back.
 */
export const nextCredentials = async (
  container: MedusaContainer,
  description: ProviderDescription | undefined,
  row: CurrentCredentials,
  { settings, sealed, secrets = {} }: ConfigChange
): Promise<CredentialContent> => {
  const current = (row.api_config ?? {}) as ApiConfig
  const api_config = await nextApiConfig(container, row, description, current, {
    settings,
    sealed: { ...sealed, ...(await sealCredentials(container, row, secrets)) },
  })
  return {
    api_config,
    credential_index: await credentialIndex(
      container,
      row,
      api_config,
      {
        api_config: current,
        credential_index: row.credential_index ?? null,
      },
      secrets
    ),
  }
}

const nextApiConfig = async (
  container: MedusaContainer,
  platform: PlatformOfTenant,
  description: ProviderDescription | undefined,
  current: ApiConfig,
  change: Omit<ConfigChange, "secrets">
): Promise<ApiConfig> => {
  const next = { ...current, ...change.settings }
  for (const [name, envelope] of Object.entries(change.sealed ?? {})) {
    next[encryptedKey(name)] = envelope
    // Whatever form the credential had, it is replaced or erased.
    delete next[name]
  }
  for (const [key, value] of Object.entries(next)) {
    if (value === null || value === undefined) {
      delete next[key]
    }
  }
  const settled = await settlePlaintext(container, platform, description, next)
  const { writing } = await encryptionModule(container).policy()
  return writing === "dual"
    ? withPlaintextTwins(container, platform, settled, current)
    : settled
}

/**
 * Decides about plaintext that a write finds in the row. Under the reading
 * policy `migrate` it is what a release without encryption left, and is sealed.
 * Otherwise nobody knows who put it there: it stays, unused, until a person
 * seals it or enters the credential anew. A twin that `dual` left goes once the
 * envelope beside it is known to hold the same.
 */
const settlePlaintext = async (
  container: MedusaContainer,
  platform: PlatformOfTenant,
  description: ProviderDescription | undefined,
  apiConfig: ApiConfig
): Promise<ApiConfig> => {
  const { reading, writing } = await encryptionModule(container).policy()
  const result = { ...apiConfig }
  const left: string[] = []
  for (const name of plaintextNames(description, apiConfig)) {
    const hasEnvelope = !isNothing(apiConfig[encryptedKey(name)])
    if (hasEnvelope && writing === "dual") {
      continue
    }
    const isTwin =
      hasEnvelope && (await isTwinOf(container, platform, apiConfig, name))
    const isToSeal =
      !hasEnvelope &&
      reading === "migrate" &&
      inspectStored(apiConfig[name], "plain").kind === "plaintext"
    if (isToSeal) {
      result[encryptedKey(name)] = await sealCredential(
        plaintextOf(apiConfig[name]),
        name,
        container,
        platform
      )
    }
    if (isToSeal || isTwin) {
      delete result[name]
    } else {
      left.push(name)
    }
  }
  if (left.length) {
    const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
    logger.warn(
      `[Encryption] Platform ${platform.id} holds ${left.join(", ")} outside an envelope. Nothing was done about it, because nobody knows where it comes from. Seal what is yours with seal-plaintext, or enter the credential again.`
    )
  }
  return result
}

/** Credentials that stand under their own name, whatever is stored there. */
export const plaintextNames = (
  description: ProviderDescription | undefined,
  apiConfig: ApiConfig
): string[] =>
  Object.keys(apiConfig).filter(
    (key) =>
      !isEncryptedKey(key) &&
      isSecretField(description, key) &&
      !isNothing(apiConfig[key])
  )

const isTwinOf = async (
  container: MedusaContainer,
  platform: PlatformOfTenant,
  apiConfig: ApiConfig,
  name: string
): Promise<boolean> => {
  const value = await openOrNothing(
    container,
    { ...platform, api_config: apiConfig },
    name
  )
  return value?.equals(plaintextOf(apiConfig[name])) ?? false
}

const withPlaintextTwins = async (
  container: MedusaContainer,
  platform: PlatformOfTenant,
  apiConfig: ApiConfig,
  current: ApiConfig
): Promise<ApiConfig> => {
  const result = { ...apiConfig }
  for (const key of Object.keys(apiConfig).filter(isEncryptedKey)) {
    const name = credentialNameOf(key)
    try {
      const value = await openCredential(apiConfig, name, container, platform)
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
