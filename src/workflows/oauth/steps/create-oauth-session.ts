import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import type { AuthorizationSession } from "../../../credentials/oauth/authorization"
import { socialsModule } from "../../../credentials/modules"

/** How long a session that ended is kept, in ms, to tell a late response from a forged one. */
const SESSION_HISTORY_MS = 24 * 60 * 60 * 1000

export const createOauthSessionStepId = "create-oauth-session"

/** Stores a pending authorization and clears away those that ended long ago. */
export const createOauthSessionStep = createStep(
  createOauthSessionStepId,
  async (session: AuthorizationSession, { container }) => {
    const socials = socialsModule(container)
    await socials.deleteExpiredOauthSessions(
      new Date(Date.now() - SESSION_HISTORY_MS)
    )
    const { id } = await socials.createSocialOauthSessions({
      ...session,
      code_verifier_encrypted: session.code_verifier_encrypted && {
        ...session.code_verifier_encrypted,
      },
    })
    return new StepResponse({ id }, id)
  },
  async (id, { container }) => {
    if (!id) {
      return
    }
    await socialsModule(container).deleteSocialOauthSessions([id])
  }
)
