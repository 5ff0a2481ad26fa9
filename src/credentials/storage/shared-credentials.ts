import { MedusaError } from "@medusajs/framework/utils"
import {
  type ApiConfig,
  encryptedKey,
} from "../../modules/socials/utils/api-config"
import type {
  ProviderDescription,
  ProviderSettings,
} from "../../providers/types"
import { getsFirstToken } from "../access-token/strategy"
import { credentialNames, TOKEN_FIELDS } from "./fields"
import {
  type OwnSettings,
  ownSettings,
  type ProviderConfig,
  sharedSettings,
} from "./settings"

/*
 * Whoever may edit a platform decides where its requests go. So what a setting
 * leads elsewhere gets only what was entered for it: neither the credentials
 * that the operator has configured for all platforms, nor those that were
 * stored for another address.
 */

/**
 * The credential that all platforms of a provider share: from the plugin's
 * options, or else from the environment variable that the provider names.
 */
export const sharedCredential = (
  { identifier, credential_fields }: ProviderDescription,
  providerConfig: ProviderConfig,
  name: string
): string | undefined => {
  const variable = credential_fields.find(
    (field) => field.name === name
  )?.environment_variable
  return (
    providerConfig[identifier]?.[name] ||
    (variable && process.env[variable]) ||
    undefined
  )
}

/**
 * The setting with which a platform leads its requests to another origin than
 * its provider's description and the operator's configuration do. Shared
 * credentials are not for such a platform.
 *
 * @returns the setting's name, or null where it has none
 */
export const ownAddress = (
  description: ProviderDescription,
  providerConfig: ProviderConfig,
  platform: OwnSettings
): string | null => {
  const own = ownSettings(description, platform)
  const addresses = Object.entries(own).flatMap(([name, value]) =>
    originsIn(value).map((origin) => ({ name, origin }))
  )
  if (!addresses.length) {
    return null
  }
  const known = new Set(knownOrigins(description, providerConfig, own))
  return addresses.find(({ origin }) => !known.has(origin))?.name ?? null
}

/** Where requests go without any address of the platform's own. */
const knownOrigins = (
  description: ProviderDescription,
  providerConfig: ProviderConfig,
  own: ProviderSettings
): string[] => {
  const shared = sharedSettings(description, providerConfig)
  const harmless = Object.entries(own).filter(
    ([, value]) => !originsIn(value).length
  )
  const settings = { ...shared, ...Object.fromEntries(harmless) }
  return [
    ...originsIn(shared),
    ...described(() => description.api?.base_address(settings)),
    ...described(() => description.oauth2?.server(settings)),
    ...described(() => description.oauth1?.server(settings)),
  ]
}

/** A description that cannot do without a platform's own address names none. */
const described = (read: () => unknown): string[] => {
  try {
    return originsIn(read())
  } catch {
    return []
  }
}

/** The origins of all web addresses in a value, at any depth. */
const originsIn = (value: unknown): string[] => {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).flatMap(originsIn)
  }
  const origin = originOf(value)
  return origin ? [origin] : []
}

const originOf = (value: unknown): string | null => {
  if (typeof value !== "string" || !URL.canParse(value)) {
    return null
  }
  const { protocol, origin } = new URL(value)
  return ["http:", "https:"].includes(protocol) ? origin : null
}

/**
 * Refuses a platform at an address of its own that would have to do with shared
 * credentials.
 *
 * @param platform - as it would be stored
 * @param secrets - that come with it; null erases one
 * @throws {MedusaError} INVALID_DATA
 */
export const refuseSharedElsewhere = (
  description: ProviderDescription,
  providerConfig: ProviderConfig,
  platform: OwnSettings & { auth_type: string },
  secrets: Record<string, string | null>
): void => {
  const address = ownAddress(description, providerConfig, platform)
  const stored = (platform.api_config ?? {}) as ApiConfig
  const hasOwn = (name: string): boolean =>
    name in secrets
      ? secrets[name] !== null
      : !!(stored[encryptedKey(name)] || stored[name])
  const missing = credentialNames(description, platform.auth_type, {}).filter(
    (name) =>
      !hasOwn(name) && sharedCredential(description, providerConfig, name)
  )
  if (address && missing.length) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      sharedElsewhere(description, address, missing)
    )
  }
}

/** Why a shared credential is not used, and what to do. */
export const sharedElsewhere = (
  { label }: ProviderDescription,
  address: string,
  names: string[]
): string =>
  `${address} leads to another address than the store's configuration for ${label}, and credentials that all platforms share are not sent there. Enter the platform's own ${names.join(", ")} in api_config, or remove ${address}.`

/** A change of a platform's settings and credentials, as a client asked for it. */
export interface RedirectingChange {
  base_url?: string | null
  settings: Record<string, unknown>
  secrets: Record<string, string | null>
}

/**
 * Refuses to send stored credentials to another host: whoever may edit a
 * platform could otherwise have them delivered to a server of their own.
 *
 * @throws {MedusaError} INVALID_DATA
 */
export const refuseRedirectedCredentials = (
  description: ProviderDescription,
  row: OwnSettings & { auth_type: string },
  { base_url, settings, secrets }: RedirectingChange
): void => {
  const stored = (row.api_config ?? {}) as ApiConfig
  const before = ownSettings(description, row)
  const after = ownSettings(description, {
    base_url: base_url ?? null,
    api_config: settings,
  })
  const moved = Object.keys(after).find((name) => {
    const known = new Set(originsIn(before[name]))
    return originsIn(after[name]).some((origin) => !known.has(origin))
  })
  // Tokens that the plugin makes anew are nothing that a person could enter.
  const made = getsFirstToken(description, row.auth_type) ? TOKEN_FIELDS : []
  const kept = credentialNames(description, row.auth_type, stored).filter(
    (name) =>
      (stored[encryptedKey(name)] || stored[name]) &&
      !(name in secrets) &&
      !made.includes(name)
  )
  if (moved && kept.length) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `${moved} decides where the stored credentials are sent. To change it, enter ${kept.join(", ")} again in the same request, or erase ${kept.length === 1 ? "it" : "them"} with null or Disconnect first.`
    )
  }
}
