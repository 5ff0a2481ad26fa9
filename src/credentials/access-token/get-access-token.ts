import type { MedusaContainer } from "@medusajs/framework/types"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import {
  decryptAccessToken,
  openCredential,
} from "../../modules/socials/utils/token-helpers"
import type { SecretString } from "../../secrets/secret-string"
import { renewAfterUse } from "../key-operations/re-encrypt-after-use"
import { socialsModule } from "../modules"
import { getProvider } from "../providers"
import { refreshInFlight } from "./single-flight"
import { getsFirstToken, hasFixedToken, needsNoConsent } from "./strategy"
import { bufferSeconds } from "../state/tokens"
import { refuseLostAccess, usableToken, type WantedToken } from "./usable-token"

export interface GetAccessTokenOptions {
  /**
   * Refresh first if the token lives for less than this, in s. A token whose
   * whole life is short is refreshed once half of it is over.
   *
   * @default the plugin's option, or else what the provider says, or else 600
   */
  minTtlSeconds?: number
  /**
   * Refresh whatever its expiry says.
   *
   * @default false
   */
  forceRefresh?: boolean
  /** The token that the service has just refused: get another one. */
  rejected?: SecretString
  /**
   * Ask the service even where it has failed again and again, or has called the
   * grant ended: somebody has set something right and wants to know.
   *
   * @default false
   */
  ignoreEarlierFailures?: boolean
}

/**
 * The one way to an access token: a fresh one, refreshed first where needed.
 * One refresh at a time runs for a platform, across all processes that share
 * the locking module's provider.
 *
 * @param platformId - the platform
 * @returns the token; reveal it where it is used
 * @throws {ServiceError} `token_invalid` when the platform must be connected
 * again, otherwise why no token could be had
 * @throws {EncryptionError} when the stored token does not open
 *
 * @example
 * const token = await getAccessToken(container, platform.id)
 * headers.set("authorization", `Bearer ${token.reveal()}`)
 */
export const getAccessToken = async (
  container: MedusaContainer,
  platformId: string,
  options: GetAccessTokenOptions = {}
): Promise<SecretString> => {
  const row = await socialsModule(container).readTokenRow(platformId)
  const provider = await getProvider(container, row.provider)
  const apiConfig = row.api_config as ApiConfig
  if (hasFixedToken(provider.description, row.auth_type)) {
    refuseLostAccess(row)
    const token = await decryptAccessToken(apiConfig, container, row.id)
    await renewAfterUse(container, row, "access_token")
    return token
  }

  const wanted: WantedToken = {
    minTtlSeconds:
      options.minTtlSeconds ??
      (await bufferSeconds(container, provider, row.auth_type)),
    forced: options.forceRefresh ?? false,
    ignoresFailures: options.ignoreEarlierFailures ?? false,
    // "Another one than now" is what a refusal asks for too, so that of many
    // callers who want a new token each takes the one that came meanwhile.
    rejected: options.forceRefresh
      ? await openCredential(apiConfig, "access_token", container, row.id)
      : options.rejected,
    needsNoConsent: needsNoConsent(provider.description, row.auth_type),
    getsFirstToken: getsFirstToken(provider.description, row.auth_type),
  }
  return (
    (await usableToken(container, row, wanted)) ??
    (await refreshInFlight(container, platformId, wanted))
  )
}
