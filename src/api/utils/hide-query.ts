import type {
  MedusaNextFunction,
  MedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"

/**
 * Takes the query out of the address that Medusa's access log prints once the
 * request is answered, where it holds what nobody is to read there.
 */
export const hideQueryFromLog = (
  req: MedusaRequest,
  _res: MedusaResponse,
  next: MedusaNextFunction
): void => {
  req.originalUrl = req.originalUrl.split("?")[0]
  next()
}
