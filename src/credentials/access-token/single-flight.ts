import type { ILockingModule, MedusaContainer } from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import { isServiceError, ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/service"
import type { SecretString } from "../../secrets/secret-string"
import { socialsModule } from "../modules"
import { getProvider } from "../providers"
import { refreshPlatformToken } from "./refresh"
import { canRefresh, hasRefreshToken } from "./strategy"
import { createTurnstile, type Turnstile } from "./semaphore"
import { livingToken, usableToken, type WantedToken } from "./usable-token"

/** How long a caller waits for another process's refresh, in s. */
const LOCK_TIMEOUT_SECONDS = 30

/**
 * Lease of a lock, in s, with providers whose locks expire. Medusa renews it
 * while the work goes on; after a crash others wait no longer than this.
 */
const LOCK_LEASE_SECONDS = 20

/**
 * Refreshes of one process at a time. With some lock providers each holds a
 * connection of the database's pool while it waits and works, and needs
 * another one to do its work: more of them than half a pool could wait for
 * each other for ever.
 */
const MAX_AT_LOCK = 4

/** From so many failures in a row on, callers no longer try for themselves. */
const FAILURES_BEFORE_BACKOFF = 3

interface Flights {
  byPlatform: Map<string, Promise<SecretString>>
  turnstile: Turnstile
}

/** Refreshes under way in this process, by application. */
const flights = new WeakMap<object, Flights>()

/**
 * Refreshes a platform's token, or waits for whoever is at it: all callers of
 * this process for one refresh, and this process for others under the lock.
 *
 * @throws {ServiceError} why no token could be had
 */
export const refreshInFlight = async (
  container: MedusaContainer,
  platformId: string,
  wanted: WantedToken
): Promise<SecretString> => {
  const key = socialsModule(container)
  const current = flights.get(key) ?? {
    byPlatform: new Map(),
    turnstile: createTurnstile(MAX_AT_LOCK),
  }
  flights.set(key, current)

  const other = current.byPlatform.get(platformId)
  if (other) {
    const token = await other
    return wanted.rejected?.equals(token)
      ? refreshInFlight(container, platformId, wanted)
      : token
  }
  const flight = current.turnstile
    .run(() => refreshUnderLock(container, platformId, wanted))
    .finally(() => current.byPlatform.delete(platformId))
  current.byPlatform.set(platformId, flight)
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
      { timeout: LOCK_TIMEOUT_SECONDS, expire: LOCK_LEASE_SECONDS }
    )
  } catch (error) {
    if (!isLockTimeout(error)) {
      throw error
    }
    // Waiting too long says nothing about the token, and may have been worth it.
    const row =
      await socialsModule(container).retrieveSocialPlatform(platformId)
    const token =
      (await usableToken(container, row, wanted)) ??
      (await livingToken(container, row, wanted))
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
  const read = () => socialsModule(container).retrieveSocialPlatform(platformId)
  const row = await read()
  const usable = await usableToken(container, row, wanted)
  if (usable) {
    return usable
  }
  const provider = await getProvider(container, row.provider)
  // What cannot be refreshed is used to its very end.
  const rest = canRefresh(provider.description, row)
    ? undefined
    : await livingToken(container, row, wanted)
  if (rest) {
    return rest
  }

  try {
    refuseWhileBackingOff(row, wanted)
    return await refreshPlatformToken(container, provider, row, signal)
  } catch (error) {
    const current = await read()
    if (isOvertaken(error, row, current)) {
      // The write of a process that died can arrive after its lock was free:
      // then it is its refresh token, now used up, that was refused.
      return await refreshPlatformToken(container, provider, current, signal)
    }
    const survivor = isServiceError(error)
      ? await livingToken(container, current, wanted)
      : undefined
    if (survivor) {
      return survivor
    }
    throw error
  }
}

const isOvertaken = (
  error: unknown,
  before: SocialPlatformRow,
  now: SocialPlatformRow
): boolean =>
  isServiceError(error) &&
  error.errorClass === "token_invalid" &&
  now.credentials_version !== before.credentials_version &&
  now.token_validity !== "false" &&
  hasRefreshToken(now)

/**
 * Leaves a service alone that keeps failing: the job tries again at the planned
 * time, and until then thousands of callers get the answer at once.
 */
const refuseWhileBackingOff = (
  row: SocialPlatformRow,
  { forced, ignoresFailures }: WantedToken
): void => {
  const retryAt = row.next_refresh_at
  if (
    forced ||
    ignoresFailures ||
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
