import { createHmac, type KeyObject } from "node:crypto"
import { toUSVString } from "node:util"

import { SecretString } from "../../../secrets/secret-string"
import { InvalidContextError, InvalidPlaintextError } from "../errors"
import type { Key } from "./keyring"

/** The column whose values are indexed. Names are logical ones, frozen in code. */
export type BlindIndexColumn = {
  table: string
  field: string
}

/** Columns are named in code, so there are few; the limit only bounds a caller that invents them. */
const MAX_COLUMNS = 256

function assertName(
  part: keyof BlindIndexColumn,
  name: unknown
): asserts name is string {
  // A dot in the table would let two columns share one key.
  if (
    typeof name !== "string" ||
    name === "" ||
    (part === "table" && name.includes("."))
  ) {
    throw new InvalidContextError(
      `A blind index needs a non-empty ${part}${part === "table" ? " without a dot" : ""}. Pass the logical names of the column it stands for.`
    )
  }
}

/**
 * @param derive - makes the key for a purpose from a root key
 * @returns gives each column its own key, derived at its first use and kept
 */
export function createBlindIndexKeys(
  derive: (purpose: string) => KeyObject
): Key["blindIndexKey"] {
  const keys = new Map<string, KeyObject>()
  return (table, field) => {
    assertName("table", table)
    assertName("field", field)
    const purpose = `blind-index/${table}.${field}`
    const cached = keys.get(purpose)
    if (cached) {
      return cached
    }
    if (keys.size === MAX_COLUMNS) {
      keys.clear()
    }
    const key = derive(purpose)
    keys.set(purpose, key)
    return key
  }
}

/**
 * Makes a value that equal secrets share, and that tells nothing about them without the key: it
 * finds the row that holds a given secret, without opening any. HMAC-SHA256 (RFC 2104) under a key
 * of the column's own, so that two columns that hold one secret do not show it.
 *
 * @param key - the key version that the stored index values were made with
 * @param column - the column whose values are indexed
 * @param value - the secret
 * @param encoding - of the result
 * @returns 32 bytes, as 43 characters of base64url or 64 of hex
 * @throws InvalidContextError when a name cannot stand for a column
 * @throws InvalidPlaintextError when the value is no string or not well-formed
 */
export function blindIndex(
  key: Pick<Key, "blindIndexKey">,
  column: BlindIndexColumn,
  value: string | SecretString,
  encoding: "base64url" | "hex" = "base64url"
): string {
  const text: unknown = value instanceof SecretString ? value.reveal() : value
  if (typeof text !== "string" || toUSVString(text) !== text) {
    throw new InvalidPlaintextError(
      "Only well-formed text can be looked up: a string or a SecretString without unpaired surrogates."
    )
  }
  return createHmac("sha256", key.blindIndexKey(column.table, column.field))
    .update(text, "utf8")
    .digest(encoding)
}
