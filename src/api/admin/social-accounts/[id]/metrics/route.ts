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
  const { id, metrics_due_at } = await socials.retrieveSocialAccount(
    req.params.id,
    { select: ["id", "metrics_due_at"] }
  )
  const metrics = await socials.listSocialMetrics(
    { account_id: id, publication_id: null },
    { order: { measured_at: "ASC" }, take: null }
  )

  res.json({
    account_id: id,
    next_at: metrics_due_at,
    series: seriesOf(metrics),
  })
}
