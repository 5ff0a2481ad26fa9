import type { MiddlewareRoute } from "@medusajs/framework/http"
import { hideQueryFromLog } from "../utils/hide-query"

const MATCHER = "/social-callbacks/:provider/:client_id/:name"

export const socialCallbackRoutesMiddlewares: MiddlewareRoute[] = [
  {
    method: ["POST"],
    matcher: MATCHER,
    // Signatures are over the bytes; a service gathers up to a thousand changes.
    bodyParser: { sizeLimit: "1mb", preserveRawBody: true },
  },
  {
    method: ["GET"],
    matcher: MATCHER,
    middlewares: [hideQueryFromLog],
  },
]
