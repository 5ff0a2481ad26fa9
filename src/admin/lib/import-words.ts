import type { ImportReport } from "../../shared/import-rows"
import { countOf } from "./format"
import type { RunOutcome } from "./run-steps"

/**
 * The question before an import, from what its dry run found.
 *
 * @param report of the dry run
 * @param overwrite whether stored secrets are replaced
 * @returns title, text and button of the prompt
 */
export const importConfirmation = (
  { imported, created_platforms, unchanged, failed }: ImportReport,
  overwrite: boolean
): { title: string; description: string; confirmText: string } => {
  const sentences = [
    `${countOf(imported, "value")} will be opened, encrypted under the active key and stored.`,
    created_platforms > 0 &&
      `Where no platform fits, one is created (${created_platforms}).`,
    overwrite && "Secrets that are stored already are replaced.",
    unchanged > 0 &&
      `${countOf(unchanged, "value is", "values are")} here already.`,
    failed.length > 0 &&
      `${countOf(failed.length, "row")} will be left out, because of the errors in the report.`,
  ]
  return {
    title: `Import ${countOf(imported, "value")}?`,
    description: sentences.filter(Boolean).join(" "),
    confirmText: "Import",
  }
}

/**
 * What an import came to, in sentences.
 *
 * @param dryRun whether it only looked
 * @param outcome how it ended
 * @param report what it did
 * @returns one sentence for each thing worth knowing
 */
export const importSummary = (
  dryRun: boolean,
  outcome: RunOutcome,
  { imported, unchanged, created_platforms, failed }: ImportReport
): string[] => {
  const sentences = [
    dryRun
      ? `${countOf(imported, "value")} can be imported. Nothing was changed yet.`
      : `${countOf(imported, "value")} imported.`,
    created_platforms > 0 &&
      `${countOf(created_platforms, "platform")} ${dryRun ? "would be created" : "created"}.`,
    unchanged > 0 &&
      `${countOf(unchanged, "value is", "values are")} here already.`,
    failed.length > 0 &&
      `${countOf(failed.length, "row")} cannot be imported; see below.`,
    outcome !== "complete" &&
      "Not every row was gone over. Start again to go on: what is imported is not imported twice.",
  ]
  return sentences.filter((sentence) => typeof sentence === "string")
}
