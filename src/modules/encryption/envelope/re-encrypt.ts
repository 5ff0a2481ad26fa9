import type { SecretString } from "../../../secrets/secret-string"
import { blindIndex, type BlindIndexColumn } from "../keys/blind-index"
import { inspectStored, isOldForm, isUpToDate } from "./classify"
import type { EncryptionContext } from "./context"
import { refusalOf } from "./open"
import type { Key } from "../keys/keyring"
import type { Envelope, EnvelopeV2 } from "../types"

/** A value that was sealed again. */
export type ReEncryptedValue = {
  envelope: EnvelopeV2
  secret: SecretString
  /** Its blind index, where one was asked for. */
  index: string | null
}

/**
 * Opens an envelope and seals its secret again with the active key, in format 2.
 *
 * @param data - the envelope as object; text is sealed again in any case
 * @param context - the row and field that hold it
 * @param column - logical names of the column, where the field is looked up by its value
 * @returns null when there is nothing to do
 * @throws everything that opening and sealing throw
 */
export type ReEncrypt = (
  data: Envelope | string,
  context: EncryptionContext,
  column?: BlindIndexColumn
) => ReEncryptedValue | null

/**
 * @param active - the key that everything is to be under
 * @param operations - opening and sealing, with whatever is logged and counted of them
 */
export function createReEncrypt(
  active: Key,
  {
    open,
    seal,
  }: {
    open: (data: Envelope | string, context: EncryptionContext) => SecretString
    seal: (secret: SecretString, context: EncryptionContext) => EnvelopeV2
  }
): ReEncrypt {
  return (data, context, column) => {
    const stored = inspectStored(data, "sealed")
    if (stored.kind !== "envelope") {
      throw refusalOf(stored, context)
    }
    const isOld =
      context.tenant === undefined ? stored.isText : isOldForm(stored)
    if (isUpToDate(stored, active.version) && !isOld) {
      return null
    }
    const secret = open(data, context)
    return {
      envelope: seal(secret, context),
      secret,
      index: column ? blindIndex(active, column, secret) : null,
    }
  }
}
