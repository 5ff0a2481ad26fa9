import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import type { MedusaContainer } from "@medusajs/framework/types"
import { isServiceError, ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { TokenRow } from "../../modules/socials/sql/platforms"
import type { SecretString } from "../../secrets/secret-string"
import { withHeartbeat } from "../heartbeat"
import { applicationOf, socialsModule } from "../modules"
import { getProvider } from "../providers"
import { type RefreshedToken, refreshPlatformToken } from "./refresh"
import { createSemaphore, type Semaphore } from "./semaphore"
import { canRefresh, hasRefreshToken } from "./strategy"
import {
  livingToken,
  refuseWhileBackingOff,
  usableToken,
  type WantedToken,
} from "./usable-token"

/** How long a caller waits for a refresh, its own or another process's, in ms. */
const WAIT_MS = 30_000

/** After a crash others wait no longer than this, in s. */
const LEASE_SECONDS = 20

/** How often the holder of a lease shows that it is alive, in ms. */
const BEAT_MS = 6_000

/** Refreshes of one provider at a time, in one process. */
const REFRESHES_AT_ONCE = 5

/** Refreshes of one provider that may wait for their turn. */
const MAX_WAITING = 1_000

/** Time between two looks at a row that another process refreshes, in ms: first, and at most. */
const FIRST_LOOK_MS = 20
const MAX_LOOK_MS = 500
const LOOK_FACTOR = 1.3

type Platform = Pick<SocialPlatformRow, "id" | "provider">

interface Refreshes {
  byPlatform: Map<string, Promise<RefreshedToken>>
  byProvider: Map<string, Semaphore>
}

/** Refreshes under way in this process, by application. */
const underWay = new WeakMap<object, Refreshes>()

const refreshesOf = (container: MedusaContainer): Refreshes => {
  const key = applicationOf(container)
  const known = underWay.get(key) ?? {
    byPlatform: new Map(),
    byProvider: new Map(),
  }
  underWay.set(key, known)
  return known
}

/**
 * Refreshes a platform's token, or waits for whoever is at it: all callers of
 * this process for one refresh, and this process for others.
 *
 * @returns the new token, or else one that still lives, where the caller can do
 * with that
 * @throws {ServiceError} why no token could be had
 */
export const refreshInFlight = async (
  container: MedusaContainer,
  platform: Platform,
  wanted: WantedToken
): Promise<SecretString> => {
  const { byPlatform } = refreshesOf(container)
  const joined = byPlatform.get(platform.id)
  try {
    const { token, replaced } = await withPatience(
      joined ?? begin(container, platform, wanted)
    )
    // It was this caller's before it was refused. A service that repeats what it
    // was to replace is not asked again by each who was refused it.
    return joined && isRejected(wanted, token) && !isRejected(wanted, replaced)
      ? await refreshInFlight(container, platform, wanted)
      : token
  } catch (error) {
    const rest = isServiceError(error)
      ? await livingToken(
          container,
          await readToken(container, platform.id),
          wanted
        )
      : undefined
    if (rest) {
      return rest
    }
    throw error
  }
}

/** Begins a refresh that nobody waits for, unless one is under way. */
export const refreshBehind = (
  container: MedusaContainer,
  platform: Platform,
  wanted: WantedToken
): void => {
  if (!refreshesOf(container).byPlatform.has(platform.id)) {
    // What goes wrong is on the platform, and meets those who have to wait.
    begin(container, platform, wanted).catch(() => undefined)
  }
}

const isRejected = (
  { rejected }: WantedToken,
  token: SecretString | undefined
): boolean => !!token && !!rejected?.equals(token)

const begin = (
  container: MedusaContainer,
  platform: Platform,
  wanted: WantedToken
): Promise<RefreshedToken> => {
  const { byPlatform } = refreshesOf(container)
  const refresh = refreshOrWait(container, platform, wanted).finally(() =>
    byPlatform.delete(platform.id)
  )
  byPlatform.set(platform.id, refresh)
  return refresh
}

/** Waiting too long says nothing about the token: the refresh goes on. */
const withPatience = async <T>(refresh: Promise<T>): Promise<T> => {
  const giveUp = new AbortController()
  const timeout = sleep(WAIT_MS, undefined, {
    signal: giveUp.signal,
    ref: false,
  }).then(() => {
    throw new ServiceError(
      "transient",
      `The token is still being refreshed after ${WAIT_MS / 1000} s. Try again.`,
      { code: "lock_timeout" }
    )
  })
  try {
    return await Promise.race([refresh, timeout])
  } finally {
    timeout.catch(() => undefined)
    giveUp.abort()
  }
}

const refreshOrWait = async (
  container: MedusaContainer,
  { id, provider }: Platform,
  wanted: WantedToken
): Promise<RefreshedToken> => {
  for (;;) {
    const refreshed = await placesOf(container, provider).run(() =>
      underLease(container, id, (row) =>
        refreshOrTakeOver(container, row, wanted)
      )
    )
    if (refreshed) {
      return refreshed
    }
    const token = await waitForOther(container, id, wanted)
    if (token) {
      return { token }
    }
  }
}

const placesOf = (container: MedusaContainer, provider: string): Semaphore => {
  const { byProvider } = refreshesOf(container)
  const places =
    byProvider.get(provider) ??
    createSemaphore(
      REFRESHES_AT_ONCE,
      MAX_WAITING,
      () =>
        new ServiceError(
          "transient",
          `More than ${MAX_WAITING} tokens of "${provider}" wait for their refresh in this process. Try again later.`,
          { code: "too_many_refreshes" }
        )
    )
  byProvider.set(provider, places)
  return places
}

/** @returns undefined when another process refreshes the platform */
const underLease = async <T>(
  container: MedusaContainer,
  platformId: string,
  task: (row: SocialPlatformRow) => Promise<T>
): Promise<T | undefined> => {
  const socials = socialsModule(container)
  const lease = randomUUID()
  const row = await socials.takeRefreshLease(platformId, lease, LEASE_SECONDS)
  if (!row) {
    return undefined
  }
  try {
    return await withHeartbeat(
      BEAT_MS,
      () => socials.keepRefreshLease(platformId, lease, LEASE_SECONDS),
      () => task(row)
    )
  } finally {
    await socials.endRefreshLease(platformId, lease)
  }
}

/** @returns undefined when the other one has given up, or died */
const waitForOther = async (
  container: MedusaContainer,
  platformId: string,
  wanted: WantedToken
): Promise<SecretString | undefined> => {
  for (let pause = FIRST_LOOK_MS; ; pause *= LOOK_FACTOR) {
    await sleep(Math.min(pause, MAX_LOOK_MS))
    const row = await readToken(container, platformId)
    const token = await usableToken(container, row, wanted)
    if (token || !row.is_refreshing) {
      return token
    }
  }
}

const readToken = (
  container: MedusaContainer,
  platformId: string
): Promise<TokenRow> => socialsModule(container).readTokenRow(platformId)

/** With the lease: whoever had it before may have done the work, so look again. */
const refreshOrTakeOver = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  wanted: WantedToken
): Promise<RefreshedToken> => {
  const usable = await usableToken(container, row, wanted)
  if (usable) {
    return { token: usable }
  }
  const provider = await getProvider(container, row.provider)
  // What cannot be refreshed is used to its very end, also where somebody wants
  // another one: only the service's own word ends it before.
  const rest = canRefresh(provider.description, row)
    ? undefined
    : await livingToken(container, row, wanted.forced ? {} : wanted)
  if (rest) {
    return { token: rest }
  }

  refuseWhileBackingOff(row, wanted)
  try {
    return await refreshPlatformToken(container, provider, row)
  } catch (error) {
    const current = await socialsModule(container).retrieveSocialPlatform(
      row.id
    )
    if (isOvertaken(error, row, current)) {
      // The write of a process that was taken for dead can arrive late: then it
      // is its refresh token, now used up, that was refused.
      return await refreshPlatformToken(container, provider, current)
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
