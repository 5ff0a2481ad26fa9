import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import {
  updateSocialAccountStep,
  type UpdateSocialAccountStepInput,
} from "../steps/update-social-account"

export const updateSocialAccountWorkflowId = "update-social-account"

/**
 * Sets what new publications to an account start with, such as a board.
 *
 * @example
 * await updateSocialAccountWorkflow(container).run({
 *   input: { id: "sacc_123", default_settings: { visibility: "unlisted" } },
 * })
 */
export const updateSocialAccountWorkflow = createWorkflow(
  updateSocialAccountWorkflowId,
  (input: UpdateSocialAccountStepInput) =>
    new WorkflowResponse(updateSocialAccountStep(input))
)
