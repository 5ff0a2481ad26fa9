import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { testSocialPlatformWorkflow } from "../../../../../workflows/platforms/workflows/test-social-platform"
import { refetchPlatform } from "../../present"

export const POST = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  const { result } = await testSocialPlatformWorkflow(req.scope).run({
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
