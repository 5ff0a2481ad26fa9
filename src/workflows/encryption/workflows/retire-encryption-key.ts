import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import {
  type KeyChange,
  retireEncryptionKeyStep,
} from "../steps/retire-encryption-key"

export const retireEncryptionKeyWorkflowId = "retire-encryption-key"

/**
 * Retires a key: refused while one stored value needs it. Its key material may
 * be removed from the configuration afterwards.
 *
 * @example
 * await retireEncryptionKeyWorkflow(container).run({ input: { version: 1 } })
 */
export const retireEncryptionKeyWorkflow = createWorkflow(
  retireEncryptionKeyWorkflowId,
  (input: KeyChange) => {
    const key = retireEncryptionKeyStep(input)
    return new WorkflowResponse(key)
  }
)
