import { isUtf8 } from "node:buffer"
import { toUSVString } from "node:util"

import type { EncryptionContext } from "./context"
import { InvalidPlaintextError, MalformedEnvelopeError } from "../errors"

/**
 * Refuses what UTF-8 cannot hold: it would silently turn unpaired surrogates into other characters.
 *
 * @param text - the secret
 * @throws InvalidPlaintextError when it is no string or not well-formed
 */
export function assertText(text: unknown): asserts text is string {
  if (typeof text !== "string") {
    throw new InvalidPlaintextError(
      "Only a string or a SecretString can be sealed."
    )
  }
  if (toUSVString(text) !== text) {
    throw new InvalidPlaintextError(
      "The text to seal contains an unpaired surrogate, which UTF-8 cannot hold."
    )
  }
}

/**
 * Decodes an opened secret and wipes its bytes.
 *
 * @param bytes - UTF-8
 * @returns the secret, or undefined when the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Buffer): string | undefined {
  const text = isUtf8(bytes) ? bytes.toString("utf8") : undefined
  bytes.fill(0)
  return text
}

/**
 * Decodes the secret of an envelope and wipes its bytes.
 *
 * @param bytes - UTF-8
 * @param keyVersion - of the key that opened it, for the error
 * @param context - place of the value, for the error
 * @returns the secret
 * @throws MalformedEnvelopeError when the bytes are not UTF-8
 */
export function decodeText(
  bytes: Buffer,
  keyVersion: number,
  context: EncryptionContext
): string {
  const text = decodeUtf8(bytes)
  if (text === undefined) {
    throw new MalformedEnvelopeError(
      "it opens to binary data instead of text",
      {
        keyVersion,
        context,
      }
    )
  }
  return text
}
