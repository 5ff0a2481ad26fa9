import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { encryptionModule } from "../../../../credentials/modules"
import { findPlatformsByCredential } from "../../../../credentials/storage/credential-index"
import { SecretString } from "../../../../secrets/secret-string"
import { actorId } from "../../../utils/actor"
import type { AdminLookupCredentialType } from "../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminLookupCredentialType>,
  res: MedusaResponse
) => {
  const platforms = await findPlatformsByCredential(
    req.scope,
    new SecretString(req.validatedBody.credential)
  )
  await encryptionModule(req.scope).recordAudit({
    type: "credential_looked_up",
    actor_id: actorId(req),
    details: { found: platforms.map(({ id }) => id) },
  })
  res.json({ platforms })
}
