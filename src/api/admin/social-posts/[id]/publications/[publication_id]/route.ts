import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { dropPublicationWorkflow } from "../../../../../../workflows/posts/workflows/drop-publication"
import { updatePublicationWorkflow } from "../../../../../../workflows/posts/workflows/update-publication"
import { refetchPost } from "../../../present"
import type { AdminUpdatePublicationType } from "../../../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminUpdatePublicationType>,
  res: MedusaResponse
) => {
  const { id, publication_id } = req.params
  await updatePublicationWorkflow(req.scope).run({
    input: { ...req.validatedBody, id, publication_id },
  })

  res.json({
    social_post: await refetchPost(req.scope, id, req.queryConfig.fields),
  })
}

export const DELETE = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  const { id, publication_id } = req.params
  await dropPublicationWorkflow(req.scope).run({
    input: { id, publication_id },
  })

  res.json({
    id: publication_id,
    object: "social_publication",
    deleted: true,
    parent: await refetchPost(req.scope, id, req.queryConfig.fields),
  })
}
