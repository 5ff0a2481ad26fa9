import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
  randomFillSync,
} from "node:crypto"

const ALGORITHM = "aes-256-gcm"
const IV_LENGTH = 12

const key: KeyObject = createSecretKey(randomBytes(32))
const pool = Buffer.alloc(IV_LENGTH * 341)
let offset = pool.length

function takeIv(): Buffer {
  if (offset === pool.length) {
    randomFillSync(pool)
    offset = 0
  }
  offset += IV_LENGTH
  return pool.subarray(offset - IV_LENGTH, offset)
}

type Parts = { iv: Buffer; ciphertext: Buffer; tag: Buffer }

/** The least that AES-256-GCM costs on node:crypto: one cached key, pooled nonces, no check at all. */
export function sealBytes(plaintext: Buffer): Parts {
  const iv = takeIv()
  const cipher = createCipheriv(ALGORITHM, key, iv)
  const ciphertext = cipher.update(plaintext)
  cipher.final()
  return { iv, ciphertext, tag: cipher.getAuthTag() }
}

export function openBytes({ iv, ciphertext, tag }: Parts): Buffer {
  const decipher = createDecipheriv(ALGORITHM, key, iv)
  decipher.setAuthTag(tag)
  const plaintext = decipher.update(ciphertext)
  decipher.final()
  return plaintext
}

/** The same from text to text that a column can hold, in the most compact form. */
export function sealText(text: string): string {
  const { iv, ciphertext, tag } = sealBytes(Buffer.from(text, "utf8"))
  return `${iv.toString("base64url")}.${ciphertext.toString("base64url")}.${tag.toString("base64url")}`
}

export function openText(stored: string): string {
  const [iv, ciphertext, tag] = stored
    .split(".")
    .map((part) => Buffer.from(part, "base64url"))
  return openBytes({ iv, ciphertext, tag }).toString("utf8")
}
