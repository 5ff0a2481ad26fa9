import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { socialsModule } from "../../../../../credentials/modules"
import { seriesOf } from "../../../../utils/metrics"

export const GET = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse
) => {
  const socials = socialsModule(req.scope)
  const { id } = await socials.retrieveSocialAccount(req.params.id, {
    select: ["id"],
  })
  const metrics = await socials.listSocialMetrics(
    { account_id: id, publication_id: null },
    { order: { measured_at: "ASC" }, take: null }
  )

  res.json({ account_id: id, series: seriesOf(metrics) })
}
