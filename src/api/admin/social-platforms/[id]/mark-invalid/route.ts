import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { socialsModule } from "../../../../../credentials/modules"
import { prepareReason } from "../../../../../credentials/vault/mark-invalid"
import { markSocialPlatformInvalidWorkflow } from "../../../../../workflows/platforms/workflows/mark-social-platform-invalid"
import { actorId } from "../../../../utils/actor"
import { refetchPlatform } from "../../present"
import type { AdminMarkSocialPlatformInvalidType } from "../../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminMarkSocialPlatformInvalidType>,
  res: MedusaResponse
) => {
  const { id } = req.params
  const row = await socialsModule(req.scope).retrieveSocialPlatform(id)
  const reason = await prepareReason(req.scope, row, req.validatedBody.reason)
  await markSocialPlatformInvalidWorkflow(req.scope).run({
    input: { id, reason, actor_id: actorId(req) },
  })

  res.json({
    social_platform: await refetchPlatform(
      req.scope,
      id,
      req.queryConfig.fields
    ),
  })
}
