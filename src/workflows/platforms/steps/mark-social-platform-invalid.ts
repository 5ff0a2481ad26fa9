import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { healthBefore } from "../../../credentials/state/transitions"
import { markPlatformInvalid } from "../../../credentials/vault/mark-invalid"

export interface MarkSocialPlatformInvalidStepInput {
  id: string
  /** Why, in a sentence for the merchant, as `prepareReason` returned it. */
  reason: string
  actor_id?: string
}

export const markSocialPlatformInvalidStepId = "mark-social-platform-invalid"

/** Marks a platform's access as invalid. One that is marked already keeps its reason. */
export const markSocialPlatformInvalidStep = createStep(
  markSocialPlatformInvalidStepId,
  async (
    { id, reason, actor_id }: MarkSocialPlatformInvalidStepInput,
    { container }
  ) => {
    const before = await socialsModule(container).retrieveSocialPlatform(id)
    const marked = await markPlatformInvalid(container, id, {
      reason,
      actor_id,
    })
    const { credentials_version, next_refresh_at } = before
    return new StepResponse(
      { id, marked },
      marked
        ? {
            id,
            // Marking moves the fence on by one.
            marked_version: credentials_version + 1,
            next_refresh_at: next_refresh_at?.toISOString() ?? null,
            health: healthBefore(before),
          }
        : null
    )
  },
  async (compensation, { container }) => {
    if (!compensation) {
      return
    }
    const { id, marked_version, next_refresh_at, health } = compensation
    // Whatever is known of credentials that were stored since stays.
    await socialsModule(container).writeHealth(
      id,
      {
        ...health,
        next_refresh_at: next_refresh_at ? new Date(next_refresh_at) : null,
      },
      marked_version
    )
  }
)
