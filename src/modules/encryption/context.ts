import { toUSVString } from "node:util"

import { InvalidContextError } from "./errors"
import type { Key } from "./keyring"

const FORMAT = 2

/** Separates these envelopes from those of any other program that shares a key. */
export const NAMESPACE = "medusa-plugin-social-platforms"

/**
 * The one place where a sealed value may stand. Use logical names frozen in code, so that renaming
 * a table or column does not make its values unreadable.
 */
export type EncryptionContext = {
  table: string
  field: string
  rowId: string
}

/**
 * Stands for "not bound to a row". Such an envelope can be copied to any other unbound place
 * unnoticed, so it is only for callers that have no row. It opens nothing but unbound envelopes,
 * and no bound context opens those: the parts of a bound context are never empty.
 */
export const UNBOUND_CONTEXT: Readonly<EncryptionContext> = Object.freeze({
  table: "",
  field: "",
  rowId: "",
})

const PARTS = ["table", "field", "rowId"] as const

function assertBindable(context: EncryptionContext): void {
  for (const part of PARTS) {
    const value: unknown = context?.[part]
    if (typeof value !== "string" || value === "") {
      throw new InvalidContextError(
        `The encryption context needs a non-empty ${part}. Pass the table, the field and the id of the row that will hold the value.`
      )
    }
    if (value.includes("\0")) {
      throw new InvalidContextError(
        `The ${part} of the encryption context contains a NUL character. Use plain identifiers.`
      )
    }
  }
}

/**
 * The part of the additional authenticated data that depends on the key alone.
 *
 * @param version - key version
 * @param kid - key id
 * @returns text to cache with the key
 */
export function keyPrefix(version: number, kid: string): string {
  return `${NAMESPACE}\0${FORMAT}\0${version}\0${kid}\0`
}

/**
 * Encodes what an envelope of format 2 is bound to. NUL separates the parts and may not occur in
 * one, so no two contexts share an encoding.
 *
 * @param key - the key that seals or opens
 * @param context - the place of the value
 * @returns additional authenticated data for AES-GCM (NIST SP 800-38D)
 * @throws InvalidContextError when a part is empty, no string, has a NUL or an unpaired surrogate
 */
export function encodeContext(key: Key, context: EncryptionContext): Buffer {
  if (context !== UNBOUND_CONTEXT) {
    assertBindable(context)
  }

  const text = `${key.aadPrefix}${context.table}\0${context.field}\0${context.rowId}`
  if (toUSVString(text) !== text) {
    throw new InvalidContextError(
      "The encryption context contains an unpaired surrogate. Use plain identifiers."
    )
  }
  return Buffer.from(text, "utf8")
}
