import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { disconnectSocialPlatformWorkflow } from "../../../../../workflows/platforms/workflows/disconnect-social-platform"
import { actorId } from "../../../../utils/actor"
import { refetchPlatform } from "../../present"

export const POST = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  const { result } = await disconnectSocialPlatformWorkflow(req.scope).run({
    input: { id: req.params.id, actor_id: actorId(req) },
  })

  res.json({
    social_platform: await refetchPlatform(
      req.scope,
      req.params.id,
      req.queryConfig.fields
    ),
    revoked: result.revoked,
    revoked_tokens: result.revoked_tokens,
  })
}
