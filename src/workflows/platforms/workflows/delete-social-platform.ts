import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPlatformWorkflowEvents } from "../../events"
import { deleteSocialPlatformStep } from "../steps/delete-social-platform"
import { disconnectSocialPlatformStep } from "../steps/disconnect-social-platform"
import { validatePlatformDeletableStep } from "../steps/validate-platform-deletable"

export const deleteSocialPlatformWorkflowId = "delete-social-platform"

/**
 * Deletes a platform: its tokens are revoked and erased, then the platform and
 * its accounts are soft-deleted. If the deletion fails, the platform stays,
 * disconnected.
 *
 * @example
 * await deleteSocialPlatformWorkflow(container).run({
 *   input: { id: "splat_123" },
 * })
 */
export const deleteSocialPlatformWorkflow = createWorkflow(
  deleteSocialPlatformWorkflowId,
  (input: { id: string; actor_id?: string }) => {
    validatePlatformDeletableStep(input)
    disconnectSocialPlatformStep(input)
    const platform = deleteSocialPlatformStep(input)

    emitEventStep({
      eventName: SocialPlatformWorkflowEvents.DELETED,
      data: { id: input.id },
    })
    return new WorkflowResponse(platform)
  }
)
