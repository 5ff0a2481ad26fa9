import type { Knex } from "@medusajs/framework/mikro-orm/knex"

import type { Keyring } from "./keyring"
import { createNonceBudget } from "./nonce-budget"
import {
  addEncryptCounts,
  promoteKey,
  raiseFloor,
  readRegistry,
  type RegistrySnapshot,
  retireKey,
} from "./registry"
import type { PolicyFloor } from "../types"

/** Age from which the registry is read again in the background, in ms. */
const REFRESH_AFTER_MS = 5_000

/**
 * Age from which a caller waits for the registry, in ms. Retiring a key waits
 * longer than this after its demotion, so that no process seals with a retired one.
 */
export const MAX_STALENESS_MS = 30_000

/** The keys with their present states, as the registry has them. */
export interface LiveRegistry {
  /** The keyring and floor, at most {@link MAX_STALENESS_MS} old as long as the database answers. */
  current(): Promise<RegistryState>
  /**
   * Counts a value that the key is about to seal.
   *
   * @throws NonceBudgetExhaustedError
   */
  countSeal(version: number): void
  /** Stores what this process has counted; also done at every read of the registry. */
  flushCounts(): Promise<void>
  /** What the registry itself holds; null before its migration. */
  read(): Promise<RegistrySnapshot | null>
  /** See {@link promoteKey}; this process follows at once, others within seconds. */
  promote(version: number): Promise<void>
  /** See {@link retireKey}. */
  retire(version: number): Promise<boolean>
  /** See {@link raiseFloor}. */
  raiseFloor(floor: PolicyFloor): Promise<void>
}

export interface RegistryState {
  keyring: Keyring
  floor: PolicyFloor | null
}

export interface LiveRegistryOptions {
  /**
   * Told when the registry cannot be read or followed; the last known states
   * stay in force.
   */
  onError: (error: unknown) => void
  /** Told when a key has sealed so much that a new one is due. */
  onWarning: (message: string) => void
  /** Current time, in ms since the epoch. */
  now?: () => number
}

/** Brings the configured keys into the states of the registry. */
function applySnapshot(
  configured: Keyring,
  snapshot: RegistrySnapshot | null
): RegistryState {
  if (!snapshot) {
    return { keyring: configured, floor: null }
  }
  const versions = new Set(configured.keys.map(({ version }) => version))
  const states = new Map(
    snapshot.keys
      .filter(({ version }) => versions.has(version))
      .map(({ version, state }) => [version, state] as const)
  )
  return {
    keyring: configured.withStates(states),
    floor: snapshot.floor,
  }
}

/**
 * Follows the key registry, so that a promotion in one process reaches all of
 * them without a restart.
 *
 * @param knex - the application's database
 * @param configured - the keys of this process
 * @param snapshot - the registry as it was read at start; null before its migration
 */
export function createLiveRegistry(
  knex: Knex,
  configured: Keyring,
  snapshot: RegistrySnapshot | null,
  { onError, onWarning, now = Date.now }: LiveRegistryOptions
): LiveRegistry {
  const budget = createNonceBudget({
    stored: new Map(
      snapshot?.keys.map(({ version, encrypt_count }) => [
        version,
        encrypt_count,
      ])
    ),
    warn: onWarning,
  })
  let state = applySnapshot(configured, snapshot)
  let readAt = now()
  let running: Promise<void> | undefined

  const flushCounts = async (): Promise<void> => {
    const counts = budget.drain()
    try {
      await addEncryptCounts(knex, counts)
    } catch (error) {
      budget.restore(counts)
      throw error
    }
  }
  const read = async (): Promise<void> => {
    try {
      const next = await readRegistry(knex)
      state = applySnapshot(configured, next)
      if (next) {
        await flushCounts()
        next.keys.forEach((key) => budget.learn(key.version, key.encrypt_count))
      }
    } catch (error) {
      // An active key that is not configured here: this process goes on with
      // what it has, which every other process can still open.
      onError(error)
    } finally {
      readAt = now()
      running = undefined
    }
  }
  const refresh = (): Promise<void> => (running ??= read())

  return {
    countSeal: (version) => budget.count(version),
    flushCounts,
    read: () => readRegistry(knex),
    async promote(version) {
      // A version that this process cannot seal with must not become the one that seals.
      configured.get(version)
      await promoteKey(knex, version)
      await refresh()
    },
    async retire(version) {
      const retired = await retireKey(knex, version)
      await refresh()
      return retired
    },
    async raiseFloor(floor) {
      await raiseFloor(knex, floor)
      await refresh()
    },
    async current() {
      const age = now() - readAt
      if (age > MAX_STALENESS_MS) {
        await refresh()
      } else if (age > REFRESH_AFTER_MS) {
        void refresh()
      }
      return state
    },
  }
}
