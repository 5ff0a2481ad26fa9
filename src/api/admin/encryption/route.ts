import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { encryptionStatus } from "../../../credentials/key-operations/status"

export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  res.json({ encryption: await encryptionStatus(req.scope) })
}
