import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { verifyCredentialsWorkflow } from "../../../../workflows/encryption/workflows/verify-credentials"
import type { AdminVerifyEncryptionType } from "../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminVerifyEncryptionType>,
  res: MedusaResponse
) => {
  const { result } = await verifyCredentialsWorkflow(req.scope).run({
    input: req.validatedBody,
  })
  res.json({ report: result })
}
