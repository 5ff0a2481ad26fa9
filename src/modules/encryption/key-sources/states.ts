import { InvalidKeyError } from "../errors"
import type { KeyState } from "../keys/keyring"

/**
 * Chooses the active key of a source that lists keys by version only.
 *
 * @param versions - at least one
 * @param wanted - the version that the operator marked, if any
 * @param setting - where it is marked, for the error
 * @returns the marked version, or else the highest
 * @throws InvalidKeyError when the marked version is not among them
 */
export function chooseActive(
  versions: readonly number[],
  wanted: number | undefined,
  setting: string
): number {
  if (wanted === undefined) {
    return Math.max(...versions)
  }
  if (!versions.includes(wanted)) {
    throw new InvalidKeyError(
      `${setting} names version ${wanted} as the active one, but only these have a key: ${versions.join(", ")}.`,
      { keyVersion: wanted }
    )
  }
  return wanted
}

/**
 * @param version - of the key in question
 * @param active - version of the active key
 * @returns `pending` for a key that is rolled out ahead of its promotion
 */
export function stateOf(version: number, active: number): KeyState {
  if (version === active) {
    return "active"
  }
  return version > active ? "pending" : "decrypt_only"
}
