import { isAscii, isUtf8 } from "node:buffer"
import { toUSVString } from "node:util"

import type { EncryptionContext } from "./context"
import { InvalidPlaintextError, MalformedEnvelopeError } from "./errors"

// Not Node's pool: secrets would lie in memory that any other code is handed next, and the pool is
// made anew after a few dozen values, at the price of a collection.
const shared = Buffer.alloc(8192)

/**
 * Encodes a secret as UTF-8. Unpaired surrogates are refused, because UTF-8 would silently turn
 * them into other characters.
 *
 * @param text - the secret
 * @returns bytes that the caller wipes, valid until the next call: use them in the same synchronous
 * call
 * @throws InvalidPlaintextError when it is no string or not well-formed
 */
export function encodeText(text: string): Buffer {
  if (typeof text !== "string") {
    throw new InvalidPlaintextError("Only a string or a SecretString can be sealed.")
  }
  if (toUSVString(text) !== text) {
    throw new InvalidPlaintextError(
      "The text to seal contains an unpaired surrogate, which UTF-8 cannot hold."
    )
  }
  // No character takes more than three bytes for each of its UTF-16 units.
  if (text.length * 3 > shared.length) {
    return Buffer.from(text, "utf8")
  }
  return shared.subarray(0, shared.write(text))
}

/**
 * Decodes an opened secret and wipes its bytes.
 *
 * @param bytes - UTF-8
 * @param keyVersion - of the key that opened it, for the error
 * @param context - place of the value, for the error
 * @returns the secret
 * @throws MalformedEnvelopeError when the bytes are not UTF-8
 */
export function decodeText(
  bytes: Buffer,
  keyVersion?: number,
  context?: EncryptionContext
): string {
  try {
    // Tokens are ASCII as a rule, and its decoder has less to do.
    if (isAscii(bytes)) {
      return bytes.toString("latin1")
    }
    if (isUtf8(bytes)) {
      return bytes.toString("utf8")
    }
  } finally {
    bytes.fill(0)
  }
  throw new MalformedEnvelopeError("it opens to binary data instead of text", {
    keyVersion,
    context,
  })
}
