import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { clientMetadata } from "../../../../credentials/oauth/client-metadata"
import { getProvider } from "../../../../credentials/providers"

/** Who the application is, for services that read it at its client ID. */
export const GET = async (req: MedusaRequest, res: MedusaResponse) => {
  const provider = await getProvider(req.scope, req.params.provider)
  res.json(await clientMetadata(req.scope, provider))
}
