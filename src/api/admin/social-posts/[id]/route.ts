import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { deleteSocialPostWorkflow } from "../../../../workflows/posts/workflows/delete-social-post"
import { updateSocialPostWorkflow } from "../../../../workflows/posts/workflows/update-social-post"
import { refetchPost } from "../present"
import type { AdminUpdateSocialPostType } from "../validators"

export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  res.json({
    social_post: await refetchPost(
      req.scope,
      req.params.id,
      req.queryConfig.fields
    ),
  })
}

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminUpdateSocialPostType>,
  res: MedusaResponse
) => {
  const { id } = req.params
  await updateSocialPostWorkflow(req.scope).run({
    input: { ...req.validatedBody, id },
  })

  res.json({
    social_post: await refetchPost(req.scope, id, req.queryConfig.fields),
  })
}

export const DELETE = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  const { id } = req.params
  await deleteSocialPostWorkflow(req.scope).run({ input: { id } })

  res.json({ id, object: "social_post", deleted: true })
}
