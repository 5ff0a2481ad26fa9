import type { MiddlewareRoute } from "@medusajs/framework/http"
import { hideQueryFromLog } from "../utils/hide-query"

/** The query holds the authorization code and the state. */
export const oauthRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["GET"],
    matcher: "/oauth/:provider/callback",
    middlewares: [hideQueryFromLog],
  },
  {
    method: ["GET"],
    matcher: "/oauth/:provider/callback/:platform_id",
    middlewares: [hideQueryFromLog],
  },
]
