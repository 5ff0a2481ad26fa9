import { createCipheriv, createHmac, randomBytes } from "node:crypto"

/** A key as the systems with Fernet keep it: 32 bytes in base64url. */
export const newFernetKey = (): string => {
  const key = randomBytes(32).toString("base64")
  return key.replaceAll("+", "-").replaceAll("/", "_")
}

/**
 * Seals as the systems before this one did (version 0x80 of Fernet).
 *
 * @param at - when it was sealed
 */
export const sealFernet = (
  key: string,
  text: string,
  at: Date = new Date()
): string => {
  const bytes = Buffer.from(key, "base64url")
  const iv = randomBytes(16)
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 1000)))
  const cipher = createCipheriv("aes-128-cbc", bytes.subarray(16), iv)
  const signed = Buffer.concat([
    Buffer.from([0x80]),
    time,
    iv,
    cipher.update(text, "utf8"),
    cipher.final(),
  ])
  const hmac = createHmac("sha256", bytes.subarray(0, 16))
    .update(signed)
    .digest()
  const token = Buffer.concat([signed, hmac]).toString("base64")
  return token.replaceAll("+", "-").replaceAll("/", "_")
}
