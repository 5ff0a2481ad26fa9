import { SecretString } from "../../../secrets/secret-string"
import { inspectStored, recognise, type Stored } from "./classify"
import type { EncryptionContext } from "./context"
import { openV1 } from "./format-1"
import { openV2 } from "./format-2"
import {
  type EncryptionError,
  ForeignFormatError,
  LegacyNotAllowedError,
  MalformedEnvelopeError,
  PlaintextNotAllowedError,
} from "../errors"
import type { Keyring } from "../keys/keyring"
import type {
  EncryptionPolicy,
  Envelope,
  EnvelopeV1,
  EnvelopeV2,
} from "../types"

export type RecognisedEnvelope =
  | { format: "v1"; envelope: EnvelopeV1 }
  | { format: "v2"; envelope: EnvelopeV2 }

/** An opened value, with the envelope that held it. */
export type OpenedEnvelope = { envelope: Envelope; secret: SecretString }

/**
 * @param data - the envelope as object, JSON text or base64 of JSON text
 * @param context - where it was found, for the error
 * @returns the envelope with its format
 * @throws ForeignFormatError, PlaintextNotAllowedError, MalformedEnvelopeError for what is none
 */
export function requireEnvelope(
  data: Envelope | string,
  context: EncryptionContext
): RecognisedEnvelope {
  const recognised = recognise(data)
  if (recognised.format === "v1" || recognised.format === "v2") {
    return recognised
  }
  throw refusalOf(inspectStored(data, "sealed"), context)
}

/**
 * Why a stored value that is not to be opened is refused.
 *
 * @param stored - what {@link inspectStored} says of it; an envelope here stands in the place of
 * plaintext
 * @param context - where it was found
 */
export function refusalOf(
  { kind }: Stored,
  context: EncryptionContext | undefined
): EncryptionError {
  switch (kind) {
    case "foreign":
      return new ForeignFormatError({ context })
    case "malformed":
      return new MalformedEnvelopeError(
        "its members are not exactly those of a known format, or hold other values than it allows",
        { context }
      )
    case "envelope":
      return new MalformedEnvelopeError(
        "it is an envelope that stands under the credential's own name, where only a plain value may stand",
        { context }
      )
    default:
      return new PlaintextNotAllowedError({ context })
  }
}

/**
 * Opens an envelope of format 2, or of format 1 while the policy accepts it.
 *
 * @param data - the envelope as object, JSON text or base64 of JSON text
 * @param context - the row and field that hold it
 * @param keyring - the keys with their present states
 * @param policy - the one in force
 * @throws everything that {@link requireEnvelope} throws, LegacyNotAllowedError,
 * UnknownKeyVersionError, KeyRetiredError, WrongKeyError, TamperedError
 */
export function openEnvelope(
  data: Envelope | string,
  context: EncryptionContext,
  keyring: Keyring,
  policy: Pick<EncryptionPolicy, "minimum_envelope_format">
): OpenedEnvelope {
  const { format, envelope } = requireEnvelope(data, context)
  if (format === "v2") {
    return {
      envelope,
      secret: new SecretString(openV2(keyring, envelope, context)),
    }
  }
  if (policy.minimum_envelope_format > 1) {
    throw new LegacyNotAllowedError({
      keyVersion: envelope.keyVersion,
      context,
    })
  }
  return {
    envelope,
    secret: new SecretString(openV1(keyring, envelope, context)),
  }
}
