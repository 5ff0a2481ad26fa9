import type { BatchTotals } from "./batch-run"
import type {
  EncryptionEvent,
  EncryptionStatus,
} from "../../shared/encryption-types"
import { countOf } from "./format"
import type { Badge } from "./labels"
import type { RunOutcome } from "./run-steps"

export type KeyOperation = "re-encrypt" | "seal-plaintext" | "verify"

export const KEY_STATES: Record<string, Badge> = {
  active: { label: "Active", color: "green" },
  pending: { label: "Waiting", color: "blue" },
  decrypt_only: { label: "Decrypts only", color: "orange" },
  retired: { label: "Retired", color: "grey" },
  unknown: { label: "Not registered", color: "red" },
}

export const DOCTOR_SEVERITIES: Record<string, Badge> = {
  error: { label: "Error", color: "red" },
  warning: { label: "Warning", color: "orange" },
  info: { label: "Note", color: "blue" },
}

/**
 * How a column of the application's own tables stands.
 *
 * @param column - as the API counts it
 * @returns what its badge says
 */
export const columnState = ({
  is_missing,
  envelopes,
  others,
}: EncryptionStatus["columns"][number]): Badge => {
  if (is_missing) {
    return { label: "Not in the database", color: "red" }
  }
  if (others > 0) {
    const label = envelopes > 0 ? "Partly encrypted" : "Not encrypted"
    return { label, color: "orange" }
  }
  return { label: "Encrypted", color: "green" }
}

/**
 * A line of the history of the keys.
 *
 * @param event - as the API tells it
 * @returns what was done
 */
export const eventText = ({ type, details }: EncryptionEvent): string => {
  const { key_version, imported, found } = (details ?? {}) as {
    key_version?: number
    imported?: number
    found?: string[]
  }
  const texts: Record<string, string> = {
    key_registered: `Key version ${key_version} was configured`,
    key_made: `Key version ${key_version} was made`,
    key_promoted: `Key version ${key_version} became the active one`,
    key_retired: `Key version ${key_version} was retired`,
    floor_raised: "The locked minimum was raised",
    registry_signed: "The key registry of an earlier release was signed",
    registry_accepted: "A changed key registry was accepted",
    values_imported: `${countOf(imported ?? 0, "value")} imported`,
    credential_looked_up: `A token was looked up; ${countOf(found?.length ?? 0, "platform")} found`,
  }
  return texts[type] ?? type
}

export const READING_POLICIES: Record<string, string> = {
  "require-encrypted": "Plaintext is refused",
  warn: "Plaintext is used, with a warning in the log",
  migrate: "Plaintext is used, and sealed at the next opportunity",
}

export const WRITING_POLICIES: Record<string, string> = {
  encrypted: "Encrypted only",
  dual: "Encrypted, with a plaintext twin for an older release",
}

type Words = { title: string; verb: string; done: string }

export const OPERATIONS: Record<KeyOperation, Words> = {
  "re-encrypt": {
    title: "Re-encryption",
    verb: "Re-encrypt",
    done: "re-encrypted",
  },
  "seal-plaintext": {
    title: "Sealing of plaintext",
    verb: "Seal",
    done: "sealed",
  },
  verify: {
    title: "Verification",
    verb: "Verify everything",
    done: "verified",
  },
}

const platforms = (count: number): string => countOf(count, "platform")

/**
 * The question before an operation, from what its dry run found.
 *
 * @param operation what is to be done
 * @param totals of the dry run
 * @param activeVersion the key that everything is sealed with
 * @returns title, text and button of the prompt
 */
export const confirmation = (
  operation: Exclude<KeyOperation, "verify">,
  { changed, quarantined }: BatchTotals,
  activeVersion: number
): { title: string; description: string; confirmText: string } => {
  const { verb } = OPERATIONS[operation]
  const left =
    quarantined.length > 0
      ? ` ${countOf(quarantined.length, "value does", "values do")} not open and will be left as ${quarantined.length === 1 ? "it is" : "they are"}.`
      : ""
  const what =
    operation === "re-encrypt"
      ? `The credentials of ${platforms(changed)} will be encrypted anew under key version ${activeVersion}.`
      : `The plaintext secrets of ${platforms(changed)} will be encrypted, and the plaintext erased.`
  return {
    title: `${verb} the secrets of ${platforms(changed)}?`,
    description: `${what}${left} The store keeps running, and you can stop at any time.`,
    confirmText: verb,
  }
}

/**
 * What an operation came to, in sentences.
 *
 * @param operation what was done
 * @param dryRun whether it only looked
 * @param outcome how it ended
 * @param totals what it did
 * @returns one sentence for each thing worth knowing
 */
export const summary = (
  operation: KeyOperation,
  dryRun: boolean,
  outcome: RunOutcome,
  { changed, skipped, quarantined, verified }: BatchTotals
): string[] => {
  const decrypted = verified
    .filter(({ format }) => format > 0)
    .reduce((sum, { values }) => sum + values, 0)
  const { done } = OPERATIONS[operation]
  const sentences = [
    operation === "verify"
      ? verifiedSentence(decrypted, quarantined.length, outcome)
      : dryRun
        ? changed > 0
          ? `${platforms(changed)} would be ${done}. Nothing was changed yet.`
          : `There is nothing that could be ${done}.`
        : `${platforms(changed)} ${done}.`,
    operation === "re-encrypt" &&
      changed + quarantined.length === 0 &&
      outcome === "complete" &&
      "What is counted as left belongs to connections that are being made at this moment: it is gone within ten minutes.",
    skipped > 0 &&
      `${platforms(skipped)} skipped, because somebody else wrote to ${skipped === 1 ? "it" : "them"} at that moment. Start again to go over ${skipped === 1 ? "it" : "them"}.`,
    quarantined.length > 0 &&
      `${countOf(quarantined.length, "value does", "values do")} not open and ${quarantined.length === 1 ? "is" : "are"} left alone.`,
    outcome !== "complete" &&
      `Not everything was gone over. Start again to go on${operation === "verify" ? " from the beginning" : ""}.`,
  ]
  return sentences.filter((sentence) => typeof sentence === "string")
}

const verifiedSentence = (
  decrypted: number,
  broken: number,
  outcome: RunOutcome
): string => {
  if (broken > 0) {
    return `${decrypted} of ${countOf(decrypted + broken, "secret")} can be decrypted.`
  }
  if (outcome !== "complete" || decrypted < 2) {
    return `${countOf(decrypted, "secret")} can be decrypted.`
  }
  return `All ${decrypted} secrets can be decrypted.`
}

/**
 * What a verified group of values is.
 *
 * @param format 2, 1, or 0 for plaintext
 * @param keyVersion the key that opened it
 * @returns words for a person
 */
export const verifiedKind = (
  format: number,
  keyVersion: number | null
): string =>
  format === 0
    ? "In plaintext"
    : `Format ${format}, key version ${keyVersion ?? "unknown"}`
