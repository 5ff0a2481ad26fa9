import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { importFernetWorkflow } from "../../../../workflows/encryption/workflows/import-fernet"
import type { AdminImportFernetType } from "../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminImportFernetType>,
  res: MedusaResponse
) => {
  const { result } = await importFernetWorkflow(req.scope).run({
    input: { ...req.validatedBody, actor_id: req.auth_context.actor_id },
  })
  res.json({ report: result })
}
