import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { healthOf } from "../../../../credentials/health/view"
import type { AdminGetSocialsHealthParamsType } from "./validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetSocialsHealthParamsType>,
  res: MedusaResponse
) => {
  const { limit } = req.validatedQuery as AdminGetSocialsHealthParamsType
  res.json({ health: await healthOf(req.scope, { limit }) })
}
