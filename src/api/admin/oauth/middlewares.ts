import {
  type MiddlewareRoute,
  validateAndTransformBody,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import { retrieveSocialPlatformTransformQueryConfig } from "../social-platforms/query-config"
import { AdminGetSocialPlatformParams } from "../social-platforms/validators"
import { AdminGetOauthParams, AdminOauthCallback } from "./validators"

export const adminOauthRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["GET"],
    matcher: "/admin/oauth/:platform",
    middlewares: [validateAndTransformQuery(AdminGetOauthParams, {})],
  },
  {
    method: ["POST"],
    matcher: "/admin/oauth/:platform/callback",
    middlewares: [
      validateAndTransformBody(AdminOauthCallback),
      validateAndTransformQuery(
        AdminGetSocialPlatformParams,
        retrieveSocialPlatformTransformQueryConfig
      ),
    ],
  },
]
