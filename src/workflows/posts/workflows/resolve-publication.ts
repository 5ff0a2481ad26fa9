import {
  createWorkflow,
  transform,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { publicationEvent, PUBLICATIONS_DUE } from "../../events"
import {
  resolvePublicationStep,
  type ResolvePublicationStepInput,
} from "../steps/resolve-publication"
import { settlePostStatusStep } from "../steps/settle-post-status"

export const resolvePublicationWorkflowId = "resolve-publication"

/**
 * Lets a person decide about the part of a publication whose outcome is unknown,
 * after looking at the network. What follows it goes on by itself.
 *
 * @example
 * await resolvePublicationWorkflow(container).run({
 *   input: { id: "spost_123", publication_id: "spub_123", outcome: "published" },
 * })
 */
export const resolvePublicationWorkflow = createWorkflow(
  resolvePublicationWorkflowId,
  (input: ResolvePublicationStepInput) => {
    const resolved = resolvePublicationStep(input)
    const post = settlePostStatusStep(resolved)
    emitEventStep({
      eventName: transform(resolved, ({ state }) => publicationEvent(state)),
      data: transform(resolved, ({ id, publication_id }) => ({
        id: publication_id,
        post_id: id,
      })),
    })
    emitEventStep({ eventName: PUBLICATIONS_DUE, data: {} }).config({
      name: "emit-publications-due",
    })
    return new WorkflowResponse(post)
  }
)
