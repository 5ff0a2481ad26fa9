import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { sendMedia } from "../../../../social-media/serve"

/** The file itself, for admins: who looks at it in the dashboard is no network that fetches it. */
export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  await sendMedia(req, res, req.params.id)
}
