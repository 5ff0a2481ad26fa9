import type { BatchReport } from "../../shared/encryption-types"
import type { MedusaContainer } from "@medusajs/framework/types"
import { EncryptionError } from "../../modules/encryption/errors"
import type { RegistryReport } from "../../modules/encryption/keys/registry"
import { encryptionModule } from "../modules"
import type { BatchInput } from "./batch"
import { diagnose } from "./doctor"
import { reEncryptBatch } from "./re-encrypt"
import { retireUnneededKey } from "./retire"
import { encryptionStatus } from "./status"
import { verifyBatch } from "./verify"

export interface RotationReport {
  /** What was done in this run, in order, in words for the log. */
  done: string[]
  /** What the rotation waits for; null when nothing is left to do. */
  waiting: string | null
}

const DAY_MS = 86_400_000

/**
 * Takes the rotation of the keys as far as it goes: makes a new key where the
 * key source can and the active one is old, promotes what waits, re-encrypts,
 * verifies and retires. It keeps no state of its own: what is done shows in the
 * registry and in the rows, so that a run which was interrupted is taken up by
 * the next one. Before each step the doctor is asked.
 *
 * @param everyDays - age from which the active key is replaced, in days
 * @param deadline - no batch is begun after it, in ms since the epoch
 */
export const rotateOnSchedule = async (
  container: MedusaContainer,
  everyDays: number,
  deadline: number
): Promise<RotationReport> => {
  const done: string[] = []
  const steps = [
    () => makeOrPromote(container, everyDays, done),
    () => reEncryptEverything(container, deadline, done),
    () => retireUnneeded(container, deadline, done),
  ]
  for (const step of steps) {
    const waiting = (await doctorsVeto(container)) ?? (await step())
    if (waiting) {
      return { done, waiting }
    }
  }
  return { done, waiting: null }
}

/** The first error that the doctor finds; null when there is none. */
const doctorsVeto = async (
  container: MedusaContainer
): Promise<string | null> => {
  const { findings } = await diagnose(container)
  const error = findings.find(({ severity }) => severity === "error")
  return error ? `${error.message} ${error.next}` : null
}

/** What a refusal waits for; anything else is thrown. */
const unlessRefused = async (
  run: () => Promise<unknown>
): Promise<string | null> => {
  try {
    await run()
    return null
  } catch (error) {
    const { type, message } = error as { type?: string; message: string }
    if (error instanceof EncryptionError || type === "not_allowed") {
      return message
    }
    throw error
  }
}

/** A key that was never the active one, and is newer than the one that is. */
const waitingKey = ({ keys }: RegistryReport, active: number) =>
  keys.find(
    ({ version, state, promoted_at, configured }) =>
      version > active && state === "pending" && !promoted_at && configured
  )

const makeOrPromote = async (
  container: MedusaContainer,
  everyDays: number,
  done: string[]
): Promise<string | null> => {
  const encryption = encryptionModule(container)
  const registry = await encryption.registry()
  const active = registry.keys.find(({ state }) => state === "active")
  if (!active) {
    return "There is no active key yet."
  }
  let next = waitingKey(registry, active.version)?.version ?? null
  const days = Math.floor((active.promoted_ms_ago ?? 0) / DAY_MS)
  if (next === null && days >= everyDays) {
    const age = `Key version ${active.version} has been the active one for ${days} days`
    if (!(await encryption.canMakeKeys())) {
      return `${age}. Configure a new key as version ${active.version + 1} in every process and restart them; the rest is done by itself.`
    }
    next = await encryption.makeKey()
    done.push(`${age}: version ${next} was made`)
  }
  if (next === null) {
    return null
  }
  const version = next
  const waiting = await unlessRefused(() => encryption.promoteKey(version))
  if (!waiting) {
    done.push(`version ${version} is the active one`)
  }
  return waiting
}

/** Runs batches to the end, or to the deadline. */
const runToEnd = async (
  run: (input: BatchInput) => Promise<BatchReport>,
  deadline: number
): Promise<{ changed: number; waiting: string | null }> => {
  let changed = 0
  let left = 0
  let after: string | undefined
  do {
    if (Date.now() > deadline) {
      return { changed, waiting: "The next run goes on with what is left." }
    }
    const report = await run({ after })
    changed += report.changed
    left += report.quarantined.length
    after = report.next ?? undefined
  } while (after)
  return {
    changed,
    waiting: left
      ? `${left} ${left === 1 ? "value does" : "values do"} not open. Verify everything, which names them, and enter these credentials again.`
      : null,
  }
}

const reEncryptEverything = async (
  container: MedusaContainer,
  deadline: number,
  done: string[]
): Promise<string | null> => {
  if ((await encryptionStatus(container)).outdated === 0) {
    return null
  }
  const { changed, waiting } = await runToEnd(
    (input) => reEncryptBatch(container, input),
    deadline
  )
  if (changed) {
    done.push(`${changed} rows were re-encrypted`)
  }
  return waiting
}

const retireUnneeded = async (
  container: MedusaContainer,
  deadline: number,
  done: string[]
): Promise<string | null> => {
  const { keys } = await encryptionStatus(container)
  const replaced = keys.filter(({ state }) => state === "decrypt_only")
  if (!replaced.length) {
    return null
  }
  const { waiting } = await runToEnd(
    (input) => verifyBatch(container, input),
    deadline
  )
  if (waiting) {
    return waiting
  }
  for (const { version } of replaced) {
    const refusal = await unlessRefused(() =>
      retireUnneededKey(container, version)
    )
    if (refusal) {
      return refusal
    }
    done.push(`version ${version} was retired`)
  }
  return null
}
