import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { encryptionStatus } from "../../../../credentials/key-operations/status"
import { raisePolicyFloorWorkflow } from "../../../../workflows/encryption/workflows/raise-policy-floor"
import type { AdminRaisePolicyFloorType } from "../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminRaisePolicyFloorType>,
  res: MedusaResponse
) => {
  await raisePolicyFloorWorkflow(req.scope).run({ input: req.validatedBody })
  res.json({ encryption: await encryptionStatus(req.scope) })
}
