import {
  type MiddlewareRoute,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import { validateBody } from "../../utils/validate-body"
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
      validateBody(AdminOauthCallback),
      validateAndTransformQuery(
        AdminGetSocialPlatformParams,
        retrieveSocialPlatformTransformQueryConfig
      ),
    ],
  },
]
