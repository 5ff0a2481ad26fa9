import type { EncryptedColumn } from "./columns"
import type { KeyState } from "./keys/keyring"
import type { KeySource } from "./keys/key-source"

/**
 * The stored form that this module writes. Binary members are canonical base64, `kid` is base64url.
 * It opens only under the key that `kid` names, and only for the context it was sealed for.
 */
export type EnvelopeV2 = {
  v: 2
  /** The ciphertext, as long as the plaintext in UTF-8. */
  encrypted: string
  /** 12 random bytes. */
  iv: string
  /** 16 bytes. */
  authTag: string
  keyVersion: number
  /** 16 bytes derived from the same root as the key itself. */
  kid: string
  /** Version of the context: 2 binds to the row's tenant too; absent in what was sealed before. */
  ctx?: 2
}

/** The form of earlier releases: bound to no row, sealed with the root key itself. Read only. */
export type EnvelopeV1 = {
  encrypted: string
  /** 12 or 16 bytes. */
  iv: string
  /** 16 bytes. */
  authTag: string
  keyVersion: number
}

export type Envelope = EnvelopeV1 | EnvelopeV2

export type ReadingPolicy = "migrate" | "warn" | "require-encrypted"
export type WritingPolicy = "encrypted" | "dual"
export type EnvelopeFormat = 1 | 2

export type EncryptionPolicy = {
  /** What becomes of a plaintext value found where an envelope belongs. */
  reading: ReadingPolicy
  /** `dual` also writes a plaintext twin, for a rollout that must be able to roll back. */
  writing: WritingPolicy
  /** Envelopes of an older format than this are refused. */
  minimum_envelope_format: EnvelopeFormat
}

/** The least that the policy may allow, whatever an environment file says. */
export type PolicyFloor = Pick<
  EncryptionPolicy,
  "reading" | "minimum_envelope_format"
>

/** The `encryption` part of the plugin's options. */
export type EncryptionOptions = {
  /**
   * - `require-encrypted`: a plaintext value is an error.
   * - `warn`: it is used, with a warning.
   * - `migrate`: it is used, and sealed at the next opportunity.
   *
   * The environment variable SOCIAL_PLATFORMS_ENCRYPTION_READING overrides it.
   *
   * @default "require-encrypted"
   */
  reading?: ReadingPolicy

  /**
   * `encrypted`, or `dual` to keep a plaintext twin during a rollout.
   * The environment variable SOCIAL_PLATFORMS_ENCRYPTION_WRITING overrides it.
   *
   * @default "encrypted"
   */
  writing?: WritingPolicy

  /**
   * Set it to 2 once no envelope of format 1 is left: format 1 is not bound to its row.
   * The environment variable SOCIAL_PLATFORMS_MINIMUM_ENVELOPE_FORMAT overrides it.
   *
   * @default 1
   */
  minimum_envelope_format?: EnvelopeFormat

  /**
   * Where the keys come from.
   *
   * @default the environment: ENCRYPTION_KEY, ENCRYPTION_KEY_VERSION, ENCRYPTION_KEY_V<n>
   */
  key_source?: KeySource

  /**
   * Rotates keys on a schedule: promotes a new key once every running process has it, re-encrypts,
   * verifies and retires. A key management service also makes the new key; with keys from the
   * environment or files an operator adds it.
   *
   * @default off
   */
  rotation?: {
    /** Age from which the active key is replaced, in days; at least 1. */
    every_days: number
  }

  /**
   * Columns of the application's own tables that hold envelopes. Re-encryption, verification,
   * status and the retirement of keys take them in; a column that an import has filled is known
   * without being named.
   */
  columns?: EncryptedColumn[]
}

/** The options object is shared by every module of the plugin; this module reads only its part. */
export type EncryptionModuleOptions = {
  encryption?: EncryptionOptions
}

/** What may be told about a key. */
export type KeyVersionInfo = {
  version: number
  kid: string
  state: KeyState
}
