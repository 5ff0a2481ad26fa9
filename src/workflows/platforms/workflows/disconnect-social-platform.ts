import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPlatformWorkflowEvents } from "../../events"
import {
  disconnectSocialPlatformStep,
  type DisconnectSocialPlatformStepInput,
} from "../steps/disconnect-social-platform"

export const disconnectSocialPlatformWorkflowId = "disconnect-social-platform"

/**
 * Disconnects a platform: its tokens are revoked at the service, where it can,
 * and erased. The platform, its settings and its posts stay.
 *
 * @example
 * const { result } = await disconnectSocialPlatformWorkflow(container).run({
 *   input: { id: "splat_123" },
 * })
 */
export const disconnectSocialPlatformWorkflow = createWorkflow(
  disconnectSocialPlatformWorkflowId,
  (input: DisconnectSocialPlatformStepInput) => {
    const outcome = disconnectSocialPlatformStep(input)

    emitEventStep({
      eventName: SocialPlatformWorkflowEvents.DISCONNECTED,
      data: { id: input.id },
    })
    return new WorkflowResponse(outcome)
  }
)
