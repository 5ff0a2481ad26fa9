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

/**
 * Keys that this project has published: the example of its documents, and those of its frozen test
 * values. Whoever has the database could open what they seal.
 */
const PUBLISHED_KEYS = new Set([
  "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",
  "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=",
])

/**
 * @param key - root key in base64
 * @returns true when everybody can know it
 */
export const isPublishedKey = (key: string): boolean => PUBLISHED_KEYS.has(key)
