import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { releaseScheduledPostStep } from "../steps/release-scheduled-post"
import { publishPublicationsWorkflow } from "./publish-publications"

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
    const post = publishPublicationsWorkflow.runAsStep({ input })
    return new WorkflowResponse(post)
  }
)
