import type { MedusaContainer } from "@medusajs/framework/types"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import {
  decryptAccessToken,
  openCredential,
} from "../../modules/socials/utils/token-helpers"
import type { TokenRow } from "../../modules/socials/sql/platforms"
import type { SecretString } from "../../secrets/secret-string"
import { reEncryptAfterUse } from "../key-operations/re-encrypt-after-use"
import { applicationOf, socialsModule } from "../modules"
import { getProvider } from "../providers"
import { createSharedReads } from "./shared-read"
import { refreshBehind, refreshInFlight } from "./single-flight"
import {
  canRefresh,
  getsFirstToken,
  hasFixedToken,
  needsNoConsent,
} from "./strategy"
import { bufferSeconds } from "../state/tokens"
import {
  isBackingOff,
  livingToken,
  refuseLostAccess,
  usableToken,
  type WantedToken,
} from "./usable-token"

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
 * A token that lives for this much longer, in ms, is handed out although its
 * refresh is due: time enough for what the caller does with it.
 */
const ENOUGH_TO_USE_MS = 30_000

/** Rows of platforms whose token is asked for, by application. */
const sharedReads = new WeakMap<
  object,
  ReturnType<typeof createSharedReads<TokenRow>>
>()

const readTokenRow = (
  container: MedusaContainer,
  platformId: string
): Promise<TokenRow> => {
  const socials = socialsModule(container)
  const application = applicationOf(container)
  const reads = sharedReads.get(application) ?? createSharedReads<TokenRow>()
  sharedReads.set(application, reads)
  return reads(platformId, () => socials.readTokenRow(platformId))
}

/**
 * The one way to an access token: a fresh one. A token that ends soon is handed
 * out as long as it lives, and refreshed meanwhile; the caller waits where it
 * has ended, was refused, or lives for less than asked for. One refresh at a
 * time runs for a platform, across all processes.
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
  const row = await readTokenRow(container, platformId)
  const provider = await getProvider(container, row.provider)
  const { description } = provider
  const apiConfig = row.api_config as ApiConfig
  if (hasFixedToken(description, row.auth_type)) {
    refuseLostAccess(row)
    const token = await decryptAccessToken(apiConfig, container, row.id)
    await reEncryptAfterUse(container, row, "access_token")
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
      ? await openCredential(apiConfig, "access_token", container, row)
      : options.rejected,
    needsNoConsent: needsNoConsent(description, row.auth_type),
    getsFirstToken: getsFirstToken(description, row.auth_type),
  }
  const usable = await usableToken(container, row, wanted)
  if (usable) {
    return usable
  }
  if (options.minTtlSeconds === undefined && livesOn(row)) {
    const living = await livingToken(container, row, wanted)
    if (living) {
      if (canRefresh(description, row) && !isBackingOff(row, wanted)) {
        refreshBehind(container, row, wanted)
      }
      return living
    }
  }
  return refreshInFlight(container, row, wanted)
}

const livesOn = ({ token_expires_at }: TokenRow): boolean =>
  token_expires_at !== null &&
  token_expires_at.getTime() - Date.now() >= ENOUGH_TO_USE_MS
