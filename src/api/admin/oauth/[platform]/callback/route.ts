import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { prepareAuthorizationResponse } from "../../../../../credentials/oauth/authorization"
import { toMedusaError } from "../../../../../credentials/state/failures"
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
  const { state, code, error, iss, platform_id, parameters } = req.validatedBody
  const response = await prepareAuthorizationResponse(req.scope, {
    provider: req.params.platform,
    actorId: actorId(req),
    state,
    code,
    error,
    iss,
    platformId: platform_id,
    parameters,
  }).catch((failure) => {
    throw toMedusaError(failure)
  })
  const {
    result: { platform_id: id },
  } = await completeOauthAuthorizationWorkflow(req.scope).run({
    input: response,
  })

  // The connection stands whether or not its accounts can be read at this
  // moment: a failure is recorded on the platform, and Sync tries again.
  await syncPlatformDataWorkflow(req.scope).run({
    input: { platform_id: id },
    throwOnError: false,
  })

  res.json({
    social_platform: await refetchPlatform(
      req.scope,
      id,
      req.queryConfig.fields
    ),
  })
}
