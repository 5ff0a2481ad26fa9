import { toUSVString } from "node:util"

import { InvalidContextError } from "../errors"

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

/** Encodes places into the additional authenticated data of one key. */
export type ContextEncoder = {
  /**
   * @param context - the place of the value
   * @returns additional authenticated data for AES-GCM (NIST SP 800-38D), valid until the next
   * call: use it in the same synchronous call, never keep it across an `await`
   * @throws InvalidContextError when a part is empty, no string, has a NUL or an unpaired surrogate
   */
  encode(context: EncryptionContext): Buffer
}

/** The encoded beginning that all rows of one column share, with room for a row id behind it. */
type Column = {
  table: string
  field: string
  bytes: Buffer
  start: number
  /** The part of `bytes` that the last row id filled. Ids of one kind are of one length. */
  view: Buffer
}

const ASCII = 127

/** Longer row ids than this, and others than ASCII, work too, without the cache. */
const ROW_ROOM = 128

/** Columns are named in code, so there are few; the limit only bounds a caller that invents them. */
const MAX_COLUMNS = 256

function assertPart(
  name: keyof EncryptionContext,
  value: unknown
): asserts value is string {
  if (typeof value !== "string" || value === "") {
    throw new InvalidContextError(
      `The encryption context needs a non-empty ${name}. Pass the table, the field and the id of the row that will hold the value.`
    )
  }
  if (value.includes("\0")) {
    throw new InvalidContextError(
      `The ${name} of the encryption context contains a NUL character. Use plain identifiers.`
    )
  }
  if (toUSVString(value) !== value) {
    throw new InvalidContextError(
      `The ${name} of the encryption context contains an unpaired surrogate. Use plain identifiers.`
    )
  }
}

function createColumn(keyPrefix: string, table: string, field: string): Column {
  const prefix = Buffer.from(`${keyPrefix}${table}\0${field}\0`, "utf8")
  const bytes = Buffer.alloc(prefix.length + ROW_ROOM)
  prefix.copy(bytes)
  return {
    table,
    field,
    bytes,
    start: prefix.length,
    view: bytes.subarray(0, prefix.length),
  }
}

/** The usual id, ASCII without NUL, is checked and written in one pass. */
function writePlainId(bytes: Buffer, start: number, id: string): boolean {
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at)
    if (code === 0 || code > ASCII) {
      return false
    }
    bytes[start + at] = code
  }
  return true
}

function encodeRow(column: Column, rowId: unknown): Buffer {
  const { bytes, start } = column
  if (
    typeof rowId !== "string" ||
    rowId.length === 0 ||
    rowId.length > ROW_ROOM ||
    !writePlainId(bytes, start, rowId)
  ) {
    assertPart("rowId", rowId)
    return Buffer.concat([bytes.subarray(0, start), Buffer.from(rowId, "utf8")])
  }
  const end = start + rowId.length
  if (column.view.length !== end) {
    column.view = bytes.subarray(0, end)
  }
  return column.view
}

/**
 * Everything but the row id is encoded once for each column and kept. NUL separates the parts and
 * may not occur in one, so no two places share an encoding.
 *
 * @param version - key version
 * @param kid - key id
 * @returns the encoder of that key
 */
export function createContextEncoder(
  version: number,
  kid: string
): ContextEncoder {
  const keyPrefix = `${NAMESPACE}\0${FORMAT}\0${version}\0${kid}\0`
  const unbound = createColumn(keyPrefix, "", "").view
  const columns = new Map<string, Column>()
  let last: Column | undefined

  const columnOf = (table: string, field: string): Column => {
    if (last && last.table === table && last.field === field) {
      return last
    }
    assertPart("table", table)
    assertPart("field", field)
    const name = `${table}\0${field}`
    let column = columns.get(name)
    if (!column) {
      column = createColumn(keyPrefix, table, field)
      if (columns.size === MAX_COLUMNS) {
        columns.clear()
      }
      columns.set(name, column)
    }
    last = column
    return column
  }

  return Object.freeze({
    encode(context: EncryptionContext): Buffer {
      if (context === UNBOUND_CONTEXT) {
        return unbound
      }
      const column = columnOf(context?.table, context?.field)
      return encodeRow(column, context.rowId)
    },
  })
}
