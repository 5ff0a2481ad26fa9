import { MedusaError } from "@medusajs/framework/utils"
import { inspectStored } from "../../modules/encryption/envelope/classify"
import {
  type ApiConfig,
  credentialNameOf,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import type { ProviderDescription } from "../../providers/types"
import { looksSecret } from "../../secrets/looks-secret"

/** Credentials that OAuth puts into a platform; no provider needs to declare them. */
export const TOKEN_FIELDS = [
  "access_token",
  "access_token_secret",
  "refresh_token",
  "id_token",
  "dpop_key",
]

/** Credentials that connecting gives a platform, by authentication type. */
const GRANTED_FIELDS: Partial<Record<string, readonly string[]>> = {
  oauth2: ["access_token", "refresh_token"],
  oauth1: ["access_token", "access_token_secret"],
}

/** What a client asked to change: settings, and secrets (null erases one). */
export interface ApiConfigInput {
  settings: Record<string, unknown>
  secrets: Record<string, string | null>
}

/**
 * Whether a key of `api_config` holds a secret. The provider's declaration
 * decides; a key that it does not declare is a secret if it looks like one.
 */
export const isSecretField = (
  description: ProviderDescription | undefined,
  name: string
): boolean => {
  if (TOKEN_FIELDS.includes(name)) {
    return true
  }
  if (description?.credential_fields.some((field) => field.name === name)) {
    return true
  }
  if (description?.setting_fields.some((field) => field.name === name)) {
    return false
  }
  return looksSecret(name)
}

/** The credentials that a platform of this provider can have, declared first. */
export const credentialNames = (
  description: ProviderDescription | undefined,
  authType: string,
  apiConfig: ApiConfig
): string[] => {
  const declared = (description?.credential_fields ?? [])
    .filter(
      ({ auth_types }) =>
        !auth_types || (auth_types as readonly string[]).includes(authType)
    )
    .map(({ name }) => name)
  const tokens = GRANTED_FIELDS[authType] ?? []
  const stored = Object.keys(apiConfig).flatMap((key) => {
    if (isEncryptedKey(key)) {
      return [credentialNameOf(key)]
    }
    return isSecretField(description, key) ? [key] : []
  })
  return [...new Set([...declared, ...tokens, ...stored])]
}

const refuse = (message: string): never => {
  throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
}

/** Refuses sealed values and nested secrets anywhere below a key. */
const refuseHidden = (path: string, value: unknown): void => {
  const { kind } = inspectStored(value, "plain")
  if (kind === "envelope" || kind === "malformed") {
    refuse(
      `api_config.${path} looks like an encrypted value. Send the secret itself; the plugin encrypts it.`
    )
  }
  if (value === null || typeof value !== "object") {
    return
  }
  for (const [key, nested] of Object.entries(value)) {
    if (!Array.isArray(value) && (looksSecret(key) || isEncryptedKey(key))) {
      refuse(
        `api_config.${path}.${key} looks like a secret. Put secrets at the top level of api_config, where they are encrypted.`
      )
    }
    refuseHidden(`${path}.${key}`, nested)
  }
}

const readSecret = (name: string, value: unknown): string | null => {
  if (value === null) {
    return null
  }
  if (typeof value !== "string" || !value.trim()) {
    return refuse(
      `api_config.${name} must be a non-empty string, or null to erase it.`
    )
  }
  return value
}

const readSetting = (
  description: ProviderDescription,
  name: string,
  value: unknown
): unknown => {
  const field = description.setting_fields.find((f) => f.name === name)
  if (!field || value === null || value === "") {
    return value === "" ? null : value
  }
  if (field.input === "url") {
    const isAddress =
      typeof value === "string" &&
      URL.canParse(value) &&
      ["http:", "https:"].includes(new URL(value).protocol)
    if (!isAddress) {
      refuse(`api_config.${name} must be an address that starts with https://.`)
    }
  }
  if (field.options && !field.options.includes(String(value))) {
    refuse(`api_config.${name} must be one of: ${field.options.join(", ")}.`)
  }
  return value
}

/**
 * Splits what a client sent as `api_config` into settings and secrets.
 *
 * @param description - the platform's provider
 * @param input - as it came from the client
 * @throws {MedusaError} INVALID_DATA for envelopes and `*_encrypted` keys,
 * nested secrets and values of the wrong kind; the value is not repeated
 */
export const splitApiConfig = (
  description: ProviderDescription,
  input: Record<string, unknown>
): ApiConfigInput => {
  const result: ApiConfigInput = { settings: {}, secrets: {} }

  for (const [name, value] of Object.entries(input)) {
    if (isEncryptedKey(name)) {
      refuse(
        `api_config.${name} cannot be set: encrypted values are made by the plugin. Send "${credentialNameOf(name)}" with the secret itself.`
      )
    }
    refuseHidden(name, value)
    if (isSecretField(description, name)) {
      result.secrets[name] = readSecret(name, value)
    } else {
      result.settings[name] = readSetting(description, name, value)
    }
  }
  return result
}

/** Refuses metadata that would be a secret in the clear, at any depth. */
export const refuseSecretMetadata = (
  metadata: Record<string, unknown> | null | undefined,
  path = "metadata"
): void => {
  for (const [key, value] of Object.entries(metadata ?? {})) {
    if (looksSecret(key)) {
      refuse(
        `${path}.${key} looks like a secret, and metadata is not encrypted. Put it into api_config.`
      )
    }
    if (typeof value === "object") {
      refuseSecretMetadata(
        value as Record<string, unknown> | null,
        `${path}.${key}`
      )
    }
  }
}

/**
 * Refuses a platform that lacks what its provider cannot do without.
 *
 * @param configured - names of the settings and credentials that are there,
 * from the platform itself or from the application's configuration
 */
export const requireFields = (
  description: ProviderDescription,
  authType: string,
  configured: ReadonlySet<string>
): void => {
  const missing = [
    ...description.setting_fields,
    ...description.credential_fields,
  ]
    .filter(
      ({ required, auth_types }) =>
        required &&
        (!auth_types || (auth_types as readonly string[]).includes(authType))
    )
    .map(({ name }) => name)
    .filter((name) => !configured.has(name))

  if (missing.length) {
    refuse(
      `A platform of provider "${description.identifier}" with auth_type "${authType}" needs in api_config: ${missing.join(", ")}.`
    )
  }
}
