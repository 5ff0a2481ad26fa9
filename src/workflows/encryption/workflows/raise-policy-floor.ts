import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import {
  type FloorChange,
  raisePolicyFloorStep,
} from "../steps/raise-policy-floor"

export const raisePolicyFloorWorkflowId = "raise-policy-floor"

/**
 * Forbids plaintext or format 1 for good: the floor is stored in the database,
 * so that an old environment file cannot lower it.
 *
 * @example
 * await raisePolicyFloorWorkflow(container).run({
 *   input: { reading: "require-encrypted", minimum_envelope_format: 2 },
 * })
 */
export const raisePolicyFloorWorkflow = createWorkflow(
  raisePolicyFloorWorkflowId,
  (input: FloorChange) => {
    const floor = raisePolicyFloorStep(input)
    return new WorkflowResponse(floor)
  }
)
