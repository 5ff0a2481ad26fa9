import type {
  MedusaNextFunction,
  MedusaRequest,
  MedusaResponse,
  MiddlewareRoute,
} from "@medusajs/framework/http"

/**
 * Takes the query out of the address that Medusa's access log prints once the
 * request is answered: it holds the authorization code and the state.
 */
const hideQueryFromLog = (
  req: MedusaRequest,
  _res: MedusaResponse,
  next: MedusaNextFunction
): void => {
  req.originalUrl = req.originalUrl.split("?")[0]
  next()
}

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
