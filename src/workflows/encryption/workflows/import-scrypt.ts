import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import type { ImportRowsInput } from "../../../credentials/imports/import-rows"
import { importScryptStep } from "../steps/import-scrypt"

export const importScryptWorkflowId = "import-scrypt"

/**
 * Imports values that another system sealed under a key made by scrypt, with
 * its secret in the environment variable ENCRYPTION_SECRET. Each value takes
 * tens of milliseconds and 16 MiB: run it from a script or a job, never to
 * answer a request.
 *
 * @example
 * const { result } = await importScryptWorkflow(container).run({
 *   input: {
 *     rows: [
 *       { provider: "whatsapp", tenant_id: "shop-1", identifier: "main", value },
 *     ],
 *   },
 * })
 */
export const importScryptWorkflow = createWorkflow(
  importScryptWorkflowId,
  (input: ImportRowsInput) => {
    const report = importScryptStep(input)
    return new WorkflowResponse(report)
  }
)
