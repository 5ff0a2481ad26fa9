import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { socialsModule } from "../../../../credentials/modules"
import { healthOf } from "../../../../credentials/health/view"
import type { AdminGetSocialsHealthParamsType } from "./validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetSocialsHealthParamsType>,
  res: MedusaResponse
) => {
  const { limit } = req.validatedQuery as AdminGetSocialsHealthParamsType
  const [health, publishing] = await Promise.all([
    healthOf(req.scope, { limit }),
    socialsModule(req.scope).readBacklog(),
  ])
  res.json({ health: { ...health, publishing } })
}
