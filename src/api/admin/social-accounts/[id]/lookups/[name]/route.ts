import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { readAccount } from "../../../../../../publishing/account"
import { lookUp } from "../../../../../../publishing/lookups"
import type { AdminGetAccountLookupParamsType } from "../../../validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetAccountLookupParamsType>,
  res: MedusaResponse
) => {
  const { q, settings = {} } =
    req.validatedQuery as AdminGetAccountLookupParamsType
  const known = await readAccount(req.scope, req.params.id)

  res.json({
    options: await lookUp(req.scope, known, req.params.name, q, settings),
  })
}
