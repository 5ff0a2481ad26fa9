import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { prepareAnswer } from "../../../../../credentials/oauth/authorization"
import { completeOauthAuthorizationWorkflow } from "../../../../../workflows/oauth/workflows/complete-oauth-authorization"
import { syncPlatformDataWorkflow } from "../../../../../workflows/platforms/workflows/sync-platform-data"
import { actorId } from "../../../../utils/actor"
import { refetchPlatform } from "../../../social-platforms/present"
import type { AdminOauthCallbackType } from "../../validators"

/**
 * The dashboard posts here what the service answered. A GET route would put
 * the code and the state into the access log.
 */
export const POST = async (
  req: AuthenticatedMedusaRequest<AdminOauthCallbackType>,
  res: MedusaResponse
) => {
  const { state, code, error, iss } = req.validatedBody
  const answer = await prepareAnswer(req.scope, {
    provider: req.params.platform,
    actorId: actorId(req),
    state,
    code,
    error,
    iss,
  })
  const {
    result: { platform_id },
  } = await completeOauthAuthorizationWorkflow(req.scope).run({ input: answer })

  // The connection stands whether or not its accounts can be read at this
  // moment: a failure is recorded on the platform, and Sync tries again.
  await syncPlatformDataWorkflow(req.scope).run({
    input: { platform_id },
    throwOnError: false,
  })

  res.json({
    social_platform: await refetchPlatform(
      req.scope,
      platform_id,
      req.queryConfig.fields
    ),
  })
}
