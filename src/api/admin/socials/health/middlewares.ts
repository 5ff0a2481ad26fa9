import {
  type MiddlewareRoute,
  validateAndTransformQuery,
} from "@medusajs/framework/http"
import { AdminGetSocialsHealthParams } from "./validators"

export const adminSocialsHealthRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["GET"],
    matcher: "/admin/socials/health",
    middlewares: [validateAndTransformQuery(AdminGetSocialsHealthParams, {})],
  },
]
