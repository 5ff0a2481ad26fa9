import { usePrompt } from "@medusajs/ui"
import { type BatchTotals, batchSteps } from "../lib/batch-run"
import { valuesUnder } from "../lib/encryption-tasks"
import { confirmation, type KeyOperation } from "../lib/encryption-words"
import { sdk } from "../lib/sdk"
import type {
  BatchReport,
  EncryptionStatus,
} from "../../shared/encryption-types"
import { useRefreshEncryption } from "./use-encryption"
import { useRun } from "./use-run"

/** Rows of one request: few enough that a person sees it move, and can stop it. */
const BATCH_SIZE = 500

const batches = (operation: KeyOperation, body: object = {}) =>
  batchSteps(async (after) => {
    const { report } = await sdk.client.fetch<{ report: BatchReport }>(
      `/admin/encryption/${operation}`,
      { method: "POST", body: { ...body, after, limit: BATCH_SIZE } }
    )
    return report
  })

/**
 * The operations that go over everything stored. Those that write look first,
 * say what they found, and ask.
 *
 * @returns the run under way or the last one, and how to begin another
 */
export const useKeyOperation = () => {
  const run = useRun<KeyOperation, BatchTotals>()
  const prompt = usePrompt()
  const refresh = useRefreshEncryption()

  const change = async (
    operation: Exclude<KeyOperation, "verify">,
    { active_version }: EncryptionStatus
  ) => {
    const preview = await run.start(
      { operation, dryRun: true, total: null },
      batches(operation, { dry_run: true })
    )
    const { totals } = preview
    if (
      preview.outcome !== "complete" ||
      totals.changed === 0 ||
      run.hasLeft()
    ) {
      return
    }
    const confirmed = await prompt({
      ...confirmation(operation, totals, active_version),
      cancelText: "Cancel",
      variant: "confirmation",
    })
    // The prompt outlives the page that asked.
    if (!confirmed || run.hasLeft()) {
      return
    }
    await run.start(
      { operation, dryRun: false, total: totals.examined },
      batches(operation)
    )
    await refresh()
  }

  const verify = async ({ keys, plaintext }: EncryptionStatus) => {
    const total = keys.reduce((sum, key) => sum + valuesUnder(key), plaintext)
    await run.start(
      { operation: "verify", dryRun: false, total },
      batches("verify")
    )
    await refresh()
  }

  return { run, change, verify }
}
