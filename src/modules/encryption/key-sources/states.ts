import { InvalidKeyError } from "../errors"
import type { KeyState } from "../keys/keyring"

/**
 * Chooses the primary of a source that lists keys by version only.
 *
 * @param versions - at least one
 * @param wanted - the version that the operator marked, if any
 * @param setting - where it is marked, for the error
 * @returns the marked version, or else the highest
 * @throws InvalidKeyError when the marked version is not among them
 */
export function choosePrimary(
  versions: readonly number[],
  wanted: number | undefined,
  setting: string
): number {
  if (wanted === undefined) {
    return Math.max(...versions)
  }
  if (!versions.includes(wanted)) {
    throw new InvalidKeyError(
      `${setting} names version ${wanted} as the primary, but only these have a key: ${versions.join(", ")}.`,
      { keyVersion: wanted }
    )
  }
  return wanted
}

/**
 * @param version - of the key in question
 * @param primary - version of the primary
 * @returns `pending` for a key that is rolled out ahead of its promotion
 */
export function stateOf(version: number, primary: number): KeyState {
  if (version === primary) {
    return "active"
  }
  return version > primary ? "pending" : "decrypt_only"
}
