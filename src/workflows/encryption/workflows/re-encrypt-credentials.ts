import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import type { BatchInput } from "../../../credentials/key-operations/batch"
import { reEncryptCredentialsStep } from "../steps/re-encrypt-credentials"

export const reEncryptCredentialsWorkflowId = "re-encrypt-credentials"

/**
 * Re-encrypts a batch of stored values to the active key. Run it until `next`
 * is null; it can be stopped or killed between and within batches.
 *
 * @example
 * let after: string | undefined
 * do {
 *   const { result } = await reEncryptCredentialsWorkflow(container).run({
 *     input: { after },
 *   })
 *   after = result.next ?? undefined
 * } while (after)
 */
export const reEncryptCredentialsWorkflow = createWorkflow(
  reEncryptCredentialsWorkflowId,
  (input: BatchInput) => {
    const report = reEncryptCredentialsStep(input)
    return new WorkflowResponse(report)
  }
)
