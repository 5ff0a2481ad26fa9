import { isUtf8 } from "node:buffer"
import { toUSVString } from "node:util"

import { type EncryptionErrorDetails, InvalidPlaintextError, MalformedEnvelopeError } from "./errors"

/**
 * Encodes a secret as UTF-8. Unpaired surrogates are refused, because UTF-8 would silently turn
 * them into other characters.
 *
 * @param text - the secret
 * @returns bytes that the caller wipes
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
  return Buffer.from(text, "utf8")
}

/**
 * Decodes an opened secret and wipes its bytes.
 *
 * @param bytes - UTF-8
 * @param details - place of the value, for the error
 * @returns the secret
 * @throws MalformedEnvelopeError when the bytes are not UTF-8
 */
export function decodeText(bytes: Buffer, details: EncryptionErrorDetails): string {
  try {
    if (!isUtf8(bytes)) {
      throw new MalformedEnvelopeError(
        "it opens to binary data instead of text",
        details
      )
    }
    return bytes.toString("utf8")
  } finally {
    bytes.fill(0)
  }
}
