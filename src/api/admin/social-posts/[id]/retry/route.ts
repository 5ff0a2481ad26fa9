import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { retryPostWorkflow } from "../../../../../workflows/posts/workflows/retry-post"
import { refetchPost } from "../../present"

export const POST = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  const { id } = req.params
  await retryPostWorkflow(req.scope).run({ input: { id } })

  res.status(202).json({
    social_post: await refetchPost(req.scope, id, req.queryConfig.fields),
  })
}
