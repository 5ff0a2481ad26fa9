import {
  type MiddlewareRoute,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import { validateBody } from "../../../utils/validate-body"
import { retrieveSocialPlatformTransformQueryConfig } from "../../social-platforms/query-config"
import { AdminGetSocialPlatformParams } from "../../social-platforms/validators"
import { AdminSyncPlatformData } from "./validators"

export const adminSyncPlatformDataRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["POST"],
    matcher: "/admin/socials/sync-platform-data",
    middlewares: [
      validateBody(AdminSyncPlatformData),
      validateAndTransformQuery(
        AdminGetSocialPlatformParams,
        retrieveSocialPlatformTransformQueryConfig
      ),
    ],
  },
]
