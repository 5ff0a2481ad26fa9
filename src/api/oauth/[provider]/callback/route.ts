import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { socialsModule } from "../../../../credentials/modules"
import { getProvider } from "../../../../credentials/providers"
import { authorizationAnswer, signedAuthorizationAnswer } from "../../answer"

/**
 * The redirect URI of every service. It hands the answer to the dashboard's
 * page in the fragment of the address, which browsers send to nobody: neither
 * an access log nor a Referer header sees the code. The page posts it to the
 * authenticated callback route; nothing is decided here.
 */
export const GET = async (req: MedusaRequest, res: MedusaResponse) => {
  const { description } = await getProvider(req.scope, req.params.provider)
  const { admin_url } = await socialsModule(req.scope).getOptions()
  if (!admin_url) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      'The dashboard\'s address is not configured. Set the plugin option "admin_url" or SOCIAL_PLATFORMS_ADMIN_URL.'
    )
  }

  const answer = description.oauth2?.signed_answer
    ? signedAuthorizationAnswer(req.query)
    : authorizationAnswer(req.query)
  res
    .set({ "cache-control": "no-store", "referrer-policy": "no-referrer" })
    .redirect(
      303,
      `${admin_url}/oauth/${description.identifier}/callback#${answer}`
    )
}
