import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { preparePlatform } from "../../../credentials/storage/platform-input"
import { createSocialPlatformWorkflow } from "../../../workflows/platforms/workflows/create-social-platform"
import { actorId } from "../../utils/actor"
import { syncFirst } from "../../utils/sync-first"
import { type PlatformRow, presentPlatforms, refetchPlatform } from "./present"
import type {
  AdminCreateSocialPlatformType,
  AdminGetSocialPlatformsParamsType,
} from "./validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetSocialPlatformsParamsType>,
  res: MedusaResponse
) => {
  const query = req.scope.resolve(ContainerRegistrationKeys.QUERY)
  const { data, metadata } = await query.graph({
    entity: "social_platform",
    fields: [...new Set(["id", ...req.queryConfig.fields])],
    filters: req.filterableFields,
    pagination: req.queryConfig.pagination,
  })

  res.json({
    social_platforms: await presentPlatforms(
      req.scope,
      data as unknown as PlatformRow[]
    ),
    count: metadata?.count,
    offset: metadata?.skip,
    limit: metadata?.take,
  })
}

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminCreateSocialPlatformType>,
  res: MedusaResponse
) => {
  const platform = await preparePlatform(req.scope, req.validatedBody)
  const { result } = await createSocialPlatformWorkflow(req.scope).run({
    input: { platform, actor_id: actorId(req) },
  })
  await syncFirst(req.scope, result.id)

  res.json({
    social_platform: await refetchPlatform(
      req.scope,
      result.id,
      req.queryConfig.fields
    ),
  })
}
