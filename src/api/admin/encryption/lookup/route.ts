import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { findPlatformsByCredential } from "../../../../credentials/storage/credential-index"
import { SecretString } from "../../../../secrets/secret-string"
import type { AdminLookupCredentialType } from "../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminLookupCredentialType>,
  res: MedusaResponse
) => {
  const platforms = await findPlatformsByCredential(
    req.scope,
    new SecretString(req.validatedBody.credential)
  )
  res.json({ platforms })
}
