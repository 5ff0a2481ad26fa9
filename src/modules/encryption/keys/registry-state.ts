import {
  ActiveKeyMissingError,
  type EncryptionError,
  RegistryUntrustedError,
} from "../errors"
import { strictestFloor } from "../policy"
import type { PolicyFloor } from "../types"
import type { Key, Keyring, KeyState } from "./keyring"
import type { RegistrySnapshot } from "./registry"
import { verifyRegistry } from "./registry-signature"

/** What a process acts on. */
export type RegistryState = {
  /** The keys that this process has, in the states of the registry. */
  keyring: Keyring
  floor: PolicyFloor | null
  /** Of all processes; this one may not have the key. */
  activeVersion: number
  /** Why this process must not seal; null when it may. */
  refusal: EncryptionError | null
  /** The last registry that could be believed; null before its migration. */
  snapshot: RegistrySnapshot | null
}

/**
 * @returns the key that seals
 * @throws ActiveKeyMissingError, RegistryUntrustedError, RegistryUnreadableError
 */
export function sealingKey({
  keyring,
  refusal,
  activeVersion,
}: RegistryState): Key {
  if (refusal) {
    throw refusal
  }
  if (!keyring.active) {
    throw new ActiveKeyMissingError({ keyVersion: activeVersion })
  }
  return keyring.active
}

/**
 * Brings the keys of a process into the states of the registry.
 *
 * States and floor that only forbid are followed even where the signature
 * cannot be checked for want of the key; whoever could write them without the
 * key gains nothing. What was forbidden once stays forbidden: a floor never
 * goes down, a retired key never comes back, and a registry that was changed,
 * or is older than one that was seen, changes nothing but that this process
 * stops sealing.
 *
 * @param before - what the process has acted on so far; null at its start, where
 * the registry was checked already
 * @param keyring - the keys of this process
 * @param snapshot - the registry as it was read; null when its tables are not there
 */
export function followRegistry(
  before: RegistryState | null,
  keyring: Keyring,
  snapshot: RegistrySnapshot | null
): RegistryState {
  const known = before?.snapshot ?? null
  if (!snapshot) {
    if (known) {
      return distrust(before!, keyring, "its tables are gone")
    }
    return {
      keyring,
      floor: null,
      activeVersion: keyring.active?.version ?? 0,
      refusal: null,
      snapshot: null,
    }
  }

  const signature = verifyRegistry(keyring, snapshot)
  const reason = before && whyNot(known, snapshot, signature)
  if (reason) {
    return distrust(before, keyring, reason)
  }
  const active = snapshot.keys.find(({ state }) => state === "active")
  const activeVersion = active?.version ?? 0
  const states = new Map<number, KeyState>(
    snapshot.keys.map(({ version, state }) => [version, state])
  )
  for (const { version, state } of keyring.keys) {
    if (before && state === "retired") {
      states.set(version, "retired")
    } else if (!states.has(version)) {
      // Configured and not registered yet: it opens, and does not seal.
      states.set(version, "pending")
    }
  }
  const followed = keyring.withStates(states)
  return {
    keyring: followed,
    floor: snapshot.floor
      ? strictestFloor(before?.floor ?? null, snapshot.floor)
      : (before?.floor ?? null),
    activeVersion,
    refusal: followed.active
      ? null
      : new ActiveKeyMissingError({ keyVersion: activeVersion }),
    snapshot: signature === "valid" || !known ? snapshot : known,
  }
}

/** @returns why the registry is not believed; null when it is */
function whyNot(
  known: RegistrySnapshot | null,
  next: RegistrySnapshot,
  signature: ReturnType<typeof verifyRegistry>
): string | null {
  if (!next.signature) {
    return "the row of its signature is gone"
  }
  if (signature === "invalid") {
    return "its signature does not fit"
  }
  if (!known) {
    return null
  }
  const gone = known.keys.find(
    ({ version }) => !next.keys.some((key) => key.version === version)
  )
  if (gone) {
    return `the row of key version ${gone.version} is gone`
  }
  if (known.floor && !next.floor) {
    return "the row of the policy floor is gone"
  }
  if (next.signature.revision < (known.signature?.revision ?? 0)) {
    return "it is older than it was before"
  }
  const revived = next.keys.find(
    ({ version, state }) =>
      state !== "retired" &&
      known.keys.some(
        (key) => key.version === version && key.state === "retired"
      )
  )
  return revived ? `the retired key version ${revived.version} is back` : null
}

/** Nothing is believed that the registry says, and nothing is sealed. */
const distrust = (
  before: RegistryState,
  keyring: Keyring,
  reason: string
): RegistryState => ({
  ...before,
  keyring,
  refusal: new RegistryUntrustedError(
    `The key registry was changed by something other than this plugin: ${reason}. Nothing is encrypted until it is restored. Compare the tables encryption_key, encryption_policy_floor and encryption_registry with a backup; after restoring a whole database, restart every process.`
  ),
})
