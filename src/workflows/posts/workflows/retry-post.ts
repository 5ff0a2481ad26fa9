import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { makePublicationsDueStep } from "../steps/make-publications-due"
import { publishPublicationsWorkflow } from "./publish-publications"

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
    const post = publishPublicationsWorkflow.runAsStep({ input })
    return new WorkflowResponse(post)
  }
)
