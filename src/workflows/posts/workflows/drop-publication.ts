import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPostWorkflowEvents } from "../../events"
import {
  dropPublicationStep,
  type DropPublicationStepInput,
} from "../steps/drop-publication"

export const dropPublicationWorkflowId = "drop-social-publication"

/**
 * Takes an account out of a post, as long as nothing of it is out there.
 *
 * @example
 * await dropPublicationWorkflow(container).run({
 *   input: { id: "spost_123", publication_id: "spub_123" },
 * })
 */
export const dropPublicationWorkflow = createWorkflow(
  dropPublicationWorkflowId,
  (input: DropPublicationStepInput) => {
    const post = dropPublicationStep(input)
    emitEventStep({
      eventName: SocialPostWorkflowEvents.UPDATED,
      data: { id: input.id },
    })
    return new WorkflowResponse(post)
  }
)
