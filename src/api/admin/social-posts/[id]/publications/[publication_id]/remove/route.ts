import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { removePublicationWorkflow } from "../../../../../../../workflows/posts/workflows/remove-publication"
import { refetchPost } from "../../../../present"

export const POST = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  const { id, publication_id } = req.params
  await removePublicationWorkflow(req.scope).run({
    input: { id, publication_id },
  })

  res.json({
    social_post: await refetchPost(req.scope, id, req.queryConfig.fields),
  })
}
