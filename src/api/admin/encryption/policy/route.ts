import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { encryptionStatus } from "../../../../credentials/key-operations/status"
import { raisePolicyFloorWorkflow } from "../../../../workflows/encryption/workflows/raise-policy-floor"
import { actorId } from "../../../utils/actor"
import type { AdminRaisePolicyFloorType } from "../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminRaisePolicyFloorType>,
  res: MedusaResponse
) => {
  await raisePolicyFloorWorkflow(req.scope).run({
    input: { ...req.validatedBody, actor_id: actorId(req) },
  })
  res.json({ encryption: await encryptionStatus(req.scope) })
}
