import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import {
  commentOnPublicationWorkflow,
  dropCommentsWorkflow,
} from "../../../../../../../workflows/posts/workflows/comment-on-publication"
import { refetchPost } from "../../../../present"
import type { AdminCreateCommentType } from "../../../../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminCreateCommentType>,
  res: MedusaResponse
) => {
  const { id, publication_id } = req.params
  await commentOnPublicationWorkflow(req.scope).run({
    input: { ...req.validatedBody, id, publication_id },
  })

  res.status(202).json({
    social_post: await refetchPost(req.scope, id, req.queryConfig.fields),
  })
}

/** Takes back what is not out. */
export const DELETE = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  const { id, publication_id } = req.params
  await dropCommentsWorkflow(req.scope).run({ input: { id, publication_id } })

  res.json({
    social_post: await refetchPost(req.scope, id, req.queryConfig.fields),
  })
}
