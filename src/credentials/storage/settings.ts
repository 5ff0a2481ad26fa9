import {
  type ApiConfig,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import type {
  ProviderDescription,
  ProviderSettings,
} from "../../providers/types"
import { looksSecret } from "../../secrets/looks-secret"
import { isSecretField } from "./fields"

/** Settings and credentials that all platforms of a provider share, by provider. */
export type ProviderConfig = Record<string, Record<string, string>>

/**
 * The non-secret part of a platform's `api_config`. Clients cannot nest secrets
 * in it, but rows that another release has written may hold some.
 */
export const publicSettings = (
  description: ProviderDescription | undefined,
  apiConfig: ApiConfig | null | undefined
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(apiConfig ?? {})
      .filter(
        ([key]) => !isEncryptedKey(key) && !isSecretField(description, key)
      )
      .map(([key, value]) => [key, withoutSecrets(value)])
  )

const withoutSecrets = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    return value.map(withoutSecrets)
  }
  if (typeof value !== "object" || value === null) {
    return value
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !isEncryptedKey(key) && !looksSecret(key))
      .map(([key, member]) => [key, withoutSecrets(member)])
  )
}

/** What the provider and the operator say for all platforms: defaults, then the configuration. */
export const sharedSettings = (
  description: ProviderDescription,
  providerConfig: ProviderConfig
): ProviderSettings => ({
  ...Object.fromEntries(
    description.setting_fields
      .filter((field) => field.default !== undefined)
      .map((field) => [field.name, field.default])
  ),
  ...publicSettings(description, providerConfig[description.identifier]),
})

/** What a platform says itself: settings may stand in `api_config`, `base_url` also in its column. */
export interface OwnSettings {
  base_url: string | null
  api_config: unknown
}

/** A platform's own settings alone. */
export const ownSettings = (
  description: ProviderDescription | undefined,
  { base_url, api_config }: OwnSettings
): ProviderSettings => ({
  ...(base_url && { base_url }),
  ...publicSettings(description, api_config as ApiConfig | null),
})
