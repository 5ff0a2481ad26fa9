import type {
  MedusaNextFunction,
  MedusaRequest,
  MedusaResponse,
  MiddlewareRoute,
} from "@medusajs/framework/http"

/** Takes the token out of the address that Medusa's access log prints: who has it has the file. */
const hideTokenFromLog = (
  req: MedusaRequest,
  _res: MedusaResponse,
  next: MedusaNextFunction
): void => {
  req.originalUrl = "/social-media/[token]"
  next()
}

export const socialMediaRoutesMiddlewares: MiddlewareRoute[] = [
  {
    matcher: "/social-media/:token/:name",
    middlewares: [hideTokenFromLog],
  },
]
