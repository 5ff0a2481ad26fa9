import { createCipheriv, createDecipheriv, KeyObject } from "node:crypto"

import {
  InvalidKeyError,
  MalformedEnvelopeError,
  TamperedError,
} from "../errors"

/** Bytes in an authentication tag. Each byte less makes a forgery 256 times easier. */
export const TAG_LENGTH = 16

// Without it Node 20 to 24 accept tags of 4, 8, 12, 13, 14 and 15 bytes.
const OPTIONS = { authTagLength: TAG_LENGTH }

export type SealBytesInput = {
  /** 32 bytes for AES-256; 16 and 24 also work, for test vectors. */
  key: KeyObject | Buffer
  iv: Buffer
  /** Additional authenticated data, may be empty. */
  aad: Buffer
  /** A string is sealed as UTF-8. */
  plaintext: Buffer | string
}

export type SealedBytes = {
  ciphertext: Buffer
  /** 16 bytes. */
  tag: Buffer
}

export type OpenBytesInput = SealedBytes & Omit<SealBytesInput, "plaintext">

type Algorithm = "aes-256-gcm" | "aes-192-gcm" | "aes-128-gcm"

function algorithmFor(key: KeyObject | Buffer): Algorithm {
  switch (key instanceof KeyObject ? key.symmetricKeySize : key.length) {
    case 32:
      return "aes-256-gcm"
    case 24:
      return "aes-192-gcm"
    case 16:
      return "aes-128-gcm"
    default:
      throw new InvalidKeyError("An AES key has 32, 24 or 16 bytes.")
  }
}

function assertIv(iv: Buffer): void {
  if (iv.length === 0) {
    throw new MalformedEnvelopeError("its iv is empty")
  }
}

/**
 * Encrypts with AES-GCM (NIST SP 800-38D).
 *
 * @param input - key, nonce (never used twice with one key), additional authenticated data, plaintext
 * @returns the ciphertext, as long as the plaintext, and a tag of 16 bytes
 * @throws InvalidKeyError when the key has no AES length
 */
export function sealBytes(input: SealBytesInput): SealedBytes {
  const { key, iv, aad, plaintext } = input
  assertIv(iv)

  const cipher = createCipheriv(algorithmFor(key), key, iv, OPTIONS)
  if (aad.length) {
    cipher.setAAD(aad)
  }
  const ciphertext =
    typeof plaintext === "string"
      ? cipher.update(plaintext, "utf8")
      : cipher.update(plaintext)
  // GCM is a stream: final() computes the tag and never adds bytes.
  cipher.final()
  return { ciphertext, tag: cipher.getAuthTag() }
}

/**
 * Decrypts with AES-GCM (NIST SP 800-38D). Nothing of the plaintext leaves this function before it
 * is authenticated.
 *
 * @param input - key, nonce, additional authenticated data, ciphertext, tag
 * @returns the plaintext
 * @throws MalformedEnvelopeError when the tag has not exactly 16 bytes or the nonce is empty
 * @throws TamperedError when anything but the original input was given
 */
export function openBytes(input: OpenBytesInput): Buffer {
  const { key, iv, aad, ciphertext, tag } = input
  assertIv(iv)
  if (tag.length !== TAG_LENGTH) {
    throw new MalformedEnvelopeError(
      `its authTag is not ${TAG_LENGTH} bytes long`
    )
  }

  const decipher = createDecipheriv(algorithmFor(key), key, iv, OPTIONS)
  decipher.setAuthTag(tag)
  if (aad.length) {
    decipher.setAAD(aad)
  }
  const plaintext = decipher.update(ciphertext)
  try {
    decipher.final()
  } catch {
    plaintext.fill(0)
    throw new TamperedError()
  }
  return plaintext
}
