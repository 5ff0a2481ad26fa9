import type {
  BatchReport,
  QuarantinedValue,
  VerifiedCount,
  VerifyReport,
} from "../../shared/encryption-types"
import type { Steps } from "./run-steps"

/** What all batches of a run did together. */
export type BatchTotals = {
  examined: number
  changed: number
  skipped: number
  quarantined: QuarantinedValue[]
  verified: VerifiedCount[]
}

const NONE: BatchTotals = {
  examined: 0,
  changed: 0,
  skipped: 0,
  quarantined: [],
  verified: [],
}

/**
 * The batches of an operation on stored values, as the steps of a run.
 *
 * @param send sends one batch; `after` is absent for the first
 * @returns the steps
 */
export const batchSteps = (
  send: (after: string | undefined) => Promise<BatchReport | VerifyReport>
): Steps<BatchTotals, string> => ({
  none: NONE,
  step: async (totals, after) => {
    const report = await send(after)
    return { totals: addReport(totals, report), next: report.next }
  },
})

/**
 * How many values a verification has gone through.
 *
 * @param totals of its batches so far
 * @returns those that opened, those in plaintext and those that did not open
 */
export const verifiedValues = ({
  verified,
  quarantined,
}: BatchTotals): number =>
  verified.reduce((sum, { values }) => sum + values, quarantined.length)

const addReport = (
  totals: BatchTotals,
  report: BatchReport | VerifyReport
): BatchTotals => ({
  examined: totals.examined + report.examined,
  changed: totals.changed + report.changed,
  skipped: totals.skipped + report.skipped,
  quarantined: [...totals.quarantined, ...report.quarantined],
  verified: addCounts(
    totals.verified,
    "verified" in report ? report.verified : []
  ),
})

const addCounts = (
  counts: VerifiedCount[],
  further: VerifiedCount[]
): VerifiedCount[] => {
  const sums = new Map<string, VerifiedCount>()
  for (const count of [...counts, ...further]) {
    const key = `${count.format}:${count.key_version}`
    const sum = sums.get(key)?.values ?? 0
    sums.set(key, { ...count, values: sum + count.values })
  }
  return [...sums.values()].sort(
    (a, b) => b.format - a.format || (b.key_version ?? 0) - (a.key_version ?? 0)
  )
}
