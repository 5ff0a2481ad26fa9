import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import type { BatchInput } from "../../../credentials/key-operations/batch"
import { sealPlaintextCredentialsStep } from "../steps/seal-plaintext-credentials"

export const sealPlaintextCredentialsWorkflowId = "seal-plaintext-credentials"

/**
 * Seals a batch of values that are stored in plaintext. Run it until `next` is
 * null.
 *
 * @example
 * let after: string | undefined
 * do {
 *   const { result } = await sealPlaintextCredentialsWorkflow(container).run({
 *     input: { after },
 *   })
 *   after = result.next ?? undefined
 * } while (after)
 */
export const sealPlaintextCredentialsWorkflow = createWorkflow(
  sealPlaintextCredentialsWorkflowId,
  (input: BatchInput) => {
    const report = sealPlaintextCredentialsStep(input)
    return new WorkflowResponse(report)
  }
)
