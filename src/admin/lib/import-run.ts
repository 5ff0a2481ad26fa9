import type { ImportReport, ImportRow } from "../../shared/import-rows"
import type { Steps } from "./run-steps"

/** Rows that one request takes along. */
export const IMPORT_CHUNK = 200

const NONE: ImportReport = {
  examined: 0,
  imported: 0,
  unchanged: 0,
  created_platforms: 0,
  failed: [],
}

/**
 * Gives the readable rows of a file the numbers that they have in it, so that
 * the reports of all chunks name them by these.
 *
 * @param rows those that can be tried, in the file's order
 * @param problems numbers, from 1, of those between them that cannot
 * @returns the rows with their numbers
 */
export const numberRows = (
  rows: ImportRow[],
  problems: { row: number }[]
): ImportRow[] => {
  const unreadable = new Set(problems.map(({ row }) => row))
  let number = 0
  return rows.map((row) => {
    do {
      number += 1
    } while (unreadable.has(number))
    return { ...row, row: number }
  })
}

/**
 * The chunks of an import, as the steps of a run. A row that was imported is
 * found unchanged the next time, so that a run can be started again.
 *
 * @param rows with their numbers in the file; not empty
 * @param send sends one chunk
 * @returns the steps
 */
export const importSteps = (
  rows: ImportRow[],
  send: (rows: ImportRow[]) => Promise<ImportReport>
): Steps<ImportReport, number> => ({
  none: NONE,
  step: async (totals, start = 0) => {
    const chunk = rows.slice(start, start + IMPORT_CHUNK)
    const report = await send(chunk)
    const end = start + chunk.length
    return {
      totals: addReport(totals, report),
      next: end < rows.length ? end : null,
    }
  },
})

const addReport = (
  totals: ImportReport,
  report: ImportReport
): ImportReport => ({
  examined: totals.examined + report.examined,
  imported: totals.imported + report.imported,
  unchanged: totals.unchanged + report.unchanged,
  created_platforms: totals.created_platforms + report.created_platforms,
  failed: [...totals.failed, ...report.failed],
})
