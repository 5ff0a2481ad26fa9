import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { socialsModule } from "../../../credentials/modules"
import type { AdminGetSocialAccountsParamsType } from "./validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetSocialAccountsParamsType>,
  res: MedusaResponse
) => {
  const query = req.scope.resolve(ContainerRegistrationKeys.QUERY)
  const { data: accounts, metadata } = await query.graph({
    entity: "social_account",
    fields: [...new Set(["id", "platform_id", ...req.queryConfig.fields])],
    filters: req.filterableFields,
    pagination: req.queryConfig.pagination,
  })
  // Joined here: the models have no relation that Query could follow to a platform.
  const platforms = await socialsModule(req.scope).listSocialPlatforms(
    { id: accounts.map(({ platform_id }) => platform_id) },
    { select: ["id", "name", "provider", "status"] }
  )
  const platformById = new Map(
    platforms.map(({ id, name, provider, status }) => [
      id,
      { id, name, provider, status },
    ])
  )

  res.json({
    social_accounts: accounts.map((account) => ({
      ...account,
      platform: platformById.get(account.platform_id) ?? null,
    })),
    count: metadata?.count,
    offset: metadata?.skip,
    limit: metadata?.take,
  })
}
