import { hostname } from "node:os"
import { pid } from "node:process"
import type { MedusaContainer } from "@medusajs/framework/types"
import type { LiveProcess } from "../../modules/encryption/keys/processes"
import { NONCE_WARNING } from "../../modules/encryption/keys/nonce-budget"
import type { RegistryReport } from "../../modules/encryption/keys/registry"
import type { StoredGaps } from "../../modules/socials/sql/stored-gaps"
import type {
  DoctorFinding,
  EncryptionDoctor,
  EncryptionStatus,
} from "../../shared/encryption-types"
import { encryptionModule, socialsModule } from "../modules"
import { INDEXED_FIELDS } from "../storage/credential-index"
import { encryptionStatus, uncountedColumn } from "./status"

const DAY_MS = 86_400_000

/** Age from which a key should be replaced, in days. */
export const OLD_KEY_DAYS = 365

const ORDER: DoctorFinding["severity"][] = ["error", "warning", "info"]

/** Looks at keys, processes and everything stored, and opens nothing. */
export const diagnose = async (
  container: MedusaContainer
): Promise<EncryptionDoctor<Date>> => {
  const encryption = encryptionModule(container)
  const [status, registry, processes, refusal, keyProblems, rotation, gaps] =
    await Promise.all([
      encryptionStatus(container),
      encryption.registry(),
      encryption.processes(),
      encryption.sealingRefusal(),
      encryption.keySourceProblems(),
      encryption.rotationDays(),
      socialsModule(container).countStoredGaps([...INDEXED_FIELDS]),
    ])
  const findings = [
    ...refusalFindings(refusal),
    ...processFindings(processes, registry),
    ...storedFindings(status, gaps),
    ...columnFindings(status),
    ...policyFindings(status),
    ...keyFindings(status, registry, rotation ?? OLD_KEY_DAYS),
    ...keyProblems.map((message) =>
      finding(
        "key_files",
        "warning",
        message,
        "No restart is needed: the doctor looks at the files each time."
      )
    ),
  ]
  return {
    findings: findings.sort(
      (left, right) =>
        ORDER.indexOf(left.severity) - ORDER.indexOf(right.severity)
    ),
    processes,
  }
}

/**
 * What keeps processes of the store from encrypting: these store no credential
 * and refresh no token.
 */
export const sealingFindings = async (
  container: MedusaContainer
): Promise<DoctorFinding[]> => {
  const encryption = encryptionModule(container)
  const [refusal, registry, processes] = await Promise.all([
    encryption.sealingRefusal(),
    encryption.registry(),
    encryption.processes(),
  ])
  return [
    ...refusalFindings(refusal),
    ...processFindings(processes, registry),
  ].filter(({ severity }) => severity === "error")
}

const refusalFindings = (
  refusal: { message: string } | null
): DoctorFinding[] =>
  refusal
    ? [
        finding(
          "cannot_seal",
          "error",
          refusal.message,
          "This comes first: until then no key can be promoted or retired, and no token refreshed."
        ),
      ]
    : []

const finding = (
  code: string,
  severity: DoctorFinding["severity"],
  message: string,
  next: string
): DoctorFinding => ({ code, severity, message, next })

/** "1 value is", "2 values are". */
const are = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? " is" : "s are"}`

/** Why this process encrypts nothing is a finding of its own. */
const isThisProcess = (process: LiveProcess): boolean =>
  process.pid === pid && process.host === hostname()

const processFindings = (
  processes: LiveProcess[],
  { keys }: RegistryReport
): DoctorFinding[] =>
  processes.flatMap((process) => {
    const name = `Process ${process.pid} on ${process.host}`
    const lacks = keys.filter(
      ({ kid, state }) =>
        state !== "retired" && !process.keys.some((key) => key.kid === kid)
    )
    const found = lacks.map(({ version, state }) =>
      state === "active"
        ? finding(
            "process_without_active_key",
            "error",
            `${name} does not have key version ${version}, the active one: it can store no credential.`,
            `Configure key version ${version} there and restart it.`
          )
        : finding(
            "process_without_key",
            state === "pending" ? "info" : "warning",
            `${name} does not have key version ${version}${state === "pending" ? ", which waits to be promoted" : ": what is under it cannot be used there"}.`,
            `Configure key version ${version} there and restart it.`
          )
    )
    const isTold =
      isThisProcess(process) ||
      found.some(({ severity }) => severity === "error")
    return process.refusal && !isTold
      ? [
          ...found,
          finding(
            "process_cannot_seal",
            "error",
            `${name} encrypts nothing (${process.refusal}).`,
            "Read its log, which says why, and restart it once that is put right."
          ),
        ]
      : found
  })

const storedFindings = (
  status: EncryptionStatus<Date>,
  { nulls, unindexed }: StoredGaps
): DoctorFinding[] => {
  const format1 = status.keys.reduce((sum, key) => sum + key.values.format_1, 0)
  const found: [number, DoctorFinding][] = [
    [
      status.unreadable,
      finding(
        "unreadable",
        "error",
        `${are(status.unreadable, "stored value")} under a key that this process does not have.`,
        "Configure that key (the list of keys names its version), or enter these credentials again."
      ),
    ],
    [
      status.unrecognised,
      finding(
        "unrecognised",
        "error",
        `${are(status.unrecognised, "stored value")} damaged, or an envelope where none belongs.`,
        "Verify everything, which names them, and enter these credentials again."
      ),
    ],
    [
      status.plaintext,
      finding(
        "plaintext",
        "warning",
        `${are(status.plaintext, "secret")} stored in plaintext.`,
        "Seal plaintext, on this page or with seal-plaintext.js apply."
      ),
    ],
    [
      status.foreign,
      finding(
        "foreign",
        "warning",
        `${are(status.foreign, "value")} sealed by another system and not imported.`,
        "Import them with that system's key: import-fernet.js stored apply."
      ),
    ],
    [
      format1,
      finding(
        "format_1",
        "warning",
        `${are(format1, "value")} of format 1, which is not bound to its row.`,
        "Re-encrypt, then require encryption for good."
      ),
    ],
    [
      status.outdated - format1,
      finding(
        "outdated",
        "info",
        `${are(status.outdated - format1, "value")} not under the active key, or stored as text.`,
        "Re-encrypt, on this page or with rotate-key.js."
      ),
    ],
    [
      unindexed,
      finding(
        "unindexed",
        "info",
        `${are(unindexed, "credential")} not in the blind index: a look-up by the token does not find them.`,
        "Nothing is lost. They are indexed when they are next stored or re-encrypted."
      ),
    ],
    [
      nulls,
      finding(
        "nulls",
        "info",
        `${are(nulls, "place")} of a credential empty (null).`,
        "Nothing: an empty place is no credential, and the next change of the platform removes it."
      ),
    ],
  ]
  return found.filter(([count]) => count > 0).map(([, entry]) => entry)
}

const columnFindings = ({ columns }: EncryptionStatus<Date>): DoctorFinding[] =>
  columns
    .filter(({ is_missing }) => is_missing)
    .map((column) =>
      finding(
        "missing_column",
        "error",
        uncountedColumn(column),
        "Until then no key is retired."
      )
    )

const policyFindings = ({
  policy,
  floor,
}: EncryptionStatus<Date>): DoctorFinding[] => [
  ...(policy.writing === "dual"
    ? [
        finding(
          "dual",
          "warning",
          'The writing policy is "dual": every credential is stored in plaintext too.',
          'Set SOCIAL_PLATFORMS_ENCRYPTION_WRITING to "encrypted" once no older release has to read them, then seal plaintext.'
        ),
      ]
    : []),
  ...(policy.reading !== "require-encrypted"
    ? [
        finding(
          "reads_plaintext",
          "warning",
          "Plaintext is accepted where an encrypted value belongs.",
          "Seal what is left in plaintext, then require encryption for good."
        ),
      ]
    : []),
  ...(floor?.reading !== "require-encrypted" ||
  floor.minimum_envelope_format !== 2
    ? [
        finding(
          "no_floor",
          "info",
          "An environment file could allow plaintext or format 1 again.",
          "Require encryption for good once nothing old is left."
        ),
      ]
    : []),
]

const keyFindings = (
  status: EncryptionStatus<Date>,
  { keys }: RegistryReport,
  oldDays: number
): DoctorFinding[] =>
  keys.flatMap((key) => {
    const values = status.keys.find(({ version }) => version === key.version)
      ?.values ?? { format_1: 0, format_2: 0 }
    const name = `Key version ${key.version}`
    const days = Math.floor((key.promoted_ms_ago ?? 0) / DAY_MS)
    if (key.state === "active") {
      return [
        ...(days >= oldDays
          ? [
              finding(
                "old_key",
                "warning",
                `${name} has been the active one for ${days} days.`,
                "Rotate it: docs/key-rotation.md has the steps."
              ),
            ]
          : []),
        ...(key.encrypt_count >= NONCE_WARNING
          ? [
              finding(
                "worn_key",
                "warning",
                `${name} has sealed ${key.encrypt_count} values; it is refused at 2^32.`,
                "Rotate it: docs/key-rotation.md has the steps."
              ),
            ]
          : []),
      ]
    }
    if (key.state === "decrypt_only" && !values.format_1 && !values.format_2) {
      return [
        finding(
          "unused_key",
          "info",
          `No stored value needs key version ${key.version} any more.`,
          `Retire it, on this page or with retire-key.js ${key.version}.`
        ),
      ]
    }
    return key.state === "retired" && key.configured
      ? [
          finding(
            "retired_key_configured",
            "info",
            `${name} is retired and still configured.`,
            "Remove it from the configuration of every process; keep it in its own backup."
          ),
        ]
      : []
  })
