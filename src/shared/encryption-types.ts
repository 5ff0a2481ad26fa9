/*
 * The admin API's responses about keys and what they encrypt. A `Time` is a
 * `Date` where the server makes it, and ISO 8601 text once it has travelled as
 * JSON.
 */

export type KeyVersion<Time = string> = {
  version: number
  kid: string | null
  state: string
  /** Whether the process that answered has the key. */
  configured: boolean
  /** Stored values that need it, by envelope format. */
  values: { format_1: number; format_2: number }
  encrypt_count: number
  created_at: Time | null
  promoted_at: Time | null
  retired_at: Time | null
}

export type ReadingPolicy = "migrate" | "warn" | "require-encrypted"

export type PolicyFloor = {
  reading: ReadingPolicy
  minimum_envelope_format: 1 | 2
}

export type EncryptionStatus<Time = string> = {
  active_version: number
  policy: PolicyFloor & { writing: "encrypted" | "dual" }
  floor: PolicyFloor | null
  keys: KeyVersion<Time>[]
  /** Envelopes that are not of format 2 under the active key, or stored as text. */
  outdated: number
  /** Secrets that are stored in plaintext, twins of the policy `dual` included. */
  plaintext: number
  /** Values that another system has sealed, and that wait for their import. */
  foreign: number
  /**
   * Damaged envelopes, and those that stand where none belongs. Nobody knows
   * which key they need, so none can be retired while there are any.
   */
  unrecognised: number
  /** Columns of the application's own tables; their envelopes are in all counts. */
  columns: {
    table: string
    column: string
    /** Whether the database has no such column, so that nothing was counted. */
    is_missing: boolean
    envelopes: number
    /** Values that are no envelope. */
    others: number
  }[]
  /** Values under a key that the process does not have. */
  unreadable: number
}

/** What the doctor found: what it is, how bad it is, and what to do next. */
export type DoctorFinding = {
  code: string
  /**
   * - `error`: credentials cannot be used or stored, or are about to be lost
   * - `warning`: they are less protected than they could be
   * - `info`: work that can wait
   */
  severity: "error" | "warning" | "info"
  message: string
  next: string
}

/** A running process and the keys that it has. */
export type KeyProcess<Time = string> = {
  id: string
  host: string
  pid: number
  keys: { version: number; kid: string }[]
  /** Why it encrypts nothing; null when it does. */
  refusal: string | null
  started_at: Time
  seen_at: Time
  seconds_ago: number
}

export type EncryptionDoctor<Time = string> = {
  /** The worst first. */
  findings: DoctorFinding[]
  processes: KeyProcess<Time>[]
}

/** What was done with keys, and by whom; null where no person did it. */
export type EncryptionEvent<Time = string> = {
  id: string
  type: string
  actor_id: string | null
  details: Record<string, unknown> | null
  created_at: Time
}

export type QuarantinedValue = {
  /** Of a column of the application's own; absent for platforms. */
  table?: string
  row_id: string
  field: string
  code: string
  message: string
}

export type VerifiedCount = {
  /** 2, 1, or 0 for plaintext. */
  format: number
  key_version: number | null
  values: number
}

export type BatchReport = {
  /** Rows that were read. */
  examined: number
  /** Rows that were rewritten, or would be. */
  changed: number
  /** Rows that somebody else wrote at the same moment; a later run sees them again. */
  skipped: number
  quarantined: QuarantinedValue[]
  /** What to pass as `after` for the next batch; null when this was the last. */
  next: string | null
}

/** What opening everything in a batch of rows has found. */
export type VerifyReport = BatchReport & { verified: VerifiedCount[] }
