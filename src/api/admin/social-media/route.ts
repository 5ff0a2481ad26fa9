import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { createSocialMediaWorkflow } from "../../../workflows/media/workflows/create-social-media"
import { actorId } from "../../utils/actor"
import {
  type MediaRow,
  presentMedia,
  refetchMedia,
  withOwnFields,
} from "./present"
import type {
  AdminCreateSocialMediaType,
  AdminGetSocialMediaListParamsType,
} from "./validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetSocialMediaListParamsType>,
  res: MedusaResponse
) => {
  const query = req.scope.resolve(ContainerRegistrationKeys.QUERY)
  const { data, metadata } = await query.graph({
    entity: "social_media",
    fields: withOwnFields(req.queryConfig.fields),
    // Renditions are made for networks and are nobody's to choose.
    filters: { ...req.filterableFields, rendition_of: null },
    pagination: req.queryConfig.pagination,
  })

  res.json({
    social_media: await presentMedia(req.scope, data as unknown as MediaRow[]),
    count: metadata?.count,
    offset: metadata?.skip,
    limit: metadata?.take,
  })
}

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminCreateSocialMediaType>,
  res: MedusaResponse
) => {
  const { result } = await createSocialMediaWorkflow(req.scope).run({
    input: { ...req.validatedBody, created_by: actorId(req) },
  })

  res.json({
    social_media: await refetchMedia(
      req.scope,
      result.id,
      req.queryConfig.fields
    ),
  })
}
