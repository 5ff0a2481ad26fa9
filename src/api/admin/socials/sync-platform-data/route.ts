import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { syncPlatformDataWorkflow } from "../../../../workflows/platforms/workflows/sync-platform-data"
import { refetchPlatform } from "../../social-platforms/present"
import type { AdminSyncPlatformDataType } from "./validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminSyncPlatformDataType>,
  res: MedusaResponse
) => {
  const { platform_id } = req.validatedBody
  const { result } = await syncPlatformDataWorkflow(req.scope).run({
    input: { platform_id },
  })

  res.json({
    social_platform: await refetchPlatform(
      req.scope,
      platform_id,
      req.queryConfig.fields
    ),
    sync: result,
  })
}
