import {
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
} from "node:crypto"

import { SecretString } from "../../../secrets/secret-string"
import { ForeignValueError, ImporterNotUsableError } from "../errors"
import { decodeUtf8 } from "../envelope/text"

/** What a Fernet token holds. */
export type FernetValue = {
  secret: SecretString
  /** When the token was made, to the second. */
  created_at: Date
}

/** Limits on the age of a token. An import has none: old tokens are what it is for. */
export type FernetAgeLimit = {
  /** Seconds for which a token is good. */
  ttl: number
  /** Seconds by which the clock of its maker may be ahead. */
  clock_skew: number
  now: Date
}

export type FernetImporter = {
  /**
   * @param value - a stored value
   * @returns true when it has the shape of a Fernet token, under whatever key
   */
  recognises(value: unknown): value is string
  /**
   * @param value - a Fernet token
   * @param limit - refuses a token by its age; without it age does not matter
   * @returns the secret and the time of its sealing
   * @throws ForeignValueError with the code `foreign_malformed`, `foreign_unauthenticated` (made
   * with none of the keys, or changed) or `foreign_expired`
   */
  open(value: string, limit?: FernetAgeLimit): FernetValue
}

type FernetKey = { signing: KeyObject; encryption: KeyObject }

const KEY_LENGTH = 32
const VERSION = 0x80
const HEADER_LENGTH = 9
const IV_LENGTH = 16
const BLOCK_LENGTH = 16
const HMAC_LENGTH = 32
const OVERHEAD = HEADER_LENGTH + IV_LENGTH + HMAC_LENGTH

/** The version byte and the zero upper half of the time, which lasts until the year 2106. */
const SHAPE = /^gAAAAA[A-Za-z0-9_-]+={0,2}$/

/** Whether a value has the shape of a Fernet token, under whatever key. */
export const isFernetShaped = (value: unknown): value is string =>
  typeof value === "string" && SHAPE.test(value)

/** The last moment that a Date can hold, in seconds. */
const MAX_SECONDS = 8_640_000_000_000n

const malformed = (reason: string): ForeignValueError =>
  new ForeignValueError(
    "foreign_malformed",
    `The value is not a Fernet token: ${reason}. Check that the right column is imported.`
  )

/** Decodes base64url (RFC 4648 section 5) in its one canonical, padded spelling. */
function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url")
  const padding = "=".repeat((3 - (bytes.length % 3)) % 3)
  return bytes.toString("base64url") + padding === text ? bytes : undefined
}

function parseKey(text: string, index: number): FernetKey {
  const bytes = typeof text === "string" ? decodeBase64Url(text) : undefined
  if (bytes?.length !== KEY_LENGTH) {
    throw new ImporterNotUsableError(
      `Fernet key number ${index + 1} is not ${KEY_LENGTH} bytes in base64url (44 characters). Copy it exactly as the old system has it, for example from TOKEN_ENCRYPTION_KEY.`
    )
  }
  const key = {
    signing: createSecretKey(bytes.subarray(0, 16)),
    encryption: createSecretKey(bytes.subarray(16)),
  }
  bytes.fill(0)
  return key
}

function parseToken(value: string): Buffer {
  const token = typeof value === "string" ? decodeBase64Url(value) : undefined
  if (!token) {
    throw malformed("it is not canonical base64url")
  }
  if (token[0] !== VERSION) {
    throw malformed("its version is unknown")
  }
  if (
    token.length < OVERHEAD + BLOCK_LENGTH ||
    (token.length - OVERHEAD) % BLOCK_LENGTH !== 0
  ) {
    throw malformed("it has an impossible length")
  }
  return token
}

/** Finds the key by its HMAC (RFC 2104), so that a wrong key never gets to decrypt. */
function findKey(keys: readonly FernetKey[], token: Buffer): FernetKey {
  const signed = token.subarray(0, -HMAC_LENGTH)
  const hmac = token.subarray(-HMAC_LENGTH)
  const key = keys.find(({ signing }) =>
    timingSafeEqual(createHmac("sha256", signing).update(signed).digest(), hmac)
  )
  if (!key) {
    throw new ForeignValueError(
      "foreign_unauthenticated",
      "The Fernet token was made with none of the given keys, or changed since. Add the key it was made with."
    )
  }
  return key
}

function assertAge(
  seconds: bigint,
  { ttl, clock_skew, now }: FernetAgeLimit
): void {
  const made = Number(seconds)
  const present = now.getTime() / 1000
  if (made + ttl < present) {
    throw new ForeignValueError(
      "foreign_expired",
      "The Fernet token is older than it may be."
    )
  }
  if (made > present + clock_skew) {
    throw new ForeignValueError(
      "foreign_expired",
      "The Fernet token was made in the future."
    )
  }
}

function decrypt(key: FernetKey, token: Buffer): SecretString {
  const bodyStart = HEADER_LENGTH + IV_LENGTH
  const decipher = createDecipheriv(
    "aes-128-cbc",
    key.encryption,
    token.subarray(HEADER_LENGTH, bodyStart)
  )
  let plaintext: Buffer
  try {
    const start = decipher.update(token.subarray(bodyStart, -HMAC_LENGTH))
    const end = decipher.final()
    plaintext = Buffer.concat([start, end])
    start.fill(0)
    end.fill(0)
  } catch {
    throw malformed("its padding is wrong")
  }
  const text = decodeUtf8(plaintext)
  if (text === undefined) {
    throw malformed("it holds binary data instead of text")
  }
  return new SecretString(text)
}

/**
 * Reads values that other systems sealed with Fernet (version 0x80 of its specification: AES-128 in
 * CBC mode, PKCS #7 padding, HMAC-SHA256).
 *
 * @param keys - 32 bytes in base64url each, tried in this order
 * @returns the importer; it keeps the keys where they do not print
 * @throws ImporterNotUsableError when there is no key, or one is malformed
 */
export function createFernetImporter(keys: readonly string[]): FernetImporter {
  if (keys.length === 0) {
    throw new ImporterNotUsableError(
      "A Fernet import needs at least one key: the one that the old system sealed with."
    )
  }
  const parsed = keys.map(parseKey)

  return Object.freeze({
    recognises: isFernetShaped,
    open(value: string, limit?: FernetAgeLimit): FernetValue {
      const token = parseToken(value)
      const key = findKey(parsed, token)
      const seconds = token.readBigUInt64BE(1)
      if (seconds > MAX_SECONDS) {
        throw malformed("its time is out of range")
      }
      if (limit) {
        assertAge(seconds, limit)
      }
      return {
        secret: decrypt(key, token),
        created_at: new Date(Number(seconds) * 1000),
      }
    },
  })
}
