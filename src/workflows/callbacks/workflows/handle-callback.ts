import {
  createWorkflow,
  transform,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { publicationEvent } from "../../events"
import { handleCallbackStep } from "../steps/handle-callback"

export const handleCallbackWorkflowId = "handle-social-callback"

/**
 * Works on what a service has told by a callback: marks platforms whose access
 * was withdrawn, and publications that were taken down.
 *
 * @example
 * await handleCallbackWorkflow(container).run({ input: { id: "scall_123" } })
 */
export const handleCallbackWorkflow = createWorkflow(
  handleCallbackWorkflowId,
  (input: { id: string }) => {
    const outcome = handleCallbackStep(input)
    emitEventStep({
      eventName: publicationEvent("removed_by_network"),
      data: transform(outcome, ({ removed }) => removed),
    })
    return new WorkflowResponse(outcome)
  }
)
