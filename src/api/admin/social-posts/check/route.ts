import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { checkedWithWarnings } from "../../../../publishing/warnings"
import type { AdminCheckSocialPostType } from "../validators"

/** Says what would be refused of a post, and what is worth knowing; stores nothing. */
export const POST = async (
  req: AuthenticatedMedusaRequest<AdminCheckSocialPostType>,
  res: MedusaResponse
) => {
  res.json({
    publications: await checkedWithWarnings(req.scope, req.validatedBody),
  })
}
