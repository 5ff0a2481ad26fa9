import { MedusaError } from "@medusajs/framework/utils"

import type { EncryptionContext } from "./envelope/context"

export type EncryptionErrorCode =
  | "malformed_envelope"
  | "unknown_key_version"
  | "wrong_key"
  | "tampered"
  | "legacy_not_allowed"
  | "plaintext_not_allowed"
  | "plaintext_differs"
  | "not_stored"
  | "key_retired"
  | "invalid_key"
  | "missing_key"
  | "invalid_context"
  | "invalid_plaintext"
  | "key_source_unavailable"
  | "key_source_denied"
  | "key_unwrap_failed"
  | "nonce_budget_exhausted"
  | "active_key_missing"
  | "registry_untrusted"
  | "registry_unreadable"
  | "key_not_everywhere"
  | "foreign_format"
  | "foreign_malformed"
  | "foreign_unauthenticated"
  | "foreign_expired"
  | "importer_not_usable"

/** Where it happened. Identifiers only: never a value, an envelope, or an error that holds one. */
export type EncryptionErrorDetails = {
  keyVersion?: number
  context?: EncryptionContext
}

/** Says which stored value is meant, as far as it is known. */
function place({ keyVersion, context }: EncryptionErrorDetails): string {
  const parts: string[] = []
  if (context?.table) {
    parts.push(`${context.table}.${context.field} of ${context.rowId}`)
  }
  if (keyVersion !== undefined) {
    parts.push(`key version ${keyVersion}`)
  }
  return parts.length ? ` (${parts.join(", ")})` : ""
}

/**
 * Base of everything this module throws. It has no `cause`: errors of the layers below can quote
 * their input.
 */
export class EncryptionError extends MedusaError {
  declare readonly code: EncryptionErrorCode
  readonly keyVersion?: number
  readonly context?: Readonly<EncryptionContext>

  /**
   * @param type - MedusaError type: UNEXPECTED_STATE for stored data and configuration, INVALID_DATA for arguments
   * @param code - stable identifier of the failure
   * @param message - what is wrong and what to do, without any value
   * @param details - key version and place, where known
   */
  constructor(
    type: string,
    code: EncryptionErrorCode,
    message: string,
    details: EncryptionErrorDetails = {}
  ) {
    super(type, message, code)
    this.name = new.target.name
    if (details.keyVersion !== undefined) {
      this.keyVersion = details.keyVersion
    }
    if (details.context?.table) {
      const { table, field, rowId } = details.context
      this.context = { table, field, rowId }
    }
    // MedusaError takes its stack before name and message are set.
    Error.captureStackTrace(this, new.target)
  }
}

const { UNEXPECTED_STATE, INVALID_DATA, NOT_ALLOWED } = MedusaError.Types

/** The value claims to be an envelope and is not exactly one. */
export class MalformedEnvelopeError extends EncryptionError {
  constructor(reason: string, details: EncryptionErrorDetails = {}) {
    super(
      UNEXPECTED_STATE,
      "malformed_envelope",
      `The stored value is not a well-formed envelope${place(details)}: ${reason}. It was damaged or changed; restore it from a backup or enter the secret again.`,
      details
    )
  }
}

/** No key of that version is configured. */
export class UnknownKeyVersionError extends EncryptionError {
  constructor(details: EncryptionErrorDetails & { keyVersion: number }) {
    super(
      UNEXPECTED_STATE,
      "unknown_key_version",
      `The stored value was sealed with a key that is not configured${place(details)}. Set ENCRYPTION_KEY_V${details.keyVersion} to that key, or enter the secret again.`,
      details
    )
  }
}

/** The configured key of that version is another one than the value was sealed with. */
export class WrongKeyError extends EncryptionError {
  constructor(details: EncryptionErrorDetails = {}) {
    super(
      UNEXPECTED_STATE,
      "wrong_key",
      `The stored value was sealed with other key material than is configured for its version${place(details)}. Configure the original key under this version, and new keys under a new version.`,
      details
    )
  }
}

/** Authentication failed: changed data, another place, or (format 1 only) another key. */
export class TamperedError extends EncryptionError {
  constructor(details: EncryptionErrorDetails = {}) {
    super(
      UNEXPECTED_STATE,
      "tampered",
      `The stored value failed authentication${place(details)}. It was changed, moved from another row or field, or sealed with another key; restore it from a backup or enter the secret again.`,
      details
    )
  }
}

/** An envelope of a format older than the minimum. */
export class LegacyNotAllowedError extends EncryptionError {
  constructor(details: EncryptionErrorDetails = {}) {
    super(
      UNEXPECTED_STATE,
      "legacy_not_allowed",
      `The stored value is an envelope of format 1, which minimum_envelope_format forbids${place(details)}. Re-encrypt what is left of format 1 with the minimum at 1, or enter the secret again.`,
      details
    )
  }
}

/** A plaintext value where an envelope belongs. */
export class PlaintextNotAllowedError extends EncryptionError {
  constructor(details: EncryptionErrorDetails = {}) {
    super(
      UNEXPECTED_STATE,
      "plaintext_not_allowed",
      `The stored value is not encrypted${place(details)}. Seal it with encrypt first.`,
      details
    )
  }
}

/** A column of the application's does not take the envelope. */
export class NotStoredError extends EncryptionError {
  /** @param code - PostgreSQL's, for example 22001 for a value that is too long */
  constructor(code: string, details: EncryptionErrorDetails = {}) {
    super(
      UNEXPECTED_STATE,
      "not_stored",
      `The database refused the envelope (${code})${place(details)}. The value stays as it is. An envelope needs a third more than its secret and about 150 characters: make the column wide enough, best of type text or jsonb.`,
      details
    )
  }
}

/** A plaintext value beside an envelope, which is no copy of what the envelope holds. */
export class PlaintextDiffersError extends EncryptionError {
  constructor(details: EncryptionErrorDetails = {}) {
    super(
      UNEXPECTED_STATE,
      "plaintext_differs",
      `A plaintext value stands beside the envelope and is another one${place(details)}. The envelope is used. Enter the secret again, which replaces both.`,
      details
    )
  }
}

/** The key of that version may not be used any more. */
export class KeyRetiredError extends EncryptionError {
  constructor(details: EncryptionErrorDetails & { keyVersion: number }) {
    super(
      UNEXPECTED_STATE,
      "key_retired",
      `The stored value was sealed with a retired key${place(details)}. Bring the version back as decrypt-only and re-encrypt, or enter the secret again.`,
      details
    )
  }
}

/** A configured key, or a setting about keys, that cannot be used. */
export class InvalidKeyError extends EncryptionError {
  constructor(message: string, details: EncryptionErrorDetails = {}) {
    super(UNEXPECTED_STATE, "invalid_key", message, details)
  }
}

/** No key is configured. */
export class MissingKeyError extends EncryptionError {
  constructor(message: string, details: EncryptionErrorDetails = {}) {
    super(UNEXPECTED_STATE, "missing_key", message, details)
  }
}

/** The caller's context cannot bind a value. */
export class InvalidContextError extends EncryptionError {
  constructor(message: string) {
    super(INVALID_DATA, "invalid_context", message)
  }
}

/** What should be sealed is not text. */
export class InvalidPlaintextError extends EncryptionError {
  constructor(message: string) {
    super(INVALID_DATA, "invalid_plaintext", message)
  }
}

/** Where keys come from does not deliver: it is down, refuses, or cannot unwrap. */
export class KeySourceError extends EncryptionError {
  constructor(
    code: "key_source_unavailable" | "key_source_denied" | "key_unwrap_failed",
    message: string,
    details: EncryptionErrorDetails = {}
  ) {
    super(UNEXPECTED_STATE, code, message, details)
  }
}

/** A key has sealed as often as random nonces allow. */
export class NonceBudgetExhaustedError extends EncryptionError {
  constructor(details: EncryptionErrorDetails & { keyVersion: number }) {
    super(
      UNEXPECTED_STATE,
      "nonce_budget_exhausted",
      `Key version ${details.keyVersion} has sealed 2^32 values, the limit of AES-GCM with random nonces (NIST SP 800-38D). Promote a new key version and re-encrypt.`,
      details
    )
  }
}

/** Another process has promoted a key that this one does not have. */
export class ActiveKeyMissingError extends EncryptionError {
  /** @param hint - a further sentence */
  constructor(
    details: EncryptionErrorDetails & { keyVersion: number },
    hint = ""
  ) {
    super(
      UNEXPECTED_STATE,
      "active_key_missing",
      `Key version ${details.keyVersion} is the active one, and this process does not have it: it encrypts nothing until it does. Configure it (ENCRYPTION_KEY_V${details.keyVersion}) and restart this process. ${hint}`.trim(),
      details
    )
  }
}

/** The key registry is not what this plugin wrote. */
export class RegistryUntrustedError extends EncryptionError {
  constructor(message: string) {
    super(UNEXPECTED_STATE, "registry_untrusted", message)
  }
}

/** The key registry was not read for so long that another key may be the active one. */
export class RegistryUnreadableError extends EncryptionError {
  constructor(seconds: number) {
    super(
      UNEXPECTED_STATE,
      "registry_unreadable",
      `The key registry could not be read for ${seconds} s, so it is not known which key is the active one, and nothing is encrypted. Check the connection to the database.`
    )
  }
}

/** A running process lacks a key that it needs after the change. */
export class KeyNotEverywhereError extends EncryptionError {
  constructor(message: string, details: { keyVersion: number }) {
    super(NOT_ALLOWED, "key_not_everywhere", message, details)
  }
}

/** A value of another system cannot be imported. */
export class ForeignValueError extends EncryptionError {
  constructor(
    code: "foreign_malformed" | "foreign_unauthenticated" | "foreign_expired",
    message: string
  ) {
    super(UNEXPECTED_STATE, code, message)
  }
}

/** A value that another system has sealed stands where a secret or an envelope belongs. */
export class ForeignFormatError extends EncryptionError {
  constructor(details: EncryptionErrorDetails = {}) {
    super(
      UNEXPECTED_STATE,
      "foreign_format",
      `The stored value was sealed by another system, as a Fernet token or with scrypt${place(details)}. Import it with that system's key (import-fernet, import-scrypt).`,
      details
    )
  }
}

/** An importer lacks its secret, or has one, or settings, that it cannot work with. */
export class ImporterNotUsableError extends EncryptionError {
  constructor(message: string) {
    super(INVALID_DATA, "importer_not_usable", message)
  }
}
