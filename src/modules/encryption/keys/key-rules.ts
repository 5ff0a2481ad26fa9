/** Bytes in a root key and in every AES key made from one. */
export const KEY_LENGTH = 32

/** Versions are stored in a smallint column. */
export const MAX_KEY_VERSION = 32767

/** Ends every message about an unusable key. */
export const HOW_TO_MAKE_A_KEY = "Make one with: openssl rand -base64 32"

/**
 * @param value - anything
 * @returns true for a whole number from 1 to 32767
 */
export function isKeyVersion(value: unknown): value is number {
  return (
    Number.isInteger(value) &&
    (value as number) >= 1 &&
    (value as number) <= MAX_KEY_VERSION
  )
}
