import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { PUBLICATIONS_DUE } from "../../events"
import { beginPublishingStep } from "../steps/begin-publishing"

export const publishPostWorkflowId = "publish-post"

/**
 * Has a post published on all its accounts, and returns at once: the worker
 * processes publish it. Calling it twice publishes once.
 *
 * @example
 * const { result } = await publishPostWorkflow(container).run({
 *   input: { id: "spost_123" },
 * })
 * // { id: "spost_123", status: "publishing" }
 */
export const publishPostWorkflow = createWorkflow(
  publishPostWorkflowId,
  (input: { id: string }) => {
    const post = beginPublishingStep(input)
    emitEventStep({ eventName: PUBLICATIONS_DUE, data: {} })
    return new WorkflowResponse(post)
  }
)
