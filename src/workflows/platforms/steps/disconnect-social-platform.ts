import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import {
  eraseAccess,
  revokePlatformTokens,
} from "../../../credentials/oauth/disconnect"
import { recordCredentialEvent } from "../../../credentials/state/events"
import { socialsModule } from "../../../credentials/modules"

export interface DisconnectSocialPlatformStepInput {
  id: string
  actor_id?: string
}

export const disconnectSocialPlatformStepId = "disconnect-social-platform"

/**
 * Revokes a platform's tokens at its service and erases them here. It has no
 * compensation, because a revoked token cannot be brought back: workflows put
 * it after everything that can fail.
 */
export const disconnectSocialPlatformStep = createStep(
  { name: disconnectSocialPlatformStepId, noCompensation: true },
  async (
    { id, actor_id }: DisconnectSocialPlatformStepInput,
    { container }
  ) => {
    const row = await socialsModule(container).retrieveSocialPlatform(id)
    const revocation = await revokePlatformTokens(container, row)
    await eraseAccess(container, id)
    await recordCredentialEvent(container, {
      platform_id: id,
      type: "disconnected",
      actor_id,
      details: { ...revocation },
    })
    return new StepResponse({ id, ...revocation })
  }
)
