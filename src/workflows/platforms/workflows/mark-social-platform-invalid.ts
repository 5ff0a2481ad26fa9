import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPlatformWorkflowEvents } from "../../events"
import {
  markSocialPlatformInvalidStep,
  type MarkSocialPlatformInvalidStepInput,
} from "../steps/mark-social-platform-invalid"

export const markSocialPlatformInvalidWorkflowId =
  "mark-social-platform-invalid"

/**
 * Marks a platform's access as invalid, for a person who knows that a token or
 * key must not be used any more. Connecting again, or another credential, ends
 * it. Medusa may store the reason: what could hold a secret goes through
 * `prepareReason` first.
 *
 * @example
 * await markSocialPlatformInvalidWorkflow(container).run({
 *   input: { id: "splat_123", reason: "The key was in a screenshot." },
 * })
 */
export const markSocialPlatformInvalidWorkflow = createWorkflow(
  markSocialPlatformInvalidWorkflowId,
  (input: MarkSocialPlatformInvalidStepInput) => {
    const outcome = markSocialPlatformInvalidStep(input)

    emitEventStep({
      eventName: SocialPlatformWorkflowEvents.UPDATED,
      data: { id: input.id },
    })
    return new WorkflowResponse(outcome)
  }
)
