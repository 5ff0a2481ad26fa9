import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { sealPlaintextCredentialsWorkflow } from "../../../../workflows/encryption/workflows/seal-plaintext-credentials"
import type { AdminEncryptionBatchType } from "../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminEncryptionBatchType>,
  res: MedusaResponse
) => {
  const { result } = await sealPlaintextCredentialsWorkflow(req.scope).run({
    input: req.validatedBody,
  })
  res.json({ report: result })
}
