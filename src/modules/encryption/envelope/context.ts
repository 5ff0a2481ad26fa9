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
  /**
   * Owner of the row, null for none. Without it a value is sealed for the row whoever owns it, and
   * opened as one of a row without an owner.
   */
  tenant?: string | null
}

/** 1 ends with the row, 2 with its tenant. An envelope of version 2 says so in its member `ctx`. */
export type ContextVersion = 1 | 2

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

/** What the contexts of all values under one key begin with. */
export const contextPrefix = (version: number, kid: string): string =>
  `${NAMESPACE}\0${FORMAT}\0${version}\0${kid}\0`

/**
 * NUL separates the parts and may not occur in one, so no two places share an encoding, nor do the
 * two versions.
 *
 * @param prefix - of the key ({@link contextPrefix})
 * @param context - the place of the value
 * @param version - which parts of it bind
 * @returns additional authenticated data for AES-GCM (NIST SP 800-38D)
 * @throws InvalidContextError when a part is no string, has a NUL or an unpaired surrogate, or is
 * empty; only the tenant may be empty
 */
export function encodeContext(
  prefix: string,
  context: EncryptionContext,
  version: ContextVersion
): Buffer {
  const row = context === UNBOUND_CONTEXT ? "\0\0" : joinRow(Object(context))
  const end = version === 1 ? "" : `\0${tenantPart(context.tenant)}`
  return Buffer.from(`${prefix}${row}${end}`, "utf8")
}

function joinRow({ table, field, rowId }: EncryptionContext): string {
  assertPart("table", table)
  assertPart("field", field)
  assertPart("rowId", rowId)
  return `${table}\0${field}\0${rowId}`
}

/** No tenant is another part than any tenant, one with an empty name included. */
function tenantPart(tenant: unknown): string {
  if (tenant === undefined || tenant === null) {
    return ""
  }
  const part = `=${tenant}`
  assertPart("tenant", typeof tenant === "string" ? part : tenant)
  return part
}
