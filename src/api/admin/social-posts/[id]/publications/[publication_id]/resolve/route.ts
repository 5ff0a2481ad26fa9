import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { resolvePublicationWorkflow } from "../../../../../../../workflows/posts/workflows/resolve-publication"
import { refetchPost } from "../../../../present"
import type { AdminResolvePublicationType } from "../../../../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminResolvePublicationType>,
  res: MedusaResponse
) => {
  const { id, publication_id } = req.params
  await resolvePublicationWorkflow(req.scope).run({
    input: { ...req.validatedBody, id, publication_id },
  })

  res.json({
    social_post: await refetchPost(req.scope, id, req.queryConfig.fields),
  })
}
