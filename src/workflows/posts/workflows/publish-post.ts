import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPostWorkflowEvents } from "../../events"
import { beginPublishingStep } from "../steps/begin-publishing"
import { publishDuePublicationsStep } from "../steps/publish-due-publications"
import { settlePostStatusStep } from "../steps/settle-post-status"

export const publishPostWorkflowId = "publish-post"

/**
 * Publishes a post on all its accounts and waits for the outcomes. Calling it
 * twice publishes once.
 *
 * @example
 * const { result } = await publishPostWorkflow(container).run({
 *   input: { id: "spost_123" },
 * })
 * // { id: "spost_123", status: "published" }
 */
export const publishPostWorkflow = createWorkflow(
  publishPostWorkflowId,
  (input: { id: string }) => {
    beginPublishingStep(input)
    publishDuePublicationsStep(input)
    const post = settlePostStatusStep(input)

    emitEventStep({
      eventName: SocialPostWorkflowEvents.PUBLISH_ATTEMPTED,
      data: { id: input.id },
    })
    return new WorkflowResponse(post)
  }
)
