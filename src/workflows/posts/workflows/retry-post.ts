import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPostWorkflowEvents } from "../../events"
import { makePublicationsDueStep } from "../steps/make-publications-due"
import { publishDuePublicationsStep } from "../steps/publish-due-publications"
import { settlePostStatusStep } from "../steps/settle-post-status"

export const retryPostWorkflowId = "retry-post"

/**
 * Tries a post again where it failed. Where it may have gone out, the service
 * is asked first, and nothing is published blindly.
 *
 * @example
 * await retryPostWorkflow(container).run({ input: { id: "spost_123" } })
 */
export const retryPostWorkflow = createWorkflow(
  retryPostWorkflowId,
  (input: { id: string }) => {
    makePublicationsDueStep(input)
    publishDuePublicationsStep(input)
    const post = settlePostStatusStep(input)

    emitEventStep({
      eventName: SocialPostWorkflowEvents.PUBLISH_ATTEMPTED,
      data: { id: input.id },
    })
    return new WorkflowResponse(post)
  }
)
