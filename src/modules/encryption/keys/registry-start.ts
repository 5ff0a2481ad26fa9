import type { Knex } from "@medusajs/framework/mikro-orm/knex"

import {
  ActiveKeyMissingError,
  InvalidKeyError,
  RegistryUntrustedError,
} from "../errors"
import { recordAudit } from "./audit"
import type { KeySource } from "./key-source"
import type { Keyring } from "./keyring"
import {
  activateKey,
  assertEverywhere,
  isMigrated,
  readRegistry,
  type RegisteredKey,
  type RegistrySnapshot,
  storeSignature,
  withRegistryLock,
} from "./registry"
import { fingerprintOf, verifyRegistry } from "./registry-signature"

/** Names the content of a changed registry that an operator accepts. */
export const ACCEPT_VARIABLE = "SOCIAL_PLATFORMS_ACCEPT_KEY_REGISTRY"

export type StartOptions = {
  /** This process, for the other ones' heartbeats. */
  selfId: string
  /** The version that an operator has named as the active one; null where the source only guessed. */
  named: number | null
  /** Fingerprint of a changed registry that is accepted. */
  accepted: string | undefined
  warn: (message: string) => void
}

/**
 * Adds the keys that the plugin had made by a key management service.
 *
 * @throws InvalidKeyError when one unwraps to another key than was registered
 * @throws KeySourceError
 */
export async function withMadeKeys(
  keyring: Keyring,
  source: KeySource,
  keys: readonly RegisteredKey[]
): Promise<Keyring> {
  let complete = keyring
  for (const { version, kid, state, wrapped, kek_id } of keys) {
    const isHere = complete.keys.some((key) => key.version === version)
    if (isHere || !wrapped || !source.unwrap || state === "retired") {
      continue
    }
    const secret = await source.unwrap({
      version,
      wrapped,
      kek_id: kek_id ?? "",
    })
    complete = complete.withKeys([{ version, state: "decrypt_only", secret }])
    assertSameMaterial(
      { version, kid },
      complete.keys.find((key) => key.version === version)!.kid
    )
  }
  return complete
}

/**
 * Compares the configured keys with the registry and registers new ones. The
 * registry's active key stays the active one, unless an operator has named
 * another that was never promoted before, and every running process has it.
 *
 * @returns the registry as it stands then, or null before its migration
 * @throws RegistryUntrustedError when it was changed by something else
 * @throws InvalidKeyError when a version is configured with other key material
 * than it was registered with, or the named key is retired
 * @throws ActiveKeyMissingError, KeyNotEverywhereError
 */
export async function reconcileRegistry(
  knex: Knex,
  keyring: Keyring,
  options: StartOptions
): Promise<RegistrySnapshot | null> {
  if (!(await isMigrated(knex))) {
    return readRegistry(knex)
  }
  await withRegistryLock(knex, async (trx, snapshot) => {
    if (!snapshot) {
      return
    }
    const isSigned = await checkSignature(trx, keyring, snapshot, options)
    const registered = new Map(snapshot.keys.map((key) => [key.version, key]))
    for (const { version, kid } of keyring.keys) {
      assertSameMaterial(registered.get(version), kid)
    }
    const isRegistered = await register(trx, keyring, registered)
    const isPromoted = await promoteNamed(trx, keyring, snapshot, options)
    if (!isSigned || isRegistered || isPromoted) {
      await storeSignature(trx, keyring)
    }
  })
  return readRegistry(knex)
}

/** @returns whether the registry has a signature that fits */
async function checkSignature(
  trx: Knex.Transaction,
  keyring: Keyring,
  snapshot: RegistrySnapshot,
  { accepted, warn }: StartOptions
): Promise<boolean> {
  const state = verifyRegistry(keyring, snapshot)
  if (state === "valid") {
    return true
  }
  const isFromBefore = state === "unsigned"
  const fingerprint = fingerprintOf(snapshot)
  const isAccepted = isFromBefore || accepted === fingerprint
  const active = snapshot.keys.find((key) => key.state === "active")
  if (state === "unverifiable" && active && !isAccepted) {
    throw new ActiveKeyMissingError(
      { keyVersion: active.version },
      `If that key is lost, set ${ACCEPT_VARIABLE}=${fingerprint} for one start, which goes on with the key that is configured.`
    )
  }
  if (!isAccepted) {
    throw new RegistryUntrustedError(
      `The key registry was changed by something other than this plugin: its signature does not fit. Find out who can write to the tables encryption_key, encryption_policy_floor and encryption_registry, compare them with a backup and restore them. If what they hold is what you want, set ${ACCEPT_VARIABLE}=${fingerprint} for one start.`
    )
  }
  if (snapshot.keys.length) {
    warn(
      isFromBefore
        ? "The key registry comes from a release that did not sign it, and is signed as it is now. Compare its keys and the policy floor on the page Encryption with what you expect."
        : `The key registry is accepted as it is, as ${ACCEPT_VARIABLE} asks, and signed. Remove that variable.`
    )
    await recordAudit(trx, {
      type: isFromBefore ? "registry_signed" : "registry_accepted",
      actor_id: null,
      details: { by: "start", fingerprint },
    })
  }
  return false
}

function assertSameMaterial(
  registered: Pick<RegisteredKey, "version" | "kid"> | undefined,
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

async function register(
  trx: Knex.Transaction,
  keyring: Keyring,
  registered: ReadonlyMap<number, RegisteredKey>
): Promise<boolean> {
  const fresh = keyring.keys.filter(({ version }) => !registered.has(version))
  for (const { version, kid } of fresh) {
    await trx("encryption_key").insert({ version, kid, state: "pending" })
    await recordAudit(trx, {
      type: "key_registered",
      actor_id: null,
      details: { by: "start", key_version: version, kid },
    })
  }
  return fresh.length > 0
}

/** @returns whether another key is the active one now */
async function promoteNamed(
  trx: Knex.Transaction,
  keyring: Keyring,
  snapshot: RegistrySnapshot,
  { named, selfId, warn }: StartOptions
): Promise<boolean> {
  const active = snapshot.keys.find(({ state }) => state === "active")
  const wanted = named ?? (active ? null : keyring.active?.version)
  const known = snapshot.keys.find(({ version }) => version === wanted)
  if (known?.state === "retired") {
    throw new InvalidKeyError(
      `Key version ${known.version} is configured as the active one, and it is retired. Set ENCRYPTION_KEY and ENCRYPTION_KEY_VERSION to a version that is in use.`,
      { keyVersion: known.version }
    )
  }
  const key = keyring.keys.find(({ version }) => version === wanted)
  const isActiveHere =
    active && keyring.keys.some(({ version }) => version === active.version)
  if (!key || known?.promoted_at) {
    if (active && !isActiveHere) {
      throw new ActiveKeyMissingError({ keyVersion: active.version })
    }
    return false
  }
  try {
    await assertEverywhere(trx, key, selfId)
  } catch (error) {
    if (!isActiveHere) {
      throw error
    }
    // A rolling restart: it is promoted when the last process has it.
    warn((error as Error).message)
    return false
  }
  await activateKey(trx, key.version)
  await recordAudit(trx, {
    type: "key_promoted",
    actor_id: null,
    details: {
      by: "start",
      key_version: key.version,
      before: active?.version ?? null,
    },
  })
  return true
}
