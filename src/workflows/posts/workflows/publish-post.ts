import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { beginPublishingStep } from "../steps/begin-publishing"
import { publishPublicationsWorkflow } from "./publish-publications"

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
    const post = publishPublicationsWorkflow.runAsStep({ input })
    return new WorkflowResponse(post)
  }
)
