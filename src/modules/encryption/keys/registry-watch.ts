import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { performance } from "node:perf_hooks"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"

import { EncryptionError, RegistryUnreadableError } from "../errors"
import type { PolicyFloor } from "../types"
import {
  type AuditEntry,
  type AuditEvent,
  listAudit,
  recordAudit,
} from "./audit"
import type { KeySource } from "./key-source"
import { createKeyring, type Keyring } from "./keyring"
import { createNonceBudget, RESERVATION } from "./nonce-budget"
import {
  beat,
  FIRST_HEARTBEATS_MS,
  HEARTBEAT_MS,
  leave,
  listLiveProcesses,
  type LiveProcess,
  type ProcessReport,
  YOUNG_MS,
} from "./processes"
import {
  addEncryptCount,
  addWrappedKey,
  promoteKey,
  raiseFloor,
  readRegistry,
  type RegistrySnapshot,
  retireKey,
  SETTLING_MS,
} from "./registry"
import { withMadeKeys } from "./registry-start"
import { followRegistry, type RegistryState } from "./registry-state"

/** Age from which the registry is read again in the background, in ms. */
const REFRESH_AFTER_MS = 5_000

/** Age from which a caller waits for the registry, in ms; well below {@link SETTLING_MS}. */
const MAX_AGE_MS = 30_000

/** The key registry as this process follows it. */
export interface RegistryWatch {
  /** Keys, floor, and whether this process may seal; at most 30 s old while the database answers. */
  state(): Promise<RegistryState>
  /**
   * Makes sure that the registry has counted what the key seals next.
   *
   * @param version - of the active key
   */
  reserve(version: number): Promise<void>
  /**
   * Counts a value that the key is about to seal.
   *
   * @throws NonceBudgetExhaustedError
   */
  countSeal(version: number): void
  /** What the registry itself holds; null before its migration. */
  read(): Promise<RegistrySnapshot | null>
  /** See {@link promoteKey}; this process follows at once, others within seconds. */
  promote(version: number, actorId: string | null): Promise<void>
  /** See {@link retireKey}. */
  retire(version: number, actorId: string | null): Promise<boolean>
  /** See {@link raiseFloor}. */
  raiseFloor(floor: PolicyFloor, actorId: string | null): Promise<void>
  /**
   * Has the key source make a new key, under the next free version; it waits for its promotion.
   *
   * @returns its version; null where the source cannot make keys
   * @throws KeySourceError, RegistryUntrustedError
   */
  makeKey(actorId: string | null): Promise<number | null>
  /** The running processes, as their heartbeats tell. */
  processes(): Promise<LiveProcess[]>
  /** Adds to the audit trail. */
  recordAudit(entry: AuditEntry): Promise<void>
  /** Reads the audit trail, the newest entry first. */
  listAudit(page: {
    limit: number
    offset: number
  }): Promise<{ events: AuditEvent[]; count: number }>
  /** Begins the heartbeat that tells other processes which keys this one has. */
  start(): Promise<void>
  /** Ends it, and gives back what was reserved and not used. */
  stop(): Promise<void>
}

export interface RegistryWatchOptions {
  /** This process among the heartbeats. */
  selfId?: string
  source: KeySource
  /** A version that becomes the active one once every running process has it; null for none. */
  named?: number | null
  /**
   * Told when the registry cannot be read or followed, once for each reason; the
   * last known states stay in force.
   */
  onError: (error: Error) => void
  /** Told when a key has sealed so much that a new one is due. */
  onWarning: (message: string) => void
  /** A clock that never goes back, in ms. */
  now?: () => number
}

/**
 * Follows the key registry, so that a promotion in one process reaches all of
 * them without a restart.
 *
 * @param knex - the application's database
 * @param configured - the keys of this process
 * @param snapshot - the registry as it was read at start; null before its migration
 */
export function createRegistryWatch(
  knex: Knex,
  configured: Keyring,
  snapshot: RegistrySnapshot | null,
  {
    selfId = randomUUID(),
    source,
    named = null,
    onError,
    onWarning,
    now = () => performance.now(),
  }: RegistryWatchOptions
): RegistryWatch {
  const budget = createNonceBudget({
    stored: new Map(
      snapshot?.keys.map(({ version, encrypt_count }) => [
        version,
        encrypt_count,
      ])
    ),
    warn: onWarning,
  })
  let state = followRegistry(null, configured, snapshot)
  let triedAt = now()
  let readAt = triedAt
  let running: Promise<void> | undefined
  let reserving: Promise<void> | undefined
  let heartbeat: NodeJS.Timeout | undefined
  let firstHeartbeats: NodeJS.Timeout | undefined
  let lastProblem: string | undefined

  const report = (error: Error | null): void => {
    if (error && error.message !== lastProblem) {
      onError(error)
    }
    lastProblem = error?.message
  }
  const read = async (): Promise<void> => {
    const startedAt = now()
    try {
      const next = await readRegistry(knex)
      const keys = next?.keys ?? []
      let problem: Error | null = null
      const keyring = await withMadeKeys(state.keyring, source, keys).catch(
        (error: Error) => {
          problem = error
          return state.keyring
        }
      )
      state = followRegistry(state, keyring, next)
      readAt = startedAt
      keys.forEach((key) => budget.learn(key.version, key.encrypt_count))
      report(state.refusal ?? problem)
    } catch (error) {
      report(error as Error)
    } finally {
      triedAt = startedAt
      running = undefined
    }
  }
  const refresh = (): Promise<void> => (running ??= read())
  /** A read that began after now: one that is under way may have begun before a write. */
  const readAnew = async (): Promise<void> => {
    await running
    await refresh()
  }
  const stateNow = (): RegistryState => {
    const age = now() - readAt
    return age > SETTLING_MS && snapshot
      ? {
          ...state,
          refusal: new RegistryUnreadableError(Math.round(age / 1000)),
        }
      : state
  }

  const reserve = (version: number): Promise<void> => {
    reserving ??= (async () => {
      const wanted = RESERVATION + Math.max(0, -budget.left(version))
      const stored = await addEncryptCount(knex, version, wanted)
      budget.reserve(version, wanted, stored ?? 0)
    })().finally(() => {
      reserving = undefined
    })
    return reserving
  }

  const promoteNamed = async (): Promise<void> => {
    const key = state.snapshot?.keys.find(({ version }) => version === named)
    if (key?.state === "pending" && !key.promoted_at) {
      await promoteKey(knex, state.keyring, key.version, {
        actor_id: null,
        selfId,
      }).then(readAnew, (error: unknown) => {
        // Some process does not have it yet.
        if (!(error instanceof EncryptionError)) {
          throw error
        }
      })
    }
  }
  const self = (): ProcessReport => ({
    id: selfId,
    host: hostname(),
    pid: process.pid,
    keys: state.keyring.keys.map(({ version, kid }) => ({ version, kid })),
    refusal: stateNow().refusal?.code ?? null,
  })
  const beatOnce = async (): Promise<void> => {
    if (state.snapshot) {
      await beat(knex, self())
    }
  }
  const tick = async (): Promise<void> => {
    await refresh()
    await beatOnce()
    if (state.snapshot) {
      await promoteNamed()
    }
  }
  const stopFirstHeartbeats = (): void => {
    clearInterval(firstHeartbeats)
    firstHeartbeats = undefined
  }
  const startFirstHeartbeats = (): void => {
    firstHeartbeats = setInterval(
      () => void beatOnce().catch(report),
      FIRST_HEARTBEATS_MS
    ).unref()
    setTimeout(stopFirstHeartbeats, YOUNG_MS + FIRST_HEARTBEATS_MS).unref()
  }

  return {
    countSeal(version) {
      budget.count(version)
      if (snapshot && budget.left(version) < RESERVATION / 2) {
        reserve(version).catch(report)
      }
    },
    async reserve(version) {
      if (snapshot && budget.left(version) <= 0) {
        await reserve(version)
      }
    },
    read: () => readRegistry(knex),
    async promote(version, actor_id) {
      // A version that this process cannot seal with must not become the one that seals.
      state.keyring.get(version)
      await promoteKey(knex, state.keyring, version, { actor_id, selfId })
      await readAnew()
    },
    async retire(version, actor_id) {
      const options = { actor_id, selfId }
      const retired = await retireKey(knex, state.keyring, version, options)
      await readAnew()
      return retired
    },
    async raiseFloor(floor, actor_id) {
      await raiseFloor(knex, state.keyring, floor, actor_id)
      await readAnew()
    },
    async makeKey(actor_id) {
      const versions = (await readRegistry(knex))?.keys.map(
        (key) => key.version
      )
      if (!source.make || !source.unwrap || !versions) {
        return null
      }
      const version = Math.max(...versions) + 1
      const made = await source.make(version)
      const secret = await source.unwrap(made)
      const [{ kid }] = createKeyring([
        { version, state: "active", secret },
      ]).keys
      await addWrappedKey(knex, state.keyring, { ...made, kid }, actor_id)
      await readAnew()
      await beat(knex, self())
      return version
    },
    processes: () => listLiveProcesses(knex),
    recordAudit: (entry) => recordAudit(knex, entry),
    listAudit: (page) => listAudit(knex, page),
    async state() {
      const age = now() - triedAt
      if (age > MAX_AGE_MS || now() - readAt > MAX_AGE_MS) {
        await refresh()
      } else if (age > REFRESH_AFTER_MS) {
        void refresh()
      }
      return stateNow()
    },
    async start() {
      await tick().catch(report)
      if (!heartbeat) {
        heartbeat = setInterval(
          () => void tick().catch(report),
          HEARTBEAT_MS
        ).unref()
        startFirstHeartbeats()
      }
    },
    async stop() {
      clearInterval(heartbeat)
      heartbeat = undefined
      stopFirstHeartbeats()
      await reserving
      for (const [version, count] of budget.release()) {
        await addEncryptCount(knex, version, -count)
      }
      if (snapshot) {
        await leave(knex, selfId)
      }
    },
  }
}
