import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { deleteSocialMediaWorkflow } from "../../../../workflows/media/workflows/delete-social-media"
import { updateSocialMediaWorkflow } from "../../../../workflows/media/workflows/update-social-media"
import { refetchMedia } from "../present"
import type { AdminUpdateSocialMediaType } from "../validators"

export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  res.json({
    social_media: await refetchMedia(
      req.scope,
      req.params.id,
      req.queryConfig.fields
    ),
  })
}

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminUpdateSocialMediaType>,
  res: MedusaResponse
) => {
  const { id } = req.params
  await updateSocialMediaWorkflow(req.scope).run({
    input: { ...req.validatedBody, id },
  })

  res.json({
    social_media: await refetchMedia(req.scope, id, req.queryConfig.fields),
  })
}

export const DELETE = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  const { id } = req.params
  await deleteSocialMediaWorkflow(req.scope).run({ input: { id } })

  res.json({ id, object: "social_media", deleted: true })
}
