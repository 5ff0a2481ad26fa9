import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPostWorkflowEvents } from "../../events"
import {
  updatePublicationStep,
  type UpdatePublicationStepInput,
} from "../steps/update-publication"

export const updatePublicationWorkflowId = "update-social-publication"

/**
 * Changes a post on one account: its text, link, media, settings or placement.
 * One that failed is published by the next retry.
 *
 * @example
 * await updatePublicationWorkflow(container).run({
 *   input: {
 *     id: "spost_123",
 *     publication_id: "spub_123",
 *     variant: { caption: "Shorter" },
 *   },
 * })
 */
export const updatePublicationWorkflow = createWorkflow(
  updatePublicationWorkflowId,
  (input: UpdatePublicationStepInput) => {
    const post = updatePublicationStep(input)
    emitEventStep({
      eventName: SocialPostWorkflowEvents.UPDATED,
      data: { id: input.id },
    })
    return new WorkflowResponse(post)
  }
)
