import {
  createWorkflow,
  when,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPlatformWorkflowEvents } from "../../events"
import { testSavedCredentialsStep } from "../steps/test-saved-credentials"
import {
  updateSocialPlatformStep,
  type UpdateSocialPlatformStepInput,
} from "../steps/update-social-platform"

export const updateSocialPlatformWorkflowId = "update-social-platform"

/**
 * Updates a platform, all of it or nothing. Make the input with `preparePlatformChange`, which seals
 * the secrets: one that is not named is kept, null erases it.
 *
 * @example
 * const change = await preparePlatformChange(container, id, {
 *   name: "Carrier (Europe)",
 *   api_config: { webhook_secret: null },
 * })
 * await updateSocialPlatformWorkflow(container).run({ input: { change } })
 */
export const updateSocialPlatformWorkflow = createWorkflow(
  updateSocialPlatformWorkflowId,
  (input: UpdateSocialPlatformStepInput) => {
    const platform = updateSocialPlatformStep(input)

    emitEventStep({
      eventName: SocialPlatformWorkflowEvents.UPDATED,
      data: { id: platform.id },
    })
    when(platform, ({ touches_access }) => touches_access).then(() =>
      testSavedCredentialsStep({ id: platform.id })
    )
    return new WorkflowResponse({ id: platform.id })
  }
)
