import type {
  ILockingModule,
  Logger,
  MedusaContainer,
} from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { isServiceError, ServiceError } from "../errors/service-error"
import type { SocialPlatformRow } from "../modules/socials/service"
import type { ApiConfig } from "../modules/socials/utils/api-config"
import {
  decryptAccessToken,
  openCredential,
} from "../modules/socials/utils/token-helpers"
import type { SecretString } from "../secrets/secret-string"
import { renewAfterUse } from "./lazy-renewal"
import { socialsModule } from "./modules"
import { getProvider } from "./providers"
import { refreshPlatformToken } from "./refresh"

/** How long before its expiry a token is refreshed, in s. */
const DEFAULT_MIN_TTL_SECONDS = 600

/** How long a caller waits for another one's refresh, in s. */
const LOCK_TIMEOUT_SECONDS = 30

export interface GetAccessTokenOptions {
  /**
   * Refresh first if the token lives for less than this, in s. A token whose
   * whole life is short is refreshed once half of it is over.
   *
   * @default 600
   */
  minTtlSeconds?: number
  /** The token that the service has just refused: get another one. */
  rejected?: SecretString
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
 */
export const getAccessToken = async (
  container: MedusaContainer,
  platformId: string,
  options: GetAccessTokenOptions = {}
): Promise<SecretString> => {
  const row = await socialsModule(container).retrieveSocialPlatform(platformId)
  if (row.auth_type !== "oauth2") {
    const token = await decryptAccessToken(
      row.api_config as ApiConfig,
      container,
      row.id
    )
    await renewAfterUse(container, row, "access_token")
    return token
  }

  const usable = await usableToken(container, row, options)
  if (usable) {
    return usable
  }
  return refreshUnderLock(container, platformId, options)
}

/** The stored token, unless it is missing, rejected or close to its end. */
const usableToken = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  { minTtlSeconds = DEFAULT_MIN_TTL_SECONDS, rejected }: GetAccessTokenOptions
): Promise<SecretString | undefined> => {
  if (row.token_validity === "false") {
    throw reauthorizationRequired(row)
  }
  const token = await openCredential(
    row.api_config as ApiConfig,
    "access_token",
    container,
    row.id
  )
  if (!token) {
    // Not `token_invalid`: what was never connected has not lost its access.
    throw new ServiceError(
      "config_error",
      `"${row.name}" is not connected. Connect it first.`,
      { code: "not_connected" }
    )
  }
  if (rejected?.equals(token) || isEnding(row, minTtlSeconds)) {
    return undefined
  }
  await renewAfterUse(container, row, "access_token")
  log(container).info("[Resolve Provider Tokens] ✓ Using encrypted access token")
  return token
}

const isEnding = (row: SocialPlatformRow, minTtlSeconds: number): boolean => {
  if (!row.token_expires_at) {
    return false
  }
  const issuedAt = row.last_refreshed_at ?? row.connected_at
  const lifetime = issuedAt
    ? row.token_expires_at.getTime() - issuedAt.getTime()
    : Infinity
  const buffer = Math.min(minTtlSeconds * 1000, lifetime / 2)
  return row.token_expires_at.getTime() - Date.now() <= buffer
}

const refreshUnderLock = async (
  container: MedusaContainer,
  platformId: string,
  options: GetAccessTokenOptions
): Promise<SecretString> => {
  const locking: ILockingModule = container.resolve(Modules.LOCKING)

  return locking.execute(
    `social-platform:${platformId}:token`,
    async (signal?: AbortSignal) => {
      // Whoever held the lock before may have done the work: look again.
      const row =
        await socialsModule(container).retrieveSocialPlatform(platformId)
      const usable = await usableToken(container, row, options)
      if (usable) {
        return usable
      }
      const provider = await getProvider(container, row.provider)
      try {
        return await refreshPlatformToken(container, provider, row, signal)
      } catch (error) {
        const survivor = await survivingToken(
          container,
          platformId,
          options,
          error
        )
        if (survivor) {
          return survivor
        }
        throw error
      }
    },
    { timeout: LOCK_TIMEOUT_SECONDS }
  )
}

/**
 * A token that is still valid outlives a refresh that failed for a passing
 * reason. The row is read again: somebody may have connected it meanwhile.
 */
const survivingToken = async (
  container: MedusaContainer,
  platformId: string,
  { rejected }: GetAccessTokenOptions,
  error: unknown
): Promise<SecretString | undefined> => {
  if (!isServiceError(error) || error.errorClass === "token_invalid") {
    return undefined
  }
  const row = await socialsModule(container).retrieveSocialPlatform(platformId)
  if (row.token_expires_at && row.token_expires_at.getTime() <= Date.now()) {
    return undefined
  }
  const token = await openCredential(
    row.api_config as ApiConfig,
    "access_token",
    container,
    row.id
  )
  return token && rejected?.equals(token) ? undefined : token
}

const reauthorizationRequired = (row: SocialPlatformRow): ServiceError =>
  new ServiceError(
    "token_invalid",
    `"${row.name}" has lost its access and must be connected again.`,
    { code: "reauthorization_required" }
  )

const log = (container: MedusaContainer): Logger =>
  container.resolve(ContainerRegistrationKeys.LOGGER)
