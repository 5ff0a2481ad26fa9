import type { Knex } from "@medusajs/framework/mikro-orm/knex"

import {
  InvalidKeyError,
  KeyNotEverywhereError,
  RegistryUntrustedError,
} from "../errors"
import { strictestFloor } from "../policy"
import type { PolicyFloor } from "../types"
import { recordAudit } from "./audit"
import type { WrappedKey } from "./key-source"
import type { Keyring, KeyState } from "./keyring"
import { describeProcess, listLiveProcesses } from "./processes"
import { signRegistry, verifyRegistry } from "./registry-signature"

/** A row of the key registry. */
export type RegisteredKey = {
  version: number
  kid: string
  state: KeyState
  /** Values sealed with it so far by all processes, and what running ones have reserved. */
  encrypt_count: number
  created_at: Date
  promoted_at: Date | null
  retired_at: Date | null
  /** Age and time since the promotion by the database's clock, in ms. */
  age_ms: number
  promoted_ms_ago: number | null
  /** Of a key that the plugin had made; its key management service unwraps it. */
  wrapped: string | null
  kek_id: string | null
}

export type RegistrySnapshot = {
  keys: RegisteredKey[]
  /** Null until one was set: then the configuration alone decides. */
  floor: PolicyFloor | null
  /** Null when its row is gone. */
  signature: {
    revision: number
    mac: string | null
    mac_key_version: number | null
  } | null
}

/** The registry as one process sees it. */
export type RegistryReport = {
  /** `configured`: whether this process has the key. */
  keys: (RegisteredKey & { configured: boolean })[]
  floor: PolicyFloor | null
}

/**
 * Time after a promotion in which another process may still seal with the key
 * before, in ms: none acts on a registry that it read longer ago.
 */
export const SETTLING_MS = 60_000

/** Serialises processes that change the registry at the same moment; any fixed number does. */
const CHANGE_LOCK = 4_271_930_115

const UNDEFINED_TABLE = "42P01"

const SIGNATURE = `
  (SELECT row_to_json(registry) FROM (
     SELECT "revision", "mac", "mac_key_version"
     FROM "encryption_registry") registry)`

// One statement, so that it is one moment: rows and signature fit together.
const readStatement = (signature: string) => `
  SELECT
    (SELECT coalesce(json_agg(key ORDER BY key."version"), '[]') FROM (
       SELECT *,
         extract(epoch FROM clock_timestamp() - "created_at") * 1000 AS age_ms,
         extract(epoch FROM clock_timestamp() - "promoted_at") * 1000 AS promoted_ms_ago
       FROM "encryption_key") key) AS keys,
    (SELECT row_to_json(floor) FROM (
       SELECT "reading", "minimum_envelope_format"
       FROM "encryption_policy_floor") floor) AS floor,
    ${signature} AS signature`

const date = (text: unknown): Date | null =>
  text ? new Date(text as string) : null

/** @returns whether the registry can be signed; not before `medusa db:migrate` */
export async function isMigrated(knex: Knex): Promise<boolean> {
  const { rows } = await knex.raw(
    `SELECT to_regclass('encryption_registry') IS NOT NULL AS is_there`
  )
  return rows[0].is_there
}

/**
 * Reads the registry.
 *
 * @returns null when its tables do not exist yet, as during `medusa db:migrate`
 */
export async function readRegistry(
  knex: Knex
): Promise<RegistrySnapshot | null> {
  return (
    (await readWith(knex, SIGNATURE)) ??
    // As an earlier release left it, before its migration.
    (knex.isTransaction ? null : await readWith(knex, "NULL"))
  )
}

async function readWith(
  knex: Knex,
  signatureColumn: string
): Promise<RegistrySnapshot | null> {
  try {
    const { rows } = await knex.raw(readStatement(signatureColumn))
    const { keys, floor, signature } = rows[0]
    return {
      keys: (keys as Record<string, unknown>[]).map(
        (key) =>
          ({
            ...key,
            encrypt_count: Number(key.encrypt_count),
            created_at: date(key.created_at),
            promoted_at: date(key.promoted_at),
            retired_at: date(key.retired_at),
          }) as RegisteredKey
      ),
      floor: floor ?? null,
      signature: signature && {
        ...signature,
        revision: Number(signature.revision),
      },
    }
  } catch (error) {
    if ((error as { code?: unknown }).code === UNDEFINED_TABLE) {
      return null
    }
    throw error
  }
}

/**
 * Runs one change at a time, whichever process it comes from.
 *
 * @param change - is given the registry as it stands; null before its migration
 */
export function withRegistryLock<T>(
  knex: Knex,
  change: (
    trx: Knex.Transaction,
    snapshot: RegistrySnapshot | null
  ) => Promise<T>
): Promise<T> {
  return knex.transaction(async (trx) => {
    await trx.raw("select pg_advisory_xact_lock(?)", [CHANGE_LOCK])
    return change(trx, await readRegistry(trx))
  })
}

/** Changes a registry that this plugin has written, and signs it anew. */
function changeRegistry<T>(
  knex: Knex,
  keyring: Keyring,
  change: (trx: Knex.Transaction, snapshot: RegistrySnapshot) => Promise<T>
): Promise<T> {
  return withRegistryLock(knex, async (trx, snapshot) => {
    if (!snapshot || verifyRegistry(keyring, snapshot) !== "valid") {
      throw new RegistryUntrustedError(
        "The key registry is not changed: this process cannot confirm its signature. Look at the doctor (GET /admin/encryption/doctor) and the log."
      )
    }
    const result = await change(trx, snapshot)
    await storeSignature(trx, keyring)
    return result
  })
}

/**
 * Signs the registry as the transaction has left it.
 *
 * @throws UnknownKeyVersionError when this process does not have the active key
 */
export async function storeSignature(
  trx: Knex.Transaction,
  keyring: Keyring
): Promise<void> {
  const snapshot = await readRegistry(trx)
  const active = snapshot?.keys.find(({ state }) => state === "active")
  if (!snapshot || !active) {
    return
  }
  const revision = (snapshot.signature?.revision ?? 0) + 1
  const signature = {
    revision,
    mac: signRegistry(keyring.get(active.version), snapshot, revision),
    mac_key_version: active.version,
    signed_at: trx.fn.now(),
  }
  await trx("encryption_registry")
    .insert({ id: 1, ...signature })
    .onConflict("id")
    .merge()
}

/** Writes which key is the active one; the caller signs. */
export async function activateKey(
  trx: Knex.Transaction,
  version: number
): Promise<void> {
  // The order matters: the database allows one active key at any time.
  await trx("encryption_key")
    .where({ state: "active" })
    .whereNot({ version })
    .update({ state: "decrypt_only" })
  await trx("encryption_key")
    .where({ version })
    .update({ state: "active", promoted_at: trx.fn.now() })
}

/**
 * @param selfId - this process, which has the key whatever its last heartbeat said
 * @throws KeyNotEverywhereError when a running process lacks the key
 */
export async function assertEverywhere(
  trx: Knex,
  { version, kid }: Pick<RegisteredKey, "version" | "kid">,
  selfId: string
): Promise<void> {
  const processes = await listLiveProcesses(trx)
  const without = processes.filter(
    ({ id, keys }) => id !== selfId && !keys.some((key) => key.kid === kid)
  )
  if (without.length) {
    throw new KeyNotEverywhereError(
      `Key version ${version} is missing in ${without.length === 1 ? "a running process" : `${without.length} running processes`}: ${without.map(describeProcess).join("; ")}. Configure it there (ENCRYPTION_KEY_V${version}) and restart, or wait until a process that has ended is forgotten (90 s; 20 s for a script).`,
      { keyVersion: version }
    )
  }
}

/**
 * Makes a configured key the one that seals.
 *
 * @throws InvalidKeyError when it is not registered, or retired
 * @throws KeyNotEverywhereError, RegistryUntrustedError
 */
export async function promoteKey(
  knex: Knex,
  keyring: Keyring,
  version: number,
  { actor_id, selfId }: { actor_id: string | null; selfId: string }
): Promise<void> {
  await changeRegistry(knex, keyring, async (trx, { keys }) => {
    const key = keys.find((candidate) => candidate.version === version)
    if (!key || key.state === "retired") {
      throw new InvalidKeyError(
        key
          ? `Key version ${version} is retired and cannot seal again. Add a new key under a new version.`
          : `Key version ${version} is not registered. Configure it as ENCRYPTION_KEY_V${version} and restart first.`,
        { keyVersion: version }
      )
    }
    await assertEverywhere(trx, key, selfId)
    const before = keys.find(({ state }) => state === "active")?.version ?? null
    if (before === version) {
      return
    }
    await activateKey(trx, version)
    await recordAudit(trx, {
      type: "key_promoted",
      actor_id,
      details: { key_version: version, before },
    })
  })
}

/**
 * Retires a key that is no longer the active one. The caller has made sure that
 * no row needs it.
 *
 * @returns false when it is not `decrypt_only`, or the promotion of its successor is too recent
 * @throws KeyNotEverywhereError when a running process lacks the active key
 * @throws RegistryUntrustedError
 */
export async function retireKey(
  knex: Knex,
  keyring: Keyring,
  version: number,
  { actor_id, selfId }: { actor_id: string | null; selfId: string }
): Promise<boolean> {
  return changeRegistry(knex, keyring, async (trx, { keys }) => {
    const active = keys.find(({ state }) => state === "active")
    if (!active || (active.promoted_ms_ago ?? 0) < SETTLING_MS) {
      return false
    }
    await assertEverywhere(trx, active, selfId)
    const count = await trx("encryption_key")
      .where({ version, state: "decrypt_only" })
      .update({ state: "retired", retired_at: trx.fn.now() })
    if (count > 0) {
      await recordAudit(trx, {
        type: "key_retired",
        actor_id,
        details: { key_version: version },
      })
    }
    return count > 0
  })
}

/**
 * Raises the policy floor. It never goes down: an attacker who can change an
 * environment file, or an old one that comes back, must not reopen plaintext.
 */
export async function raiseFloor(
  knex: Knex,
  keyring: Keyring,
  floor: PolicyFloor,
  actor_id: string | null
): Promise<void> {
  await changeRegistry(knex, keyring, async (trx, snapshot) => {
    const raised = strictestFloor(snapshot.floor, floor)
    await trx("encryption_policy_floor")
      .insert({ id: 1, ...raised, updated_at: trx.fn.now() })
      .onConflict("id")
      .merge()
    await recordAudit(trx, {
      type: "floor_raised",
      actor_id,
      details: { ...raised },
    })
  })
}

/** Registers a key that a key management service has made; it waits for its promotion. */
export async function addWrappedKey(
  knex: Knex,
  keyring: Keyring,
  key: WrappedKey & { kid: string },
  actor_id: string | null
): Promise<void> {
  await changeRegistry(knex, keyring, async (trx) => {
    const { version, kid, wrapped, kek_id } = key
    await trx("encryption_key").insert({
      version,
      kid,
      state: "pending",
      wrapped,
      kek_id,
    })
    await recordAudit(trx, {
      type: "key_made",
      actor_id,
      details: { key_version: version, kid, kek_id },
    })
  })
}

/**
 * Adds to the count of what a key has sealed.
 *
 * @returns the count then; undefined when the key is not registered
 */
export async function addEncryptCount(
  knex: Knex,
  version: number,
  count: number
): Promise<number | undefined> {
  const { rows } = await knex.raw(
    `UPDATE "encryption_key" SET "encrypt_count" = "encrypt_count" + ?
     WHERE "version" = ? RETURNING "encrypt_count"`,
    [count, version]
  )
  return rows[0] && Number(rows[0].encrypt_count)
}
