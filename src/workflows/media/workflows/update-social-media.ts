import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import {
  updateSocialMediaStep,
  type UpdateSocialMediaStepInput,
} from "../steps/update-social-media"

export const updateSocialMediaWorkflowId = "update-social-media"

/**
 * Changes a file's alternative text and a video's poster.
 *
 * @example
 * await updateSocialMediaWorkflow(container).run({
 *   input: { id: "smed_123", alt_text: "A red scarf" },
 * })
 */
export const updateSocialMediaWorkflow = createWorkflow(
  updateSocialMediaWorkflowId,
  (input: UpdateSocialMediaStepInput) =>
    new WorkflowResponse(updateSocialMediaStep(input))
)
