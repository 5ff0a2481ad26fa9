import {
  createWorkflow,
  transform,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import type { PreparedPlatformChange } from "../../../credentials/storage/platform-input"
import { SocialPlatformWorkflowEvents } from "../../events"
import { updateSocialPlatformCredentialsStep } from "../steps/update-social-platform-credentials"
import { updateSocialPlatformDetailsStep } from "../steps/update-social-platform-details"

export interface UpdateSocialPlatformWorkflowInput {
  change: PreparedPlatformChange
  actor_id?: string
}

export const updateSocialPlatformWorkflowId = "update-social-platform"

/**
 * Updates a platform. Make the input with `preparePlatformChange`, which seals
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
  (input: UpdateSocialPlatformWorkflowInput) => {
    const details = transform(input, ({ change: { id, data } }) => ({
      id,
      data,
    }))
    updateSocialPlatformDetailsStep(details)

    const credentials = transform(
      input,
      ({ change: { id, settings, sealed }, actor_id }) => ({
        id,
        settings,
        sealed,
        actor_id,
      })
    )
    const platform = updateSocialPlatformCredentialsStep(credentials)

    emitEventStep({
      eventName: SocialPlatformWorkflowEvents.UPDATED,
      data: { id: platform.id },
    })
    return new WorkflowResponse(platform)
  }
)
