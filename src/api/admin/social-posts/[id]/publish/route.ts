import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { publishPostWorkflow } from "../../../../../workflows/posts/workflows/publish-post"
import { refetchPost } from "../../present"

export const POST = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  const { id } = req.params
  await publishPostWorkflow(req.scope).run({ input: { id } })

  res.status(202).json({
    social_post: await refetchPost(req.scope, id, req.queryConfig.fields),
  })
}
