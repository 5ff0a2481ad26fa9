import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"

/*
 * What releases before this one wrote, and how they read it: a store that is
 * rolled back runs this code again. It shares nothing with the present release.
 */

/** A stored value of the release that brought encryption: format 1. */
export interface OldEnvelope {
  encrypted: string
  iv: string
  authTag: string
  keyVersion: number
}

export type OldApiConfig = Record<string, unknown>

/**
 * Seals with the raw key and nothing bound to it.
 *
 * @param key - base64 of 32 bytes
 * @param ivLength - 12 or 16 bytes, as different releases used
 */
export const sealAsBefore = (
  text: string,
  key: string,
  ivLength: 12 | 16
): OldEnvelope => {
  const iv = randomBytes(ivLength)
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "base64"), iv)
  const encrypted = Buffer.concat([cipher.update(text, "utf8"), cipher.final()])
  return {
    encrypted: encrypted.toString("base64"),
    iv: iv.toString("base64"),
    authTag: cipher.getAuthTag().toString("base64"),
    keyVersion: 1,
  }
}

/** The release before encryption knows one place only. */
export const readBeforeEncryption = (
  apiConfig: OldApiConfig,
  field: string
): string | undefined => apiConfig[field] as string | undefined

/**
 * The release of format 1: the envelope first, then a plaintext value.
 *
 * @param key - base64 of 32 bytes
 * @param log - its log
 * @throws Error when there is neither
 */
export const readFormat1 = (
  apiConfig: OldApiConfig,
  field: string,
  key: string,
  log: (line: string) => void
): string => {
  const name = field.replaceAll("_", " ")
  const envelope = apiConfig[`${field}_encrypted`] as OldEnvelope | undefined
  if (envelope) {
    try {
      const decipher = createDecipheriv(
        "aes-256-gcm",
        Buffer.from(key, "base64"),
        Buffer.from(envelope.iv, "base64")
      )
      decipher.setAuthTag(Buffer.from(envelope.authTag, "base64"))
      return (
        decipher.update(envelope.encrypted, "base64", "utf8") +
        decipher.final("utf8")
      )
    } catch (error) {
      log(
        `[Token Helper] Failed to decrypt ${name}: ${(error as Error).message}`
      )
    }
  }
  const plaintext = apiConfig[field]
  if (typeof plaintext !== "string" || !plaintext) {
    throw new Error(`No ${name} found`)
  }
  log(
    `[Token Helper] Using plaintext ${field} (not encrypted). Consider re-authenticating.`
  )
  return plaintext
}
