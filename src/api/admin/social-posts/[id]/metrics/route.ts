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
  const post = await socials.retrieveSocialPost(req.params.id, {
    relations: ["publications"],
  })
  const metrics = await socials.listSocialMetrics(
    { publication_id: post.publications.map(({ id }) => id) },
    { order: { measured_at: "ASC" }, take: null }
  )

  res.json({
    metrics: post.publications.map(({ id, account_id, ...publication }) => ({
      publication_id: id,
      account_id,
      next_at: publication.removed_at ? null : publication.metrics_due_at,
      series: seriesOf(
        metrics.filter(({ publication_id }) => publication_id === id)
      ),
    })),
  })
}
