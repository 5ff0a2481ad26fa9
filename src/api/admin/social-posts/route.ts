import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { createSocialPostWorkflow } from "../../../workflows/posts/workflows/create-social-post"
import { actorId } from "../../utils/actor"
import {
  type PostRow,
  presentPosts,
  refetchPost,
  withJoinFields,
} from "./present"
import type {
  AdminCreateSocialPostType,
  AdminGetSocialPostsParamsType,
} from "./validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetSocialPostsParamsType>,
  res: MedusaResponse
) => {
  const query = req.scope.resolve(ContainerRegistrationKeys.QUERY)
  const { account_id, ...filters } = req.filterableFields
  const { data, metadata } = await query.graph({
    entity: "social_post",
    fields: withJoinFields(req.queryConfig.fields),
    filters: {
      ...filters,
      ...(account_id && { publications: { account_id } }),
    },
    pagination: req.queryConfig.pagination,
  })

  res.json({
    social_posts: await presentPosts(req.scope, data as unknown as PostRow[]),
    count: metadata?.count,
    offset: metadata?.skip,
    limit: metadata?.take,
  })
}

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminCreateSocialPostType>,
  res: MedusaResponse
) => {
  const { result } = await createSocialPostWorkflow(req.scope).run({
    input: { ...req.validatedBody, created_by: actorId(req) },
  })

  res.json({
    social_post: await refetchPost(
      req.scope,
      result.id,
      req.queryConfig.fields
    ),
  })
}
