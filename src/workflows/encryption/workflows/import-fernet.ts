import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import type { ImportRowsInput } from "../../../credentials/imports/import-rows"
import { importFernetStep } from "../steps/import-fernet"

export const importFernetWorkflowId = "import-fernet"

/**
 * Imports Fernet tokens of another system, with its keys in the environment
 * variable TOKEN_ENCRYPTION_KEY. The input holds sealed values only.
 *
 * @example
 * const { result } = await importFernetWorkflow(container).run({
 *   input: {
 *     rows: [{ provider: "meta", identifier: "shop", value: "gAAAAA…" }],
 *     dry_run: true,
 *   },
 * })
 */
export const importFernetWorkflow = createWorkflow(
  importFernetWorkflowId,
  (input: ImportRowsInput) => {
    const report = importFernetStep(input)
    return new WorkflowResponse(report)
  }
)
