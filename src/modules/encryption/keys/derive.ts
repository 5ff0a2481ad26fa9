import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto"

import { KEY_LENGTH } from "./key-rules"

/**
 * HKDF-SHA256 (RFC 5869).
 *
 * @param root - input keying material
 * @param salt - separates programs and versions of the scheme
 * @param info - names the purpose
 * @param length - bytes wanted, at most 8160
 * @returns fresh bytes that the caller wipes
 * @throws RangeError of node:crypto when more bytes are wanted than HKDF can give
 */
export function hkdf(
  root: KeyObject,
  salt: string | Buffer,
  info: string | Buffer,
  length: number
): Buffer {
  return Buffer.from(hkdfSync("sha256", root, salt, info, length))
}

/**
 * Derives a key for one purpose, so that no key serves two.
 *
 * @param root - the root key
 * @param salt - separates programs and versions of the scheme
 * @param purpose - names what the key is for
 * @returns a key of 32 bytes
 */
export function deriveKey(
  root: KeyObject,
  salt: string,
  purpose: string
): KeyObject {
  const bytes = hkdf(root, salt, purpose, KEY_LENGTH)
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}
