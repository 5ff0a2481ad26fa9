import { InvalidKeyError } from "../errors"
import {
  HOW_TO_MAKE_A_KEY,
  isKeyVersion,
  isPublishedKey,
  KEY_LENGTH,
  MAX_KEY_VERSION,
} from "../keys/key-rules"
import { decodeBase64 } from "../envelope/strict-base64"

/** Names the version of the active key, for the environment and for files. */
export const ACTIVE_VERSION = "ENCRYPTION_KEY_VERSION"

/**
 * @param setting - what the text stands in, for the error
 * @param text - digits
 * @returns the key version
 * @throws InvalidKeyError when it is none
 */
export function parseVersion(setting: string, text: string): number {
  const version = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : NaN
  if (!isKeyVersion(version)) {
    throw new InvalidKeyError(
      `${setting} must name a key version, a whole number from 1 to ${MAX_KEY_VERSION} without leading zeros.`
    )
  }
  return version
}

/**
 * @param setting - what the text stands in, for the error
 * @param text - base64
 * @returns the root key, which the caller wipes
 * @throws InvalidKeyError when it is none; the message never quotes it
 */
export function parseKey(setting: string, text: string): Buffer {
  const secret = decodeBase64(text, KEY_LENGTH)
  if (!secret) {
    throw new InvalidKeyError(
      `${setting} must be ${KEY_LENGTH} random bytes in base64 (44 characters, no spaces or line breaks around them). ${HOW_TO_MAKE_A_KEY}`
    )
  }
  if (secret.every((byte) => byte === 0)) {
    throw new InvalidKeyError(
      `${setting} is all zero, which is no key. ${HOW_TO_MAKE_A_KEY}`
    )
  }
  if (isPublishedKey(text)) {
    throw new InvalidKeyError(
      `${setting} is the example key of the documents, which everybody knows. ${HOW_TO_MAKE_A_KEY}`
    )
  }
  return secret
}
