import type {
  EncryptionStatus,
  KeyVersion,
  PolicyFloor,
} from "../../shared/encryption-types"
import { countOf } from "./format"

export type TaskAction = "seal-plaintext" | "re-encrypt" | "raise-floor"

/** Something to do about the stored secrets, in words. */
export type EncryptionTask = {
  id: string
  urgency: "error" | "warning" | "info"
  /** What is so. */
  fact: string
  /** What to do about it. */
  advice: string
  action?: TaskAction
}

type Column = EncryptionStatus["columns"][number]

/** The strictest floor: neither plaintext nor an older format is ever read again. */
export const STRICT_FLOOR: PolicyFloor = {
  reading: "require-encrypted",
  minimum_envelope_format: 2,
}

/** A quarter of what a key may seal with random nonces. */
const KEY_IS_WORN = 2 ** 30

/**
 * How many stored values need a key version.
 *
 * @param key as the API reports it
 * @returns the values of all formats
 */
export const valuesUnder = ({ values }: KeyVersion): number =>
  values.format_1 + values.format_2

/**
 * Tells whether a key version can become the one that seals.
 *
 * @param key as the API reports it
 * @returns true for a configured one that waits or was replaced
 */
export const canPromote = ({ configured, state }: KeyVersion): boolean =>
  configured && (state === "pending" || state === "decrypt_only")

/**
 * Tells whether a key version is of no more use.
 *
 * @param key as the API reports it
 * @returns true for a replaced one that no stored value needs
 */
export const canRetire = (key: KeyVersion): boolean =>
  key.state === "decrypt_only" && valuesUnder(key) === 0

/**
 * Works out what is left to do, the most urgent first.
 *
 * @param status as the API reports it
 * @returns the tasks; none when all is as it should be
 */
export const tasksOf = (status: EncryptionStatus): EncryptionTask[] =>
  [
    unreadable(status),
    unrecognised(status),
    plaintext(status),
    foreign(status),
    ...status.columns.map(missingColumn),
    ...status.columns.map(unencrypted),
    outdated(status),
    worn(status),
    ...status.keys.filter(({ state }) => state === "pending").map(waiting),
    ...(isAllCounted(status) ? status.keys.filter(canRetire).map(useless) : []),
    lowFloor(status),
  ].filter((task) => task !== null)

/** Whether it is known of everything stored which key it needs. */
const isAllCounted = ({ unrecognised, columns }: EncryptionStatus): boolean =>
  unrecognised === 0 && !columns.some(({ is_missing }) => is_missing)

const list = (versions: number[]): string =>
  versions.length === 1
    ? `version ${versions[0]}`
    : `versions ${versions.slice(0, -1).join(", ")} and ${versions[versions.length - 1]}`

const unreadable = (status: EncryptionStatus): EncryptionTask | null => {
  if (status.unreadable === 0) {
    return null
  }
  const missing = status.keys
    .filter((key) => !key.configured && valuesUnder(key) > 0)
    .map(({ version }) => version)
  return {
    id: "unreadable",
    urgency: "error",
    fact: `${countOf(status.unreadable, "value")} cannot be read: the key of ${list(missing)} is not configured.`,
    advice: `Configure ${missing.map((version) => `ENCRYPTION_KEY_V${version}`).join(" and ")} from your backup of the keys, and restart.`,
  }
}

const unrecognised = ({
  unrecognised: count,
}: EncryptionStatus): EncryptionTask | null => {
  if (count === 0) {
    return null
  }
  return {
    id: "unrecognised",
    urgency: "error",
    fact: `${countOf(count, "value is", "values are")} damaged, or an envelope where none belongs.`,
    advice: `Verify everything: its report names ${count === 1 ? "the value" : "them"}. Then enter ${count === 1 ? "this credential" : "these credentials"} again, or erase ${count === 1 ? "it" : "them"}. Until then no key can be retired.`,
  }
}

const foreign = ({
  foreign: count,
}: EncryptionStatus): EncryptionTask | null => {
  if (count === 0) {
    return null
  }
  return {
    id: "foreign",
    urgency: "warning",
    fact: `${countOf(count, "value was", "values were")} sealed by another system and ${count === 1 ? "is" : "are"} not imported yet, so ${count === 1 ? "it" : "they"} cannot be used.`,
    advice:
      "Import with that system's key: run import-fernet.js with the words stored apply, as docs/migration.md of the plugin shows. Or enter these credentials again.",
  }
}

const missingColumn = ({
  table,
  column,
  is_missing,
}: Column): EncryptionTask | null =>
  is_missing
    ? {
        id: `missing ${table}.${column}`,
        urgency: "warning",
        fact: `The column ${table}.${column} is registered for encryption, and the database does not have it.`,
        advice:
          "Correct encryption.columns in the plugin's options, or delete its row from encryption_column if it is gone. Until then no key can be retired.",
      }
    : null

const unencrypted = ({
  table,
  column,
  others,
}: Column): EncryptionTask | null =>
  others > 0
    ? {
        id: `unencrypted ${table}.${column}`,
        urgency: "warning",
        fact: `${countOf(others, "value")} of your own column ${table}.${column} ${others === 1 ? "is" : "are"} not encrypted by this store.`,
        advice: `Verify everything: its report names ${others === 1 ? "the value" : "them"}. Import what another system has sealed: import-fernet.js column ${table} ${column} apply. Your application encrypts the rest.`,
      }
    : null

const plaintext = ({
  plaintext: count,
  policy,
}: EncryptionStatus): EncryptionTask | null => {
  if (count === 0) {
    return null
  }
  return {
    id: "plaintext",
    urgency: "warning",
    fact: `${countOf(count, "secret is", "secrets are")} stored in plaintext.`,
    advice:
      policy.writing === "dual"
        ? "The writing policy is dual, which keeps a plaintext twin beside each encrypted value for an older release. Once you will not go back to that release, set it to encrypted, restart, and seal."
        : "Sealing encrypts in place: nothing has to be entered again.",
    action: "seal-plaintext",
  }
}

const outdated = (status: EncryptionStatus): EncryptionTask | null => {
  if (status.outdated === 0) {
    return null
  }
  const format1 = status.keys.reduce(
    (sum, { values }) => sum + values.format_1,
    0
  )
  const earlier = status.keys.filter(
    (key) => key.version !== status.active_version && valuesUnder(key) > 0
  )
  const reasons = [
    format1 > 0 && `${format1} in format 1, which is not bound to its place`,
    ...earlier.map(
      (key) => `${valuesUnder(key)} under key version ${key.version}`
    ),
  ].filter(Boolean)
  return {
    id: "outdated",
    urgency: "warning",
    fact: `${countOf(status.outdated, "value is", "values are")} not yet in format 2 under the active key: ${reasons.join("; ")}.`,
    advice: `Re-encrypt to bring everything under key version ${status.active_version}. The store keeps running meanwhile.`,
    action: "re-encrypt",
  }
}

const worn = ({
  keys,
  active_version,
}: EncryptionStatus): EncryptionTask | null => {
  const active = keys.find(({ version }) => version === active_version)
  if (!active || active.encrypt_count < KEY_IS_WORN) {
    return null
  }
  return {
    id: "worn",
    urgency: "warning",
    fact: `Key version ${active_version} has sealed more than 2^30 values, and is refused at 2^32.`,
    advice: "Configure a new key version, promote it, and re-encrypt.",
  }
}

const waiting = ({ version, configured }: KeyVersion): EncryptionTask => ({
  id: `waiting-${version}`,
  urgency: "info",
  fact: `Key version ${version} waits to be used.`,
  advice: configured
    ? "Promote it, below, once every process of your store has it."
    : `This process does not have it. Configure ENCRYPTION_KEY_V${version} in every process and restart before you promote it.`,
})

const useless = ({ version }: KeyVersion): EncryptionTask => ({
  id: `useless-${version}`,
  urgency: "info",
  fact: `No stored value needs key version ${version} any more.`,
  advice: "Verify everything, then retire it, below.",
})

const lowFloor = (status: EncryptionStatus): EncryptionTask | null => {
  const isStrict =
    status.floor?.reading === STRICT_FLOOR.reading &&
    status.floor.minimum_envelope_format ===
      STRICT_FLOOR.minimum_envelope_format
  const hasOld =
    status.plaintext > 0 ||
    status.keys.some(({ values }) => values.format_1 > 0)
  if (isStrict || hasOld || !isAllCounted(status)) {
    return null
  }
  return {
    id: "floor",
    urgency: "info",
    fact: "Nothing is in plaintext or in format 1, but the database does not forbid it yet.",
    advice:
      "Require encryption for good, so that no old environment file and nobody who can write to the database brings it back.",
    action: "raise-floor",
  }
}
