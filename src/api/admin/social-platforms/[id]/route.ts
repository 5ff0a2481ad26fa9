import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { preparePlatformChange } from "../../../../credentials/storage/platform-input"
import { deleteSocialPlatformWorkflow } from "../../../../workflows/platforms/workflows/delete-social-platform"
import { updateSocialPlatformWorkflow } from "../../../../workflows/platforms/workflows/update-social-platform"
import { actorId } from "../../../utils/actor"
import { syncFirst } from "../../../utils/sync-first"
import { refetchPlatform } from "../present"
import type { AdminUpdateSocialPlatformType } from "../validators"

export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  res.json({
    social_platform: await refetchPlatform(
      req.scope,
      req.params.id,
      req.queryConfig.fields
    ),
  })
}

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminUpdateSocialPlatformType>,
  res: MedusaResponse
) => {
  const change = await preparePlatformChange(
    req.scope,
    req.params.id,
    req.validatedBody
  )
  await updateSocialPlatformWorkflow(req.scope).run({
    input: { change, actor_id: actorId(req) },
  })
  await syncFirst(req.scope, req.params.id)

  res.json({
    social_platform: await refetchPlatform(
      req.scope,
      req.params.id,
      req.queryConfig.fields
    ),
  })
}

export const DELETE = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  const { id } = req.params
  await deleteSocialPlatformWorkflow(req.scope).run({
    input: { id, actor_id: actorId(req) },
  })

  res.json({ id, object: "social_platform", deleted: true })
}
