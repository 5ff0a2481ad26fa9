import {
  type MiddlewareRoute,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import * as QueryConfig from "./query-config"
import { AdminGetSocialAccountsParams } from "./validators"

export const adminSocialAccountRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["GET"],
    matcher: "/admin/social-accounts",
    middlewares: [
      validateAndTransformQuery(
        AdminGetSocialAccountsParams,
        QueryConfig.listSocialAccountTransformQueryConfig
      ),
    ],
  },
]
