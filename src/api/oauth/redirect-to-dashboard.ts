import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { socialsModule } from "../../credentials/modules"
import { redirectParameters } from "../../credentials/oauth/connection-facts"
import { getProvider } from "../../credentials/providers"
import {
  authorizationResponse,
  pick,
  signedAuthorizationResponse,
} from "./response"

/** What the id of a platform is made of. */
const PLATFORM_ID = /^\w{1,64}$/

/**
 * Hands a service's response to the dashboard's page in the fragment of the
 * address, which browsers send to nobody: neither an access log nor a Referer
 * header sees the code. The page posts it to the authenticated callback route;
 * nothing is decided here.
 */
export const redirectToDashboard = async (
  req: MedusaRequest,
  res: MedusaResponse
) => {
  const { description } = await getProvider(req.scope, req.params.provider)
  const { admin_url } = await socialsModule(req.scope).getOptions()
  if (!admin_url) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      'The dashboard\'s address is not configured. Set the plugin option "admin_url" or SOCIAL_PLATFORMS_ADMIN_URL.'
    )
  }
  const { platform_id } = req.params
  if (platform_id !== undefined && !PLATFORM_ID.test(platform_id)) {
    throw new MedusaError(
      MedusaError.Types.NOT_FOUND,
      "No platform has this redirect URI."
    )
  }

  const response = description.oauth2?.signed_response
    ? signedAuthorizationResponse(req.query)
    : authorizationResponse(req.query)
  const told = pick(req.query, redirectParameters(description))
  if (told.size) {
    response.set("parameters", told.toString())
  }
  if (platform_id !== undefined) {
    response.set("platform_id", platform_id)
  }
  res
    .set({ "cache-control": "no-store", "referrer-policy": "no-referrer" })
    .redirect(
      303,
      `${admin_url}/oauth/${description.identifier}/callback#${response}`
    )
}
