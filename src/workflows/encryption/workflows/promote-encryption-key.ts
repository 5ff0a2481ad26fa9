import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import type { KeyChange } from "../steps/retire-encryption-key"
import { promoteEncryptionKeyStep } from "../steps/promote-encryption-key"

export const promoteEncryptionKeyWorkflowId = "promote-encryption-key"

/**
 * Makes a key that is configured everywhere the one that seals; also the way
 * back to an older one. Stored values stay as they are until they are
 * re-encrypted.
 *
 * @example
 * await promoteEncryptionKeyWorkflow(container).run({ input: { version: 2 } })
 */
export const promoteEncryptionKeyWorkflow = createWorkflow(
  promoteEncryptionKeyWorkflowId,
  (input: KeyChange) => {
    const key = promoteEncryptionKeyStep(input)
    return new WorkflowResponse(key)
  }
)
