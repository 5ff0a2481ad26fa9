import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { encryptionStatus } from "../../../../../../credentials/key-operations/status"
import { promoteEncryptionKeyWorkflow } from "../../../../../../workflows/encryption/workflows/promote-encryption-key"
import { actorId } from "../../../../../utils/actor"
import { readKeyVersion } from "../../../key-version"

export const POST = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  await promoteEncryptionKeyWorkflow(req.scope).run({
    input: {
      version: readKeyVersion(req.params.version),
      actor_id: actorId(req),
    },
  })
  res.json({ encryption: await encryptionStatus(req.scope) })
}
