import { randomBytes } from "node:crypto"
import { sealBytes } from "../../../src/modules/encryption/envelope/aes-gcm"
import type { EnvelopeV1 } from "../../../src/modules/encryption/types"

/** Another letter of the base64 alphabet in the middle of a text. */
export const changeLetter = (text: string): string => {
  const at = Math.floor(text.length / 2) - 1
  return `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`
}

/**
 * Seals as the releases before format 2 did: with the raw key, bound to nothing.
 *
 * @param ivLength - 12 or 16, as different releases used
 */
export const sealFormat1 = (text: string, ivLength: 12 | 16): EnvelopeV1 => {
  const iv = randomBytes(ivLength)
  const { ciphertext, tag } = sealBytes({
    key: Buffer.from(process.env.ENCRYPTION_KEY ?? "", "base64"),
    iv,
    aad: Buffer.alloc(0),
    plaintext: Buffer.from(text),
  })
  return {
    encrypted: ciphertext.toString("base64"),
    iv: iv.toString("base64"),
    authTag: tag.toString("base64"),
    keyVersion: 1,
  }
}
