import type { MedusaContainer } from "@medusajs/framework/types"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import {
  type ApiConfig,
  encryptedKey,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import type { ProviderDescription } from "../../providers/types"
import { socialsModule } from "../modules"
import { listProviders } from "../providers"
import type { OwnSettings, ProviderConfig } from "../storage/settings"
import { ownAddress, sharedCredential } from "../storage/shared-credentials"

/** Whether a person's consent at the service connects a platform. */
export const isConsented = (authType: string): boolean =>
  authType === "oauth2" || authType === "oauth1"

/**
 * The credentials that give a platform access to its service, by its provider's
 * description: the token that a person's consent brings, or everything that a
 * person has to enter for a key, a login or a session.
 */
export const accessCredentials = (
  { credential_fields }: ProviderDescription,
  authType: string
): string[] =>
  isConsented(authType)
    ? ["access_token"]
    : credential_fields
        .filter(
          ({ required, auth_types }) =>
            required &&
            (!auth_types ||
              (auth_types as readonly string[]).includes(authType))
        )
        .map(({ name }) => name)

/**
 * Those of the {@link accessCredentials} that a platform must hold itself to be
 * connected: the application's configuration may have the others for all. A
 * consent belongs to one platform and is never shared, and nothing is shared
 * with a platform at an address of its own.
 *
 * @param platform - the platform itself; absent for one without settings
 */
export const neededCredentials = (
  description: ProviderDescription,
  authType: string,
  providerConfig: ProviderConfig,
  platform?: OwnSettings
): string[] => {
  const isOnItsOwn =
    isConsented(authType) ||
    (!!platform && ownAddress(description, providerConfig, platform) !== null)
  return accessCredentials(description, authType).filter(
    (name) => isOnItsOwn || !sharedCredential(description, providerConfig, name)
  )
}

/** What gives a platform access, by name of the credential. */
export interface PlatformAccess {
  /** As {@link accessCredentials} has them. */
  credentials: string[]
  /** As {@link neededCredentials} has them. */
  needed: string[]
}

/**
 * What gives a stored platform access.
 *
 * @returns null when the application no longer registers its provider
 */
export const accessOf = async (
  container: MedusaContainer,
  row: Pick<
    SocialPlatformRow,
    "provider" | "auth_type" | "base_url" | "api_config"
  >
): Promise<PlatformAccess | null> => {
  const description = (await listProviders(container)).get(
    row.provider
  )?.description
  if (!description) {
    return null
  }
  const { provider_config } = await socialsModule(container).getOptions()
  return {
    credentials: accessCredentials(description, row.auth_type),
    needed: neededCredentials(description, row.auth_type, provider_config, row),
  }
}

/**
 * Whether the credentials that a platform holds, sealed or not, connect it;
 * nothing is opened.
 *
 * @param needed - as {@link neededCredentials} has them; null where the provider
 * is gone and nobody can say: then any credential counts
 */
export const holdsAll = (
  apiConfig: ApiConfig,
  needed: readonly string[] | null
): boolean =>
  needed
    ? needed.every((name) => apiConfig[encryptedKey(name)] || apiConfig[name])
    : Object.keys(apiConfig).some(
        (key) => isEncryptedKey(key) && apiConfig[key]
      )

/**
 * Whether a change brings credentials that connect a platform, with those that
 * it holds already.
 *
 * @param sealed - the credentials that change; null erases one
 */
export const connects = (
  apiConfig: ApiConfig,
  sealed: Readonly<Record<string, unknown>>,
  access: PlatformAccess | null
): boolean => {
  const next = { ...apiConfig }
  for (const [name, envelope] of Object.entries(sealed)) {
    next[encryptedKey(name)] = envelope
    if (envelope === null) {
      delete next[name]
    }
  }
  const brought = Object.keys(sealed).filter((name) => sealed[name])
  return (
    brought.some((name) => !access || access.credentials.includes(name)) &&
    holdsAll(next, access?.needed ?? null)
  )
}
