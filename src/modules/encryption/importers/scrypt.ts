import {
  createSecretKey,
  getFips,
  scrypt,
  type ScryptOptions,
} from "node:crypto"

import { SecretString } from "../../../secrets/secret-string"
import { openBytes, TAG_LENGTH } from "../envelope/aes-gcm"
import { ForeignValueError, ImporterNotUsableError } from "../errors"
import { KEY_LENGTH } from "../keys/key-rules"
import { decodeBase64 } from "../envelope/strict-base64"
import { decodeUtf8 } from "../envelope/text"

/** Cost of scrypt (RFC 7914) in the system that sealed the values. */
export type ScryptParameters = {
  /** CPU and memory cost, a power of two. */
  N: number
  /** Block size. */
  r: number
  /** Parallelisation. */
  p: number
}

/** What node:crypto takes when it is told nothing. */
export const DEFAULT_SCRYPT_PARAMETERS: Readonly<ScryptParameters> =
  Object.freeze({
    N: 16384,
    r: 8,
    p: 1,
  })

const SALT_LENGTH = 16
const IV_LENGTH = 12
const HEADER_LENGTH = SALT_LENGTH + IV_LENGTH + TAG_LENGTH

/** Below it, guessing offline is a matter of hours, and a cut or misspelt variable is likely. */
const MIN_SECRET_LENGTH = 16

/** A mistyped cost must not take the server's memory: 1 GiB. */
const MAX_MEMORY = 2 ** 30

const NO_AAD = Buffer.alloc(0)

function assertParameters({ N, r, p }: ScryptParameters): void {
  const positive = [N, r, p].every(
    (value) => Number.isSafeInteger(value) && value >= 1
  )
  if (!positive || N < 2 || !Number.isInteger(Math.log2(N))) {
    throw new ImporterNotUsableError(
      "The scrypt parameters N, r and p must be whole numbers from 1, and N a power of two from 2. Use those of the old system; node:crypto's own are N 16384, r 8, p 1."
    )
  }
  if (memoryFor({ N, r, p }) > MAX_MEMORY) {
    throw new ImporterNotUsableError(
      `The scrypt parameters N ${N}, r ${r}, p ${p} need more than 1 GiB of memory for each value. Check them against the old system.`
    )
  }
}

/** RFC 7914: 128·r bytes for each of N and of p, with as much again for the implementation. */
const memoryFor = ({ N, r, p }: ScryptParameters): number => 256 * r * (N + p)

/**
 * Checks, before any value is read, that an import can work at all.
 *
 * @param secret - ENCRYPTION_SECRET of the old system
 * @param parameters - its scrypt cost
 * @throws ImporterNotUsableError when the secret is missing or weak, the cost impossible, or the
 * process in FIPS mode
 */
export function assertScryptUsable(
  secret: string | SecretString,
  parameters: ScryptParameters = DEFAULT_SCRYPT_PARAMETERS
): void {
  const text: unknown =
    secret instanceof SecretString ? secret.reveal() : secret
  if (typeof text !== "string" || text.trim() === "") {
    throw new ImporterNotUsableError(
      "The secret of the old system is missing. Give the value of its ENCRYPTION_SECRET."
    )
  }
  if (text.length < MIN_SECRET_LENGTH) {
    throw new ImporterNotUsableError(
      `The secret of the old system has fewer than ${MIN_SECRET_LENGTH} characters: too weak to have protected anything, or not complete. Check it, or enter the credentials again.`
    )
  }
  assertParameters(parameters)
  if (getFips()) {
    throw new ImporterNotUsableError(
      "Node.js runs in FIPS mode, which has no scrypt. Run this one import without FIPS mode; what it seals opens in both."
    )
  }
}

/**
 * Whether a value can be one of these: canonical base64, long enough. The format has no mark of its
 * own, so in a place where keys and tokens stand this says nothing.
 */
export const isScryptShaped = (value: unknown): value is string =>
  typeof value === "string" &&
  (decodeBase64(value)?.length ?? 0) >= HEADER_LENGTH

const deriveKey = (
  secret: string,
  salt: Buffer,
  options: ScryptOptions
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_LENGTH, options, (error, key) =>
      error ? reject(error) : resolve(key)
    )
  })

/**
 * Opens a value that another system sealed as base64 of salt (16 bytes), iv (12), tag (16) and
 * ciphertext, with AES-256-GCM under scrypt (RFC 7914) of a secret.
 *
 * It takes tens of milliseconds and megabytes of memory for each value, on Node's thread pool: use
 * it in an import, never to answer a request.
 *
 * @param value - the stored value; the format has no marker, so it is the caller who knows it
 * @param secret - ENCRYPTION_SECRET of the old system
 * @param parameters - its scrypt cost
 * @returns the secret that was sealed
 * @throws ImporterNotUsableError as {@link assertScryptUsable} does
 * @throws ForeignValueError with the code `foreign_malformed`, or `foreign_unauthenticated` (another
 * secret or cost, or changed)
 */
export async function openScryptValue(
  value: string,
  secret: string | SecretString,
  parameters: ScryptParameters = DEFAULT_SCRYPT_PARAMETERS
): Promise<SecretString> {
  assertScryptUsable(secret, parameters)
  const bytes = typeof value === "string" ? decodeBase64(value) : undefined
  if (!bytes || bytes.length < HEADER_LENGTH) {
    throw new ForeignValueError(
      "foreign_malformed",
      `The value is not canonical base64 of at least ${HEADER_LENGTH} bytes. Check that the right column is imported.`
    )
  }

  const { N, r, p } = parameters
  const derived = await deriveKey(
    secret instanceof SecretString ? secret.reveal() : secret,
    bytes.subarray(0, SALT_LENGTH),
    { N, r, p, maxmem: memoryFor(parameters) }
  )
  const key = createSecretKey(derived)
  derived.fill(0)

  let plaintext: Buffer
  try {
    plaintext = openBytes({
      key,
      iv: bytes.subarray(SALT_LENGTH, SALT_LENGTH + IV_LENGTH),
      aad: NO_AAD,
      ciphertext: bytes.subarray(HEADER_LENGTH),
      tag: bytes.subarray(SALT_LENGTH + IV_LENGTH, HEADER_LENGTH),
    })
  } catch {
    throw new ForeignValueError(
      "foreign_unauthenticated",
      "The value was sealed with another secret or scrypt cost, or changed since. Check both against the old system."
    )
  }
  const text = decodeUtf8(plaintext)
  if (text === undefined) {
    throw new ForeignValueError(
      "foreign_malformed",
      "The value holds binary data instead of text."
    )
  }
  return new SecretString(text)
}
