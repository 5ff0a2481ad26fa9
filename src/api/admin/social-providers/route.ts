import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { listProviders } from "../../../credentials/providers"
import { presentProvider } from "./present"
import type { AdminGetSocialProvidersParamsType } from "./validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetSocialProvidersParamsType>,
  res: MedusaResponse
) => {
  const { q, category, offset, limit } = req.validatedQuery
  const wanted = q?.toLowerCase() ?? ""
  const providers = [...(await listProviders(req.scope)).values()].filter(
    ({ description }) =>
      (!category ||
        (description.categories ?? [description.category]).includes(
          category
        )) &&
      `${description.label} ${description.identifier} ${description.description}`
        .toLowerCase()
        .includes(wanted)
  )
  const page = providers.slice(offset, offset + limit)

  res.json({
    social_providers: await Promise.all(
      page.map((provider) => presentProvider(req.scope, provider))
    ),
    count: providers.length,
    offset,
    limit,
  })
}
