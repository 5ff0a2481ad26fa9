import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPostWorkflowEvents } from "../../events"
import { publishDuePublicationsStep } from "../steps/publish-due-publications"
import { releaseScheduledPostStep } from "../steps/release-scheduled-post"
import { settlePostStatusStep } from "../steps/settle-post-status"

export const publishDuePostWorkflowId = "publish-due-post"

/**
 * Carries on with a post without a person: a scheduled one whose time has come,
 * or one with attempts that are due again.
 *
 * @example
 * await publishDuePostWorkflow(container).run({ input: { id: "spost_123" } })
 */
export const publishDuePostWorkflow = createWorkflow(
  publishDuePostWorkflowId,
  (input: { id: string }) => {
    releaseScheduledPostStep(input)
    publishDuePublicationsStep(input)
    const post = settlePostStatusStep(input)

    emitEventStep({
      eventName: SocialPostWorkflowEvents.PUBLISH_ATTEMPTED,
      data: { id: input.id },
    })
    return new WorkflowResponse(post)
  }
)
