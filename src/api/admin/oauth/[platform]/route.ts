import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { prepareAuthorization } from "../../../../credentials/oauth/authorization"
import { toMedusaError } from "../../../../credentials/state/failures"
import { startOauthAuthorizationWorkflow } from "../../../../workflows/oauth/workflows/start-oauth-authorization"
import { actorId } from "../../../utils/actor"
import type { AdminGetOauthParamsType } from "../validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetOauthParamsType>,
  res: MedusaResponse
) => {
  const { location, session } = await prepareAuthorization(req.scope, {
    provider: req.params.platform,
    platformId: req.validatedQuery.platform_id,
    actorId: actorId(req),
  }).catch((error) => {
    throw toMedusaError(error)
  })
  await startOauthAuthorizationWorkflow(req.scope).run({ input: session })

  res.json({ location, expires_at: session.expires_at })
}
