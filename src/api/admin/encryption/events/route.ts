import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { encryptionModule } from "../../../../credentials/modules"
import type { AdminGetEncryptionEventsParamsType } from "../validators"

/** Newest first: what was done with keys, and by whom. */
export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetEncryptionEventsParamsType>,
  res: MedusaResponse
) => {
  const { skip: offset, take: limit = 20 } = req.queryConfig.pagination
  const page = await encryptionModule(req.scope).listAudit({ limit, offset })
  res.json({ ...page, offset, limit })
}
