import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto"

import { type EncryptionContext, keyPrefix, NAMESPACE } from "./context"
import { InvalidKeyError, KeyRetiredError, UnknownKeyVersionError } from "./errors"
import { HOW_TO_MAKE_A_KEY, isKeyVersion, KEY_LENGTH, MAX_KEY_VERSION } from "./key-rules"
import type { KeyMaterial } from "./key-source"

/**
 * - `pending`: opens, does not seal yet (rolled out before its promotion)
 * - `active`: the primary, seals and opens
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
  /** Start of the additional authenticated data, cached. */
  readonly aadPrefix: string
}

export type Keyring = {
  readonly primary: Key
  /** Every key, lowest version first. */
  readonly keys: readonly Key[]
  /**
   * @param version - key version
   * @param context - place of the value that needs it, for the error
   * @throws UnknownKeyVersionError, KeyRetiredError
   */
  get(version: number, context?: EncryptionContext): Key
}

const SALT = `${NAMESPACE}/enc/v2`
const KID_LENGTH = 16

/** HKDF-SHA256 (RFC 5869): one key for each purpose, so that no key serves two formats. */
const derive = (root: KeyObject, purpose: string, length: number): Buffer =>
  Buffer.from(hkdfSync("sha256", root, SALT, purpose, length))

function deriveKey(root: KeyObject, purpose: string): KeyObject {
  const bytes = derive(root, purpose, KEY_LENGTH)
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}

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
  const kid = derive(root, "kid", KID_LENGTH).toString("base64url")

  return Object.freeze({
    version,
    state,
    root,
    aead: deriveKey(root, "aead"),
    kid,
    aadPrefix: keyPrefix(version, kid),
  })
}

function createKeys(materials: readonly KeyMaterial[]): Key[] {
  try {
    return materials
      .map(createKey)
      .sort((left, right) => left.version - right.version)
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

/**
 * Derives the working keys, once. The material's buffers are wiped.
 *
 * @param materials - root keys, exactly one `active`
 * @returns the keyring
 * @throws InvalidKeyError when a key is unusable, doubled, or not exactly one is active
 */
export function createKeyring(materials: readonly KeyMaterial[]): Keyring {
  const keys = createKeys(materials)
  assertDistinct(keys)

  const active = keys.filter((key) => key.state === "active")
  if (active.length !== 1) {
    throw new InvalidKeyError(
      `Exactly one key must be active; the key source delivered ${active.length}.`
    )
  }

  const byVersion = new Map(keys.map((key) => [key.version, key]))
  return Object.freeze({
    primary: active[0],
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
  })
}
