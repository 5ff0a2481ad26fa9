import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { updateSocialAccountWorkflow } from "../../../../workflows/accounts/workflows/update-social-account"
import { refetchAccount } from "../present"
import type { AdminUpdateSocialAccountType } from "../validators"

export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  res.json({
    social_account: await refetchAccount(
      req.scope,
      req.params.id,
      req.queryConfig.fields
    ),
  })
}

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminUpdateSocialAccountType>,
  res: MedusaResponse
) => {
  const { id } = req.params
  await updateSocialAccountWorkflow(req.scope).run({
    input: { ...req.validatedBody, id },
  })

  res.json({
    social_account: await refetchAccount(req.scope, id, req.queryConfig.fields),
  })
}
