import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { PUBLICATIONS_DUE } from "../../events"
import { makePublicationsDueStep } from "../steps/make-publications-due"

export const retryPostWorkflowId = "retry-post"

/**
 * Has a post tried again where it failed, and returns at once. Where it may
 * have gone out, the service is asked first, and nothing is published blindly.
 *
 * @example
 * await retryPostWorkflow(container).run({ input: { id: "spost_123" } })
 */
export const retryPostWorkflow = createWorkflow(
  retryPostWorkflowId,
  (input: { id: string }) => {
    const post = makePublicationsDueStep(input)
    emitEventStep({ eventName: PUBLICATIONS_DUE, data: {} })
    return new WorkflowResponse(post)
  }
)
