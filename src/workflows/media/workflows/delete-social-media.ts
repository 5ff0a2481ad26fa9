import {
  createWorkflow,
  transform,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { deleteFilesWorkflow } from "@medusajs/medusa/core-flows"
import { deleteSocialMediaStep } from "../steps/delete-social-media"

export const deleteSocialMediaWorkflowId = "delete-social-media"

/**
 * Deletes a file that nothing uses, with its renditions. What was uploaded for
 * it alone goes too; a file of the store's own stays.
 *
 * @example
 * await deleteSocialMediaWorkflow(container).run({ input: { id: "smed_123" } })
 */
export const deleteSocialMediaWorkflow = createWorkflow(
  deleteSocialMediaWorkflowId,
  (input: { id: string }) => {
    const deleted = deleteSocialMediaStep(input)
    const files = transform(deleted, ({ file_ids }) => ({ ids: file_ids }))
    deleteFilesWorkflow.runAsStep({ input: files })
    return new WorkflowResponse(deleted)
  }
)
