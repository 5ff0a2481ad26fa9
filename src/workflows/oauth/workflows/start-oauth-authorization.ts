import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import type { AuthorizationSession } from "../../../credentials/oauth/authorization"
import { createOauthSessionStep } from "../steps/create-oauth-session"

export const startOauthAuthorizationWorkflowId = "start-oauth-authorization"

/**
 * Stores a pending authorization. Make the input with `prepareAuthorization`,
 * which also gives the address of the consent page.
 *
 * @example
 * const { location, session } = await prepareAuthorization(container, {
 *   provider: "sandbox",
 *   platformId: "splat_123",
 *   actorId: "user_123",
 * })
 * await startOauthAuthorizationWorkflow(container).run({ input: session })
 */
export const startOauthAuthorizationWorkflow = createWorkflow(
  startOauthAuthorizationWorkflowId,
  (input: AuthorizationSession) => {
    const session = createOauthSessionStep(input)
    return new WorkflowResponse(session)
  }
)
