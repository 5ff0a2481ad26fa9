import { usePrompt } from "@medusajs/ui"
import type { ImportReport, ImportRow } from "../../shared/import-rows"
import { importConfirmation } from "../lib/import-words"
import { importSteps } from "../lib/import-run"
import { sdk } from "../lib/sdk"
import { useRefreshEncryption } from "./use-encryption"
import { useRun } from "./use-run"

type ImportOptions = { overwrite: boolean }

/**
 * Imports rows of Fernet tokens: a dry run, a question, the import.
 *
 * @returns the run under way or the last one, and how to begin
 */
export const useFernetImport = () => {
  const run = useRun<"import-fernet", ImportReport>()
  const prompt = usePrompt()
  const refresh = useRefreshEncryption()

  const send =
    (dry_run: boolean, { overwrite }: ImportOptions) =>
    async (rows: ImportRow[]) => {
      const { report } = await sdk.client.fetch<{ report: ImportReport }>(
        "/admin/encryption/import-fernet",
        { method: "POST", body: { rows, dry_run, overwrite } }
      )
      return report
    }

  const importRows = async (rows: ImportRow[], options: ImportOptions) => {
    const subject = { operation: "import-fernet" as const, total: rows.length }
    const preview = await run.start(
      { ...subject, dryRun: true },
      importSteps(rows, send(true, options))
    )
    const { totals } = preview
    if (
      preview.outcome !== "complete" ||
      totals.imported === 0 ||
      run.hasLeft()
    ) {
      return
    }
    const confirmed = await prompt({
      ...importConfirmation(totals, options.overwrite),
      cancelText: "Cancel",
      variant: "confirmation",
    })
    if (!confirmed || run.hasLeft()) {
      return
    }
    await run.start(
      { ...subject, dryRun: false },
      importSteps(rows, send(false, options))
    )
    await refresh()
  }

  return { run, importRows }
}
