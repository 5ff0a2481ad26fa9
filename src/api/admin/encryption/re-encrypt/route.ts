import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { reEncryptCredentialsWorkflow } from "../../../../workflows/encryption/workflows/re-encrypt-credentials"
import { actorId } from "../../../utils/actor"
import type { AdminEncryptionBatchType } from "../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminEncryptionBatchType>,
  res: MedusaResponse
) => {
  const { result } = await reEncryptCredentialsWorkflow(req.scope).run({
    input: { ...req.validatedBody, actor_id: actorId(req) },
  })
  res.json({ report: result })
}
