import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import type { BatchInput } from "../../../credentials/key-operations/batch"
import { verifyCredentialsStep } from "../steps/verify-credentials"

export const verifyCredentialsWorkflowId = "verify-credentials"

/**
 * Opens every value in a batch of rows and reports what it found. It changes
 * nothing. Run it until `next` is null.
 *
 * @example
 * let after: string | undefined
 * do {
 *   const { result } = await verifyCredentialsWorkflow(container).run({
 *     input: { after },
 *   })
 *   after = result.next ?? undefined
 * } while (after)
 */
export const verifyCredentialsWorkflow = createWorkflow(
  verifyCredentialsWorkflowId,
  (input: BatchInput) => {
    const report = verifyCredentialsStep(input)
    return new WorkflowResponse(report)
  }
)
