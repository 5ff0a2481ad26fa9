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
import { needsNoConsent, refreshOf } from "./refresh-strategy"
import { bufferSeconds } from "./tokens"

/** How long a caller waits for another one's refresh, in s. */
const LOCK_TIMEOUT_SECONDS = 30

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
  const provider = await getProvider(container, row.provider)
  const { strategy } = refreshOf(provider.description, row.auth_type)
  if (row.auth_type !== "oauth2" && strategy === "none") {
    const token = await decryptAccessToken(
      row.api_config as ApiConfig,
      container,
      row.id
    )
    await renewAfterUse(container, row, "access_token")
    return token
  }

  const wanted: WantedToken = {
    minTtlSeconds:
      options.minTtlSeconds ??
      (await bufferSeconds(container, provider, row.auth_type)),
    // "Another one than now" is what a refusal asks for too, so that of many
    // callers who want a new token each takes the one that came meanwhile.
    rejected: options.forceRefresh
      ? await openCredential(
          row.api_config as ApiConfig,
          "access_token",
          container,
          row.id
        )
      : options.rejected,
    needsNoConsent: needsNoConsent(provider.description, row.auth_type),
  }
  return (
    (await usableToken(container, row, wanted)) ??
    (await refreshInFlight(container, platformId, wanted))
  )
}

/** What a caller takes for a good token. */
interface WantedToken {
  minTtlSeconds: number
  rejected?: SecretString
  needsNoConsent: boolean
}

/** The stored token, unless it is missing, rejected or close to its end. */
const usableToken = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  { minTtlSeconds, rejected, needsNoConsent: isOwn }: WantedToken
): Promise<SecretString | undefined> => {
  if (row.token_validity === "false" && !isOwn) {
    throw reauthorizationRequired(row)
  }
  const token = await openCredential(
    row.api_config as ApiConfig,
    "access_token",
    container,
    row.id
  )
  if (!token && isOwn) {
    return undefined
  }
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

/** Refreshes under way in this process, by application and platform. */
const flights = new WeakMap<object, Map<string, Promise<SecretString>>>()

/**
 * Lets all callers of this process wait for one refresh: each waiter at the
 * lock would hold a connection of the database's pool with some lock providers,
 * and the one who has the lock could find none left.
 */
const refreshInFlight = async (
  container: MedusaContainer,
  platformId: string,
  wanted: WantedToken
): Promise<SecretString> => {
  const key = socialsModule(container)
  const running = flights.get(key) ?? new Map<string, Promise<SecretString>>()
  flights.set(key, running)

  const other = running.get(platformId)
  if (other) {
    const token = await other
    if (!wanted.rejected?.equals(token)) {
      return token
    }
    return refreshInFlight(container, platformId, wanted)
  }
  const flight = refreshUnderLock(container, platformId, wanted).finally(() =>
    running.delete(platformId)
  )
  running.set(platformId, flight)
  return flight
}

const refreshUnderLock = async (
  container: MedusaContainer,
  platformId: string,
  wanted: WantedToken
): Promise<SecretString> => {
  const locking: ILockingModule = container.resolve(Modules.LOCKING)
  try {
    return await locking.execute(
      `social-platform:${platformId}:token`,
      (signal?: AbortSignal) =>
        refreshOrTakeOver(container, platformId, wanted, signal),
      { timeout: LOCK_TIMEOUT_SECONDS }
    )
  } catch (error) {
    if (!isLockTimeout(error)) {
      throw error
    }
    // Waiting too long says nothing about the token, and may have been worth it.
    const row = await socialsModule(container).retrieveSocialPlatform(platformId)
    const token = await usableToken(container, row, wanted)
    if (!token) {
      throw new ServiceError(
        "transient",
        `Another process is still refreshing the token of "${row.name}". Try again.`,
        { code: "lock_timeout" }
      )
    }
    return token
  }
}

/** All lock providers of Medusa's name it so, with errors of no class of their own. */
const isLockTimeout = (error: unknown): boolean =>
  !isServiceError(error) &&
  error instanceof Error &&
  /timed-?\s?out acquiring lock/i.test(error.message)

/** Under the lock: whoever held it before may have done the work, so look again. */
const refreshOrTakeOver = async (
  container: MedusaContainer,
  platformId: string,
  wanted: WantedToken,
  signal: AbortSignal | undefined
): Promise<SecretString> => {
  const row = await socialsModule(container).retrieveSocialPlatform(platformId)
  const usable = await usableToken(container, row, wanted)
  if (usable) {
    return usable
  }
  const provider = await getProvider(container, row.provider)
  try {
    refuseWhileBackingOff(row, wanted)
    return await refreshPlatformToken(container, provider, row, signal)
  } catch (error) {
    const survivor = await survivingToken(container, platformId, wanted, error)
    if (survivor) {
      return survivor
    }
    throw error
  }
}

/** From so many failures in a row on, callers no longer try for themselves. */
const FAILURES_BEFORE_BACKOFF = 3

/**
 * Leaves a service alone that keeps failing: the job tries again at the planned
 * time, and until then thousands of callers get the answer at once.
 */
const refuseWhileBackingOff = (
  row: SocialPlatformRow,
  { rejected }: WantedToken
): void => {
  const retryAt = row.next_refresh_at
  if (
    rejected ||
    !retryAt ||
    row.consecutive_failures < FAILURES_BEFORE_BACKOFF ||
    retryAt.getTime() <= Date.now()
  ) {
    return
  }
  throw new ServiceError(
    "transient",
    `The token of "${row.name}" could not be refreshed ${row.consecutive_failures} times in a row. It is tried again at ${retryAt.toISOString()}.`,
    { code: "backing_off", retryAt }
  )
}

/**
 * A token that is still valid outlives a refresh that failed for a passing
 * reason. The row is read again: somebody may have connected it meanwhile.
 */
const survivingToken = async (
  container: MedusaContainer,
  platformId: string,
  { rejected }: WantedToken,
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
