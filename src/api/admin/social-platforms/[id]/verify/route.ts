import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { verifySocialPlatformWorkflow } from "../../../../../workflows/platforms/workflows/verify-social-platform"
import { refetchPlatform } from "../../present"

export const POST = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  const { result } = await verifySocialPlatformWorkflow(req.scope).run({
    input: { id: req.params.id },
  })

  res.json({
    social_platform: await refetchPlatform(
      req.scope,
      req.params.id,
      req.queryConfig.fields
    ),
    verification: result,
  })
}
