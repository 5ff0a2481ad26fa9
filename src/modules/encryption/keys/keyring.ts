import { createSecretKey, type KeyObject } from "node:crypto"

import { createBlindIndexKeys } from "./blind-index"
import { type EncryptionContext, NAMESPACE } from "../envelope/context"
import {
  type ContextEncoder,
  createContextEncoder,
} from "../envelope/fast-path"
import { deriveKey, hkdf } from "./derive"
import {
  InvalidKeyError,
  KeyRetiredError,
  UnknownKeyVersionError,
} from "../errors"
import {
  HOW_TO_MAKE_A_KEY,
  isKeyVersion,
  KEY_LENGTH,
  MAX_KEY_VERSION,
} from "./key-rules"
import type { KeyMaterial } from "./key-source"

/**
 * - `pending`: opens, does not seal yet (rolled out before its promotion)
 * - `active`: seals and opens
 * - `decrypt_only`: opens what it sealed before
 * - `retired`: refused
 */
export type KeyState = "pending" | "active" | "decrypt_only" | "retired"

export type Key = {
  readonly version: number
  readonly state: KeyState
  /** The key as configured: opens format 1, and is the source of everything derived. */
  readonly root: KeyObject
  /** Seals and opens format 2. */
  readonly aead: KeyObject
  /** 16 bytes in base64url; two different roots never share one, so it commits to the key. */
  readonly kid: string
  /** Signs the key registry. */
  readonly registry: KeyObject
  /** Encodes what a value is bound to. */
  readonly contexts: ContextEncoder
  /**
   * @param table - logical name of the table, without a dot
   * @param field - logical name of the field
   * @returns the key of that column's blind index, derived at its first use
   * @throws InvalidContextError
   */
  blindIndexKey(table: string, field: string): KeyObject
}

export type Keyring = {
  /** The key that seals; null where it is not among these keys. */
  readonly active: Key | null
  /** Every key, lowest version first. */
  readonly keys: readonly Key[]
  /**
   * @param version - key version
   * @param context - place of the value that needs it, for the error
   * @throws UnknownKeyVersionError, KeyRetiredError
   */
  get(version: number, context?: EncryptionContext): Key
  /**
   * The same keys in other states; nothing is derived again.
   *
   * @param states - state by version; a version that it does not name keeps its state, and one that
   * is not configured here is left out
   * @returns a new keyring, this one stays as it is
   * @throws InvalidKeyError when more than one key would be active
   */
  withStates(states: ReadonlyMap<number, KeyState>): Keyring
  /**
   * @param materials - further keys; the buffers are wiped
   * @returns a new keyring that has them too
   * @throws InvalidKeyError as {@link createKeyring}
   */
  withKeys(materials: readonly KeyMaterial[]): Keyring
}

const SALT = `${NAMESPACE}/enc/v2`
const KID_LENGTH = 16

function assertUsable({ version, secret }: KeyMaterial): void {
  if (!isKeyVersion(version)) {
    throw new InvalidKeyError(
      `A key version is a whole number from 1 to ${MAX_KEY_VERSION}; the key source delivered another.`
    )
  }
  if (secret.length !== KEY_LENGTH || secret.every((byte) => byte === 0)) {
    throw new InvalidKeyError(
      `The key of version ${version} must be ${KEY_LENGTH} random bytes, not all zero. ${HOW_TO_MAKE_A_KEY}`,
      { keyVersion: version }
    )
  }
}

function createKey(material: KeyMaterial): Key {
  assertUsable(material)
  const { version, state } = material
  const root = createSecretKey(material.secret)
  const kid = hkdf(root, SALT, "kid", KID_LENGTH).toString("base64url")

  return Object.freeze({
    version,
    state,
    root,
    aead: deriveKey(root, SALT, "aead"),
    kid,
    registry: deriveKey(root, SALT, "registry"),
    contexts: createContextEncoder(version, kid),
    blindIndexKey: createBlindIndexKeys((purpose) =>
      deriveKey(root, SALT, purpose)
    ),
  })
}

function createKeys(materials: readonly KeyMaterial[]): Key[] {
  try {
    return materials.map(createKey)
  } finally {
    for (const { secret } of materials) {
      secret.fill(0)
    }
  }
}

function assertDistinct(keys: readonly Key[]): void {
  const versionOfKid = new Map<string, number>()
  const versions = new Set<number>()
  for (const { version, kid } of keys) {
    if (versions.has(version)) {
      throw new InvalidKeyError(`Key version ${version} is configured twice.`, {
        keyVersion: version,
      })
    }
    const twin = versionOfKid.get(kid)
    if (twin !== undefined) {
      throw new InvalidKeyError(
        `Key versions ${twin} and ${version} hold the same key. A new version needs a new key. ${HOW_TO_MAKE_A_KEY}`,
        { keyVersion: version }
      )
    }
    versions.add(version)
    versionOfKid.set(kid, version)
  }
}

/** @throws InvalidKeyError when keys are doubled, or more than one is active */
function assemble(unsorted: readonly Key[]): Keyring {
  const keys = [...unsorted].sort((left, right) => left.version - right.version)
  assertDistinct(keys)
  const active = keys.filter((key) => key.state === "active")
  if (active.length > 1) {
    throw new InvalidKeyError(
      `Only one key may be active; of the configured keys ${active.length} are.`
    )
  }
  const byVersion = new Map(keys.map((key) => [key.version, key]))

  return Object.freeze({
    active: active[0] ?? null,
    keys: Object.freeze(keys),
    get(version: number, context?: EncryptionContext): Key {
      const key = byVersion.get(version)
      if (!key) {
        throw new UnknownKeyVersionError({ keyVersion: version, context })
      }
      if (key.state === "retired") {
        throw new KeyRetiredError({ keyVersion: version, context })
      }
      return key
    },
    withStates: (states: ReadonlyMap<number, KeyState>) =>
      assemble(
        keys.map((key) => {
          const state = states.get(key.version) ?? key.state
          return state === key.state ? key : Object.freeze({ ...key, state })
        })
      ),
    withKeys: (materials: readonly KeyMaterial[]) =>
      assemble([...keys, ...createKeys(materials)]),
  })
}

/**
 * Derives the working keys, once. The material's buffers are wiped.
 *
 * @param materials - root keys; exactly one is `active`
 * @returns the keyring
 * @throws InvalidKeyError when a key is unusable, doubled, or not exactly one is active
 */
export function createKeyring(materials: readonly KeyMaterial[]): Keyring {
  const keyring = assemble(createKeys(materials))
  if (!keyring.active) {
    throw new InvalidKeyError(
      "Exactly one key must be active; the key source delivered none that is."
    )
  }
  return keyring
}
