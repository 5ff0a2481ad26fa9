import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { ServiceError } from "../../errors/service-error"
import { isEnding, isOver } from "../state/freshness"
import type { TokenState } from "../../modules/socials/sql/platforms"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import { openCredential } from "../../modules/socials/utils/token-helpers"
import type { SecretString } from "../../secrets/secret-string"
import { reEncryptAfterUse } from "../key-operations/re-encrypt-after-use"

/** What a caller takes for a good token. */
export interface WantedToken {
  /** In s. */
  minTtlSeconds: number
  /** The token that the service has just refused, or that has to be replaced. */
  rejected?: SecretString
  /** Whether to refresh whatever the stored token's worth: see `forceRefresh`. */
  forced: boolean
  /** Whether to ask the service whatever has failed before: see `ignoreEarlierFailures`. */
  ignoresFailures: boolean
  /** Whether the application alone gets the token: then no loss of it is final. */
  needsNoConsent: boolean
  /** Whether the platform can get a first token by itself. */
  getsFirstToken: boolean
}

/**
 * The stored token, unless it is missing, rejected or close to its end.
 *
 * @throws {ServiceError} when the platform was never connected, or must be again
 */
export const usableToken = async (
  container: MedusaContainer,
  row: TokenState,
  {
    minTtlSeconds,
    rejected,
    needsNoConsent,
    getsFirstToken,
    ignoresFailures,
  }: WantedToken
): Promise<SecretString | undefined> => {
  if (row.token_validity === "false" && (needsNoConsent || ignoresFailures)) {
    return undefined
  }
  refuseLostAccess(row)
  const token = await openAccessToken(container, row)
  if (!token && !getsFirstToken) {
    // Not `token_invalid`: what was never connected has not lost its access.
    throw new ServiceError(
      "config_error",
      `"${row.name}" is not connected. Connect it first.`,
      { code: "not_connected" }
    )
  }
  if (!token || rejected?.equals(token) || isEnding(row, minTtlSeconds)) {
    return undefined
  }
  await reEncryptAfterUse(container, row, "access_token")
  const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  logger.info("[Resolve Provider Tokens] ✓ Using encrypted access token")
  return token
}

/**
 * The stored token to its very end: what a caller gets when there is no better
 * one to be had at the moment.
 */
export const livingToken = async (
  container: MedusaContainer,
  row: TokenState,
  { rejected }: Pick<WantedToken, "rejected">
): Promise<SecretString | undefined> => {
  if (row.token_validity === "false" || isOver(row)) {
    return undefined
  }
  const token = await openAccessToken(container, row)
  return token && rejected?.equals(token) ? undefined : token
}

/** @throws {ServiceError} `token_invalid` when the service has ended the access */
export const refuseLostAccess = (row: TokenState): void => {
  if (row.token_validity === "false") {
    throw new ServiceError(
      "token_invalid",
      `"${row.name}" has lost its access and must be connected again.`,
      { code: "reauthorization_required" }
    )
  }
}

/** A platform's access token as it is stored. */
export const openAccessToken = (
  container: MedusaContainer,
  row: Pick<TokenState, "id" | "tenant_id" | "api_config">
): Promise<SecretString | undefined> =>
  openCredential(row.api_config as ApiConfig, "access_token", container, row)

/** From so many failures in a row on, callers no longer try for themselves. */
const FAILURES_BEFORE_BACKOFF = 3

/**
 * Whether a service is left alone that keeps failing: the job tries again at the
 * planned time, and until then thousands of callers get the response at once.
 */
export const isBackingOff = (
  { next_refresh_at, consecutive_failures }: TokenState,
  { forced, ignoresFailures }: WantedToken
): boolean =>
  !forced &&
  !ignoresFailures &&
  consecutive_failures >= FAILURES_BEFORE_BACKOFF &&
  next_refresh_at !== null &&
  next_refresh_at.getTime() > Date.now()

/** @throws {ServiceError} `transient`, code `backing_off`, see {@link isBackingOff} */
export const refuseWhileBackingOff = (
  row: TokenState,
  wanted: WantedToken
): void => {
  if (isBackingOff(row, wanted)) {
    const retryAt = row.next_refresh_at ?? undefined
    throw new ServiceError(
      "transient",
      `The token of "${row.name}" could not be refreshed ${row.consecutive_failures} times in a row. It is tried again at ${retryAt?.toISOString()}.`,
      { code: "backing_off", retryAt }
    )
  }
}
