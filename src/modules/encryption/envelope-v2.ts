import { openBytes, sealBytes, TAG_LENGTH } from "./aes-gcm"
import type { EncryptionContext } from "./context"
import { MalformedEnvelopeError, TamperedError, WrongKeyError } from "./errors"
import { IV_LENGTH, takeIv } from "./iv-pool"
import { isKeyVersion } from "./key-rules"
import type { Key, Keyring } from "./keyring"
import { decodeBase64Shared } from "./strict-base64"
import { decodeText, encodeText } from "./text"
import type { EnvelopeV2 } from "./types"

const IV_CHARACTERS = (IV_LENGTH / 3) * 4
const TAG_CHARACTERS = 24
/** Canonical base64 of 28 bytes: the last character has no stray bits. */
const HEAD = /^[A-Za-z0-9+/]{37}[AQgw]==$/
const KID = /^[A-Za-z0-9_-]{21}[AQgw]$/

/** Few keys write all envelopes: the id that was well-formed last time mostly is it again. */
let lastKid = ""

function isKid(value: unknown): boolean {
  if (value === lastKid) {
    return true
  }
  if (typeof value !== "string" || !KID.test(value)) {
    return false
  }
  lastKid = value
  return true
}

function isMember(name: string): boolean {
  switch (name) {
    case "v":
    case "encrypted":
    case "iv":
    case "authTag":
    case "keyVersion":
    case "kid":
      return true
    default:
      return false
  }
}

/** Exactly the six members: as many own names as that, and each one of them. */
function hasExactMembers(value: object): boolean {
  const names = Object.keys(value)
  if (names.length !== 6) {
    return false
  }
  for (let at = 0; at < 6; at += 1) {
    if (!isMember(names[at])) {
      return false
    }
  }
  return true
}

/**
 * @param value - an object, for example parsed JSON
 * @returns true when it has exactly the members of format 2 with values of the right types
 */
export function isEnvelopeV2(value: object): value is EnvelopeV2 {
  if (!hasExactMembers(value)) {
    return false
  }
  const { v, encrypted, iv, authTag, keyVersion, kid } = value as Record<string, unknown>
  return (
    v === 2 &&
    typeof encrypted === "string" &&
    typeof iv === "string" &&
    typeof authTag === "string" &&
    isKeyVersion(keyVersion) &&
    isKid(kid)
  )
}

// Made once: a view costs more than the bytes in it.
const head = Buffer.alloc(IV_LENGTH + TAG_LENGTH)
const headIv = head.subarray(0, IV_LENGTH)
const headTag = head.subarray(IV_LENGTH)

/** The iv fills its characters exactly, so it and the tag decode in one go, as one strict text. */
function decodeHead(iv: string, authTag: string): boolean {
  if (iv.length !== IV_CHARACTERS || authTag.length !== TAG_CHARACTERS) {
    return false
  }
  const text = iv + authTag
  return HEAD.test(text) && head.write(text, "base64") === head.length
}

/**
 * Decodes the binary members strictly.
 *
 * @param envelope - of the right shape
 * @returns the bytes, or the reason why it is malformed; the bytes are valid until the next call: use
 * them in the same synchronous call
 */
export function decodeV2(
  envelope: EnvelopeV2
): { iv: Buffer; tag: Buffer; ciphertext: Buffer } | string {
  if (!decodeHead(envelope.iv, envelope.authTag)) {
    return `its iv and authTag are not canonical base64 of ${IV_LENGTH} and ${TAG_LENGTH} bytes`
  }
  const ciphertext = decodeBase64Shared(envelope.encrypted)
  if (!ciphertext) {
    return "its ciphertext is not canonical base64"
  }
  return { iv: headIv, tag: headTag, ciphertext }
}

/**
 * Seals text for one place.
 *
 * @param key - the primary key
 * @param text - the secret
 * @param context - the place that will hold it
 * @returns an envelope of format 2
 * @throws InvalidPlaintextError, InvalidContextError
 */
export function sealV2(key: Key, text: string, context: EncryptionContext): EnvelopeV2 {
  const aad = key.contexts.encode(context)
  const plaintext = encodeText(text)
  // The nonce is encoded before this synchronous call returns: see takeIv.
  const iv = takeIv()
  try {
    const { ciphertext, tag } = sealBytes({ key: key.aead, iv, aad, plaintext })
    return {
      v: 2,
      encrypted: ciphertext.toString("base64"),
      iv: iv.toString("base64"),
      authTag: tag.toString("base64"),
      keyVersion: key.version,
      kid: key.kid,
    }
  } finally {
    plaintext.fill(0)
  }
}

/**
 * Opens an envelope of format 2 at its place. The key is chosen by the version that the envelope
 * names and must be the one that its `kid` commits to; no other key is tried.
 *
 * @param keyring - the configured keys
 * @param envelope - of the right shape ({@link isEnvelopeV2})
 * @param context - where the envelope was found
 * @returns the secret
 * @throws UnknownKeyVersionError, KeyRetiredError, WrongKeyError, MalformedEnvelopeError,
 * TamperedError, InvalidContextError
 */
export function openV2(
  keyring: Keyring,
  envelope: EnvelopeV2,
  context: EncryptionContext
): string {
  const { keyVersion } = envelope

  const parts = decodeV2(envelope)
  if (typeof parts === "string") {
    throw new MalformedEnvelopeError(parts, { keyVersion, context })
  }
  const key = keyring.get(keyVersion, context)
  if (envelope.kid !== key.kid) {
    throw new WrongKeyError({ keyVersion, context })
  }

  const aad = key.contexts.encode(context)
  let plaintext: Buffer
  try {
    plaintext = openBytes({
      key: key.aead,
      iv: parts.iv,
      aad,
      ciphertext: parts.ciphertext,
      tag: parts.tag,
    })
  } catch {
    throw new TamperedError({ keyVersion, context })
  }
  return decodeText(plaintext, keyVersion, context)
}

/**
 * Writes an envelope as compact JSON for a text column. Base64 needs no escaping, so a template
 * does what JSON.stringify does, several times faster.
 *
 * @param envelope - as {@link sealV2} made it
 * @returns JSON text
 * @throws MalformedEnvelopeError when it is not an exact envelope
 */
export function serializeEnvelope(envelope: EnvelopeV2): string {
  if (!isEnvelopeV2(envelope)) {
    throw new MalformedEnvelopeError("it has not exactly the members of format 2")
  }
  const parts = decodeV2(envelope)
  if (typeof parts === "string") {
    throw new MalformedEnvelopeError(parts, { keyVersion: envelope.keyVersion })
  }
  const { encrypted, iv, authTag, keyVersion, kid } = envelope
  return `{"v":2,"encrypted":"${encrypted}","iv":"${iv}","authTag":"${authTag}","keyVersion":${keyVersion},"kid":"${kid}"}`
}
