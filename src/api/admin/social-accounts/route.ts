import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { presentAccounts, withPlatformId } from "./present"
import type { AdminGetSocialAccountsParamsType } from "./validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetSocialAccountsParamsType>,
  res: MedusaResponse
) => {
  const query = req.scope.resolve(ContainerRegistrationKeys.QUERY)
  const { data: accounts, metadata } = await query.graph({
    entity: "social_account",
    fields: withPlatformId(req.queryConfig.fields),
    filters: req.filterableFields,
    pagination: req.queryConfig.pagination,
  })

  res.json({
    social_accounts: await presentAccounts(req.scope, accounts),
    count: metadata?.count,
    offset: metadata?.skip,
    limit: metadata?.take,
  })
}
