import {
  type MiddlewareRoute,
  validateAndTransformBody,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import { retrieveSocialPlatformTransformQueryConfig } from "../../social-platforms/query-config"
import { AdminGetSocialPlatformParams } from "../../social-platforms/validators"
import { AdminSyncPlatformData } from "./validators"

export const adminSyncPlatformDataRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["POST"],
    matcher: "/admin/socials/sync-platform-data",
    middlewares: [
      validateAndTransformBody(AdminSyncPlatformData),
      validateAndTransformQuery(
        AdminGetSocialPlatformParams,
        retrieveSocialPlatformTransformQueryConfig
      ),
    ],
  },
]
