import {
  type MiddlewareRoute,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import { validateBody } from "../../utils/validate-body"
import * as QueryConfig from "./query-config"
import {
  AdminCheckSocialPost,
  AdminCreateComment,
  AdminCreateSocialPost,
  AdminGetSocialPostParams,
  AdminGetSocialPostsParams,
  AdminResolvePublication,
  AdminUpdatePublication,
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
    matcher: "/admin/social-posts/check",
    middlewares: [validateBody(AdminCheckSocialPost)],
  },
  {
    method: ["POST"],
    // Not the one above it, which is no post.
    matcher: /^\/admin\/social-posts\/(?!check$)[^/]+$/,
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
    matcher: "/admin/social-posts/:id/publications/:publication_id",
    middlewares: [validateBody(AdminUpdatePublication), retrieveQuery()],
  },
  {
    method: ["DELETE"],
    matcher: "/admin/social-posts/:id/publications/:publication_id",
    middlewares: [retrieveQuery()],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-posts/:id/publications/:publication_id/comments",
    middlewares: [validateBody(AdminCreateComment), retrieveQuery()],
  },
  {
    method: ["DELETE"],
    matcher: "/admin/social-posts/:id/publications/:publication_id/comments",
    middlewares: [retrieveQuery()],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-posts/:id/publications/:publication_id/resolve",
    middlewares: [validateBody(AdminResolvePublication), retrieveQuery()],
  },
]
