import {
  type MiddlewareRoute,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import * as QueryConfig from "./query-config"
import { AdminGetSocialPlatformEventsParams } from "./validators"

export const adminSocialPlatformEventsRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["GET"],
    matcher: "/admin/social-platforms/:id/events",
    middlewares: [
      validateAndTransformQuery(
        AdminGetSocialPlatformEventsParams,
        QueryConfig.listSocialPlatformEventsTransformQueryConfig
      ),
    ],
  },
]
