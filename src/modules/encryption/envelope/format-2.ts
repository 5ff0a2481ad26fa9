import { openBytes, sealBytes, TAG_LENGTH } from "./aes-gcm"
import type { EncryptionContext } from "./context"
import {
  decodeBase64Shared,
  decodeShortBase64,
  IV_LENGTH,
  takeIv,
} from "./fast-path"
import { MalformedEnvelopeError, TamperedError, WrongKeyError } from "../errors"
import { isKeyVersion } from "../keys/key-rules"
import type { Key, Keyring } from "../keys/keyring"
import { assertText, decodeText } from "./text"
import type { EnvelopeV2 } from "../types"

const KID = /^[A-Za-z0-9_-]{21}[AQgw]$/

/** Of an envelope that is not bound to a tenant; one that is has `ctx` besides. */
const MEMBERS = 6

/**
 * @param value - an object, for example parsed JSON
 * @returns true when it has exactly the members of format 2 with values of the right types
 */
export function isEnvelopeV2(value: object): value is EnvelopeV2 {
  const { v, encrypted, iv, authTag, keyVersion, kid, ctx } = value as Record<
    string,
    unknown
  >
  return (
    v === 2 &&
    typeof encrypted === "string" &&
    typeof iv === "string" &&
    typeof authTag === "string" &&
    isKeyVersion(keyVersion) &&
    typeof kid === "string" &&
    KID.test(kid) &&
    (ctx === undefined || ctx === 2) &&
    Object.keys(value).length === (ctx ? MEMBERS + 1 : MEMBERS)
  )
}

const sharedIv = Buffer.alloc(IV_LENGTH)
const sharedTag = Buffer.alloc(TAG_LENGTH)

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
  if (!decodeShortBase64(envelope.iv, sharedIv)) {
    return `its iv is not canonical base64 of ${IV_LENGTH} bytes`
  }
  if (!decodeShortBase64(envelope.authTag, sharedTag)) {
    return `its authTag is not canonical base64 of ${TAG_LENGTH} bytes`
  }
  const ciphertext = decodeBase64Shared(envelope.encrypted)
  if (!ciphertext) {
    return "its ciphertext is not canonical base64"
  }
  return { iv: sharedIv, tag: sharedTag, ciphertext }
}

/**
 * Seals text for one place.
 *
 * @param key - the active key
 * @param text - the secret
 * @param context - the place that will hold it
 * @returns an envelope of format 2
 * @throws InvalidPlaintextError, InvalidContextError
 */
export function sealV2(
  key: Key,
  text: string,
  context: EncryptionContext
): EnvelopeV2 {
  assertText(text)
  const version = context?.tenant === undefined ? 1 : 2
  const aad = key.contexts.encode(context, version)
  // The nonce is encoded before this synchronous call returns: see takeIv.
  const iv = takeIv()
  // Given as a string, because a copy in bytes could be wiped and the caller's string could not.
  const { ciphertext, tag } = sealBytes({
    key: key.aead,
    iv,
    aad,
    plaintext: text,
  })
  return {
    v: 2,
    encrypted: ciphertext.toString("base64"),
    iv: iv.toString("base64"),
    authTag: tag.toString("base64"),
    keyVersion: key.version,
    kid: key.kid,
    ...(version === 2 && { ctx: version }),
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

  const aad = key.contexts.encode(context, envelope.ctx ?? 1)
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
