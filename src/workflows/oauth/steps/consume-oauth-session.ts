import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import type { AuthorizationResponse } from "../../../credentials/oauth/authorization"
import { socialsModule } from "../../../credentials/modules"
import { redirectPath } from "../../../credentials/oauth/redirect-uri"

export const consumeOauthSessionStepId = "consume-oauth-session"

/**
 * Uses up the pending authorization that a response belongs to. It has no
 * compensation: a state that was presented once is never accepted again,
 * whatever became of the exchange (RFC 9700, section 4.7.1).
 */
export const consumeOauthSessionStep = createStep(
  { name: consumeOauthSessionStepId, noCompensation: true },
  async (
    {
      state_hash,
      provider,
      actor_id,
      redirect_platform_id,
    }: AuthorizationResponse,
    { container }
  ) => {
    const id = await socialsModule(container).consumeOauthSession({
      state_hash,
      provider,
      actor_id,
      redirect_path: redirectPath(provider, redirect_platform_id),
    })
    if (!id) {
      // One message for every reason: it must not tell a forger what was wrong.
      throw new MedusaError(
        MedusaError.Types.INVALID_DATA,
        "The authorization is unknown, has expired, was used before or was started by somebody else. Start again with Connect, in the same browser."
      )
    }
    return new StepResponse({ id })
  }
)
