import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPostWorkflowEvents } from "../../events"
import { deleteSocialPostStep } from "../steps/delete-social-post"

export const deleteSocialPostWorkflowId = "delete-social-post"

/**
 * Deletes a post here. What was published stays with the service.
 *
 * @example
 * await deleteSocialPostWorkflow(container).run({ input: { id: "spost_123" } })
 */
export const deleteSocialPostWorkflow = createWorkflow(
  deleteSocialPostWorkflowId,
  (input: { id: string }) => {
    const post = deleteSocialPostStep(input)

    emitEventStep({
      eventName: SocialPostWorkflowEvents.DELETED,
      data: { id: input.id },
    })
    return new WorkflowResponse(post)
  }
)
