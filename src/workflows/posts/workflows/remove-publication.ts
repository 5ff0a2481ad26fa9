import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { publicationEvent } from "../../events"
import {
  removePublicationStep,
  type RemovePublicationStepInput,
} from "../steps/remove-publication"

export const removePublicationWorkflowId = "remove-publication"

/**
 * Removes at its service what a publication has made public. The post keeps it
 * with the time of its removal.
 *
 * @example
 * await removePublicationWorkflow(container).run({
 *   input: { id: "spost_123", publication_id: "spub_123" },
 * })
 */
export const removePublicationWorkflow = createWorkflow(
  removePublicationWorkflowId,
  (input: RemovePublicationStepInput) => {
    const removed = removePublicationStep(input)
    emitEventStep({
      eventName: publicationEvent("removed"),
      data: { id: removed.publication_id, post_id: removed.id },
    })
    return new WorkflowResponse(removed)
  }
)
