import {
  createHook,
  createWorkflow,
  transform,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import type { AuthorizationResponse } from "../../../credentials/oauth/authorization"
import { SocialPlatformWorkflowEvents } from "../../events"
import { consumeOauthSessionStep } from "../steps/consume-oauth-session"
import { storeGrantedTokensStep } from "../steps/store-granted-tokens"

export const completeOauthAuthorizationWorkflowId =
  "complete-oauth-authorization"

/**
 * Finishes an authorization: checks its state, exchanges the code and stores
 * the tokens sealed. Make the input with `prepareAuthorizationResponse`, which hashes the
 * state and seals the code.
 *
 * @example
 * const response = await prepareAuthorizationResponse(container, {
 *   provider: "sandbox",
 *   actorId: "user_123",
 *   state,
 *   code,
 *   iss,
 * })
 * await completeOauthAuthorizationWorkflow(container).run({ input: response })
 */
export const completeOauthAuthorizationWorkflow = createWorkflow(
  completeOauthAuthorizationWorkflowId,
  (input: AuthorizationResponse) => {
    const session = consumeOauthSessionStep(input)
    const grant = transform({ input, session }, ({ input, session }) => ({
      session_id: session.id,
      response: input,
    }))
    const platform = storeGrantedTokensStep(grant)

    const connected = createHook("connected", platform)
    emitEventStep({
      eventName: SocialPlatformWorkflowEvents.CONNECTED,
      data: { id: platform.platform_id },
    })
    return new WorkflowResponse(platform, { hooks: [connected] })
  }
)
