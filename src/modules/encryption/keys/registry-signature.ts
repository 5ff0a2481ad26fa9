import { createHash, createHmac, timingSafeEqual } from "node:crypto"

import type { Key, Keyring } from "./keyring"
import type { RegistrySnapshot } from "./registry"

/**
 * - `valid`: this plugin wrote what is there
 * - `unsigned`: the registry of a release that did not sign, as the migration left it
 * - `unverifiable`: signed with a key that this process does not have
 * - `invalid`: changed, or incomplete
 */
export type SignatureState = "valid" | "unsigned" | "unverifiable" | "invalid"

const LABEL = "medusa-plugin-social-platforms/key-registry/v1"

/**
 * All that decides which key seals, which opens and what may be read, in one
 * text: a row that is changed, added or gone changes it.
 */
function contentOf({ keys, floor }: RegistrySnapshot): string {
  const rows = [...keys]
    .sort((left, right) => left.version - right.version)
    .map(({ version, kid, state, promoted_at }) => [
      version,
      kid,
      state,
      promoted_at !== null,
    ])
  return JSON.stringify([
    LABEL,
    floor && [floor.reading, floor.minimum_envelope_format],
    rows,
  ])
}

function macOf(key: Key, snapshot: RegistrySnapshot, revision: number): Buffer {
  return createHmac("sha256", key.registry)
    .update(`${revision}\0${contentOf(snapshot)}`, "utf8")
    .digest()
}

/**
 * Signs the registry with HMAC-SHA256 (RFC 2104) under a key derived from a root key.
 *
 * @param key - the active key
 * @param snapshot - what is signed
 * @param revision - grows with every change, so that an old registry is not put back unnoticed
 * @returns 43 characters of base64url
 */
export function signRegistry(
  key: Key,
  snapshot: RegistrySnapshot,
  revision: number
): string {
  return macOf(key, snapshot, revision).toString("base64url")
}

/**
 * @param keyring - the keys of this process, whatever their states
 * @param snapshot - the registry as it was read
 */
export function verifyRegistry(
  keyring: Keyring,
  snapshot: RegistrySnapshot
): SignatureState {
  const { signature, keys } = snapshot
  if (!signature) {
    return "invalid"
  }
  const { revision, mac, mac_key_version } = signature
  if (revision === 0 && mac === null) {
    return "unsigned"
  }
  const active = keys.find(({ state }) => state === "active")
  if (mac === null || active?.version !== mac_key_version) {
    return "invalid"
  }
  const key = keyring.keys.find(({ version }) => version === mac_key_version)
  if (!key) {
    return "unverifiable"
  }
  const given = Buffer.from(mac, "base64url")
  const expected = macOf(key, snapshot, revision)
  return given.length === expected.length && timingSafeEqual(given, expected)
    ? "valid"
    : "invalid"
}

/**
 * Names the content of a registry, for an operator who accepts just that.
 *
 * @returns 16 hexadecimal digits
 */
export const fingerprintOf = (snapshot: RegistrySnapshot): string =>
  createHash("sha256").update(contentOf(snapshot)).digest("hex").slice(0, 16)
