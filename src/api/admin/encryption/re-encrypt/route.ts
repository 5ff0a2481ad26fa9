import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { reEncryptCredentialsWorkflow } from "../../../../workflows/encryption/workflows/re-encrypt-credentials"
import type { AdminEncryptionBatchType } from "../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminEncryptionBatchType>,
  res: MedusaResponse
) => {
  const { result } = await reEncryptCredentialsWorkflow(req.scope).run({
    input: req.validatedBody,
  })
  res.json({ report: result })
}
