import type { Knex } from "@medusajs/framework/mikro-orm/knex"

import { InvalidKeyError } from "../errors"
import type { Keyring, KeyState } from "./keyring"
import { READING_STRICTNESS } from "../policy"
import type { PolicyFloor } from "../types"

/** A row of the key registry. */
export type RegisteredKey = {
  version: number
  kid: string
  state: KeyState
  /** Values sealed with it so far, by all processes, as of their last flush. */
  encrypt_count: number
  created_at: Date
  promoted_at: Date | null
  retired_at: Date | null
}

export type RegistrySnapshot = {
  keys: RegisteredKey[]
  /** Null until one was set: then the configuration alone decides. */
  floor: PolicyFloor | null
}

/** The registry as one process sees it. */
export type RegistryReport = {
  /** `configured`: whether this process has the key. */
  keys: (RegisteredKey & { configured: boolean })[]
  floor: PolicyFloor | null
}

/** Serialises processes that start at the same moment; any fixed number does. */
const START_LOCK = 4_271_930_115

const UNDEFINED_TABLE = "42P01"

/**
 * Reads the registry.
 *
 * @returns null when its tables do not exist yet, as during `medusa db:migrate`
 */
export async function readRegistry(
  knex: Knex
): Promise<RegistrySnapshot | null> {
  try {
    const keys = await knex("encryption_key").select("*").orderBy("version")
    const [floor] = await knex("encryption_policy_floor").select(
      "reading",
      "minimum_envelope_format"
    )
    return {
      keys: keys.map((key) => ({
        ...key,
        encrypt_count: Number(key.encrypt_count),
      })),
      floor: floor ?? null,
    }
  } catch (error) {
    if ((error as { code?: unknown }).code === UNDEFINED_TABLE) {
      return null
    }
    throw error
  }
}

/**
 * Compares the configured keys with the registry and registers new ones. A
 * primary that was never promoted is promoted; one that was demoted by hand
 * stays what the registry says, so that a restart cannot undo a promotion.
 *
 * @returns the registry as it stands then, or null before its migration
 * @throws InvalidKeyError when a version is configured with other key material
 * than it was registered with, when the active key is missing or the
 * configured primary is retired
 */
export async function reconcileRegistry(
  knex: Knex,
  keyring: Keyring
): Promise<RegistrySnapshot | null> {
  if (!(await readRegistry(knex))) {
    return null
  }
  await knex.transaction(async (trx) => {
    await trx.raw("select pg_advisory_xact_lock(?)", [START_LOCK])
    const registered = new Map<number, RegisteredKey>(
      (await trx("encryption_key").select("*")).map((key) => [key.version, key])
    )
    for (const { version, kid } of keyring.keys) {
      assertSameMaterial(registered.get(version), kid)
    }
    assertNotRetired(registered.get(keyring.primary.version))

    const fresh = keyring.keys.filter(({ version }) => !registered.has(version))
    if (fresh.length) {
      await trx("encryption_key").insert(
        fresh.map(({ version, kid }) => ({ version, kid, state: "pending" }))
      )
    }
    if (!registered.get(keyring.primary.version)?.promoted_at) {
      await promote(trx, keyring.primary.version)
    }
  })
  const snapshot = await readRegistry(knex)
  assertActiveConfigured(snapshot, keyring)
  return snapshot
}

function assertSameMaterial(
  registered: RegisteredKey | undefined,
  kid: string
): void {
  if (!registered || registered.kid === kid) {
    return
  }
  throw new InvalidKeyError(
    `Key version ${registered.version} is configured with other key material than it was registered with. Restore the original key under this version, and give new key material a new version.`,
    { keyVersion: registered.version }
  )
}

function assertNotRetired(registered: RegisteredKey | undefined): void {
  if (registered?.state !== "retired") {
    return
  }
  throw new InvalidKeyError(
    `Key version ${registered.version} is the configured primary, and it is retired. Set ENCRYPTION_KEY and ENCRYPTION_KEY_VERSION to the active version.`,
    { keyVersion: registered.version }
  )
}

function assertActiveConfigured(
  snapshot: RegistrySnapshot | null,
  keyring: Keyring
): void {
  const active = snapshot?.keys.find(({ state }) => state === "active")
  if (
    !active ||
    keyring.keys.some(({ version }) => version === active.version)
  ) {
    return
  }
  throw new InvalidKeyError(
    `Key version ${active.version} is the active one in the key registry, and it is not configured. Set ENCRYPTION_KEY_V${active.version} to that key.`,
    { keyVersion: active.version }
  )
}

async function promote(trx: Knex.Transaction, version: number): Promise<void> {
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
 * Makes a configured key the one that seals.
 *
 * @throws InvalidKeyError when it is not registered, or retired
 */
export async function promoteKey(knex: Knex, version: number): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx.raw("select pg_advisory_xact_lock(?)", [START_LOCK])
    const key: RegisteredKey | undefined = await trx("encryption_key")
      .where({ version })
      .first()
    if (!key || key.state === "retired") {
      throw new InvalidKeyError(
        key
          ? `Key version ${version} is retired and cannot seal again. Add a new key under a new version.`
          : `Key version ${version} is not registered. Configure it as ENCRYPTION_KEY_V${version} and restart first.`,
        { keyVersion: version }
      )
    }
    await promote(trx, version)
  })
}

/**
 * Retires a key that is no longer the active one. The caller has made sure that
 * no row needs it.
 *
 * @returns false when it is active, pending or was retired by now
 */
export async function retireKey(knex: Knex, version: number): Promise<boolean> {
  const count = await knex("encryption_key")
    .where({ version, state: "decrypt_only" })
    .update({ state: "retired", retired_at: knex.fn.now() })
  return count > 0
}

/** Adds what this process has sealed to the registry's counts. */
export async function addEncryptCounts(
  knex: Knex,
  counts: ReadonlyMap<number, number>
): Promise<void> {
  for (const [version, count] of counts) {
    await knex("encryption_key")
      .where({ version })
      .increment("encrypt_count", count)
  }
}

/**
 * Raises the policy floor. It never goes down: an attacker who can change an
 * environment file, or an old one that comes back, must not reopen plaintext.
 */
export async function raiseFloor(
  knex: Knex,
  floor: PolicyFloor
): Promise<void> {
  await knex.raw(
    `INSERT INTO "encryption_policy_floor" ("id", "reading", "minimum_envelope_format")
     VALUES (1, ?, ?)
     ON CONFLICT ("id") DO UPDATE SET
       "reading" = CASE
         WHEN array_position(?::text[], EXCLUDED."reading")
            > array_position(?::text[], "encryption_policy_floor"."reading")
         THEN EXCLUDED."reading" ELSE "encryption_policy_floor"."reading" END,
       "minimum_envelope_format" = greatest(
         "encryption_policy_floor"."minimum_envelope_format",
         EXCLUDED."minimum_envelope_format"),
       "updated_at" = now()`,
    [
      floor.reading,
      floor.minimum_envelope_format,
      [...READING_STRICTNESS],
      [...READING_STRICTNESS],
    ]
  )
}
