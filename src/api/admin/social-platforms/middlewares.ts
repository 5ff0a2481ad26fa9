import {
  type MiddlewareRoute,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import { validateBody } from "../../utils/validate-body"
import * as QueryConfig from "./query-config"
import {
  AdminCreateSocialPlatform,
  AdminGetSocialPlatformParams,
  AdminGetSocialPlatformsParams,
  AdminMarkSocialPlatformInvalid,
  AdminUpdateSocialPlatform,
} from "./validators"

const retrieveQuery = () =>
  validateAndTransformQuery(
    AdminGetSocialPlatformParams,
    QueryConfig.retrieveSocialPlatformTransformQueryConfig
  )

export const adminSocialPlatformRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["GET"],
    matcher: "/admin/social-platforms",
    middlewares: [
      validateAndTransformQuery(
        AdminGetSocialPlatformsParams,
        QueryConfig.listSocialPlatformTransformQueryConfig
      ),
    ],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-platforms",
    middlewares: [validateBody(AdminCreateSocialPlatform), retrieveQuery()],
  },
  {
    method: ["GET"],
    matcher: "/admin/social-platforms/:id",
    middlewares: [retrieveQuery()],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-platforms/:id",
    middlewares: [validateBody(AdminUpdateSocialPlatform), retrieveQuery()],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-platforms/:id/disconnect",
    middlewares: [retrieveQuery()],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-platforms/:id/mark-invalid",
    middlewares: [
      validateBody(AdminMarkSocialPlatformInvalid),
      retrieveQuery(),
    ],
  },
  {
    method: ["POST"],
    matcher: "/admin/social-platforms/:id/verify",
    middlewares: [retrieveQuery()],
  },
]
