import {
  type MiddlewareRoute,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import { validateBody } from "../../utils/validate-body"
import * as QueryConfig from "./query-config"
import {
  AdminCreateSocialPost,
  AdminGetSocialPostParams,
  AdminGetSocialPostsParams,
  AdminResolvePublication,
  AdminUpdateSocialPost,
} from "./validators"

const retrieveQuery = () =>
  validateAndTransformQuery(
    AdminGetSocialPostParams,
    QueryConfig.retrieveSocialPostTransformQueryConfig
  )

export const adminSocialPostRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["GET"],
    matcher: "/admin/social-posts",
    middlewares: [
      validateAndTransformQuery(
        AdminGetSocialPostsParams,
        QueryConfig.listSocialPostTransformQueryConfig
      ),
    ],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-posts",
    middlewares: [validateBody(AdminCreateSocialPost), retrieveQuery()],
  },
  {
    method: ["GET"],
    matcher: "/admin/social-posts/:id",
    middlewares: [retrieveQuery()],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-posts/:id",
    middlewares: [validateBody(AdminUpdateSocialPost), retrieveQuery()],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-posts/:id/publish",
    middlewares: [retrieveQuery()],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-posts/:id/retry",
    middlewares: [retrieveQuery()],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-posts/:id/publications/:publication_id/remove",
    middlewares: [retrieveQuery()],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-posts/:id/publications/:publication_id/resolve",
    middlewares: [validateBody(AdminResolvePublication), retrieveQuery()],
  },
]
