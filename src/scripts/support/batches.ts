import type { BatchReport } from "../../shared/encryption-types"
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import type { BatchInput } from "../../credentials/key-operations/batch"

export const loggerOf = (container: MedusaContainer): Logger =>
  container.resolve(ContainerRegistrationKeys.LOGGER)

/** How many values one line of the log names; the rest are counted. */
const MAX_NAMED = 20

/**
 * Runs an operation batch by batch, with a line of progress for each. It can be
 * interrupted at any time: started again, it goes on with what is left.
 *
 * @param name - of the operation, at the start of each line
 * @param run - one batch
 * @throws {MedusaError} at the end, when values were quarantined
 */
export const runBatches = async <Report extends BatchReport>(
  container: MedusaContainer,
  name: string,
  input: Pick<BatchInput, "dry_run">,
  run: (input: BatchInput) => Promise<Report>
): Promise<Report[]> => {
  const logger = loggerOf(container)
  const verb = input.dry_run ? "would be changed" : "changed"
  const reports: Report[] = []
  const total = { examined: 0, changed: 0, skipped: 0, quarantined: 0 }
  let after: string | undefined

  do {
    const report = await run({ ...input, after })
    reports.push(report)
    total.examined += report.examined
    total.changed += report.changed
    total.skipped += report.skipped
    total.quarantined += report.quarantined.length
    for (const value of report.quarantined.slice(0, MAX_NAMED)) {
      logger.error(
        `${name}: ${value.field} of ${value.row_id} is left as it is (${value.code}): ${value.message}`
      )
    }
    logger.info(
      `${name}: ${total.examined} rows examined, ${total.changed} ${verb}, ${total.skipped} written by somebody else meanwhile, ${total.quarantined} values left`
    )
    after = report.next ?? undefined
  } while (after)

  if (total.quarantined) {
    throw new MedusaError(
      MedusaError.Types.UNEXPECTED_STATE,
      `${name}: ${total.quarantined} values could not be opened and are as they were; everything else is done. The lines above name them.`
    )
  }
  return reports
}

/** Says what to write for the operation to happen. */
export const remindOfApply = (
  container: MedusaContainer,
  { apply }: { apply: boolean }
): void => {
  if (!apply) {
    loggerOf(container).info(
      'This was a dry run: nothing was changed. Add the word "apply" to do it.'
    )
  }
}
