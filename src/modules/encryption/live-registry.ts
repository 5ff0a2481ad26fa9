import type { Knex } from "@medusajs/framework/mikro-orm/knex"

import type { Keyring } from "./keyring"
import {
  type PolicyFloor,
  readRegistry,
  type RegistrySnapshot,
} from "./registry"

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
  /** The same without waiting, for what only needs to open. */
  latest(): RegistryState
  /** Reads the registry now, after this process has changed it. */
  refresh(): Promise<void>
}

export interface RegistryState {
  keyring: Keyring
  floor: PolicyFloor | null
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
 * @param onError - told when the registry cannot be read or followed; the last
 * known states stay in force
 */
export function createLiveRegistry(
  knex: Knex,
  configured: Keyring,
  snapshot: RegistrySnapshot | null,
  onError: (error: unknown) => void,
  now: () => number = Date.now
): LiveRegistry {
  let state = applySnapshot(configured, snapshot)
  let readAt = now()
  let running: Promise<void> | undefined

  const read = async (): Promise<void> => {
    try {
      state = applySnapshot(configured, await readRegistry(knex))
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
    refresh,
    latest: () => state,
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
