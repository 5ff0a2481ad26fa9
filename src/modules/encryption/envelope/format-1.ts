import { openBytes, TAG_LENGTH } from "./aes-gcm"
import type { EncryptionContext } from "./context"
import { MalformedEnvelopeError, TamperedError } from "../errors"
import { isKeyVersion } from "../keys/key-rules"
import type { Keyring } from "../keys/keyring"
import { decodeBase64 } from "./strict-base64"
import { decodeText } from "./text"
import type { EnvelopeV1 } from "../types"

const MEMBERS = new Set(["encrypted", "iv", "authTag", "keyVersion"])
const NO_AAD = Buffer.alloc(0)

/**
 * @param value - an object, for example parsed JSON
 * @returns true when it has exactly the members of format 1 with values of the right types
 */
export function isEnvelopeV1(value: object): value is EnvelopeV1 {
  const names = Object.keys(value)
  if (
    names.length !== MEMBERS.size ||
    !names.every((name) => MEMBERS.has(name))
  ) {
    return false
  }
  const { encrypted, iv, authTag, keyVersion } = value as Record<
    string,
    unknown
  >
  return (
    typeof encrypted === "string" &&
    typeof iv === "string" &&
    typeof authTag === "string" &&
    isKeyVersion(keyVersion)
  )
}

/**
 * Decodes the binary members strictly. Earlier releases used nonces of 16 bytes, and of 12.
 *
 * @param envelope - of the right shape
 * @returns the bytes, or the reason why it is malformed
 */
export function decodeV1(
  envelope: EnvelopeV1
): { iv: Buffer; tag: Buffer; ciphertext: Buffer } | string {
  const iv = decodeBase64(envelope.iv)
  if (!iv || (iv.length !== 12 && iv.length !== 16)) {
    return "its iv is not canonical base64 of 12 or 16 bytes"
  }
  const tag = decodeBase64(envelope.authTag, TAG_LENGTH)
  if (!tag) {
    return `its authTag is not canonical base64 of ${TAG_LENGTH} bytes`
  }
  const ciphertext = decodeBase64(envelope.encrypted)
  if (!ciphertext) {
    return "its ciphertext is not canonical base64"
  }
  return { iv, tag, ciphertext }
}

/**
 * Opens an envelope of format 1. The format is bound to no place and names no key, so it can tell
 * neither a moved value nor a wrong key from tampering; whether it is accepted at all is policy.
 *
 * @param keyring - the configured keys
 * @param envelope - of the right shape ({@link isEnvelopeV1})
 * @param context - where the envelope was found, for errors only
 * @returns the secret
 * @throws UnknownKeyVersionError, KeyRetiredError, MalformedEnvelopeError, TamperedError
 */
export function openV1(
  keyring: Keyring,
  envelope: EnvelopeV1,
  context: EncryptionContext
): string {
  const { keyVersion } = envelope
  const details = { keyVersion, context }

  const parts = decodeV1(envelope)
  if (typeof parts === "string") {
    throw new MalformedEnvelopeError(parts, details)
  }
  const key = keyring.get(keyVersion, context)

  let plaintext: Buffer
  try {
    plaintext = openBytes({ key: key.root, aad: NO_AAD, ...parts })
  } catch {
    throw new TamperedError(details)
  }
  return decodeText(plaintext, keyVersion, context)
}
