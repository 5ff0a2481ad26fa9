import {
  type MiddlewareRoute,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import { AdminGetSocialProvidersParams } from "./validators"

export const adminSocialProviderRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["GET"],
    matcher: "/admin/social-providers",
    middlewares: [
      validateAndTransformQuery(AdminGetSocialProvidersParams, {
        isList: true,
      }),
    ],
  },
]
