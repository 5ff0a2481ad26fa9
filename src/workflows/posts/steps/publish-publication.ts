import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import type {
  ClaimedPublication,
  Lease,
} from "../../../modules/socials/sql/publications"
import { readChange } from "../../../publishing/content-change"
import { leaseLost } from "../../../publishing/lease"
import { firstMetricsAt } from "../../../publishing/metrics"
import { workOn } from "../../../publishing/publish"

export interface PublishPublicationStepInput {
  /** Claimed by this process. */
  publication: ClaimedPublication
  lease: Lease
  /** What the handler of `beforePublishing` has returned. */
  change?: unknown
}

export const publishPublicationStepId = "publish-publication"

const asDate = (time: Date | string | null): Date | null =>
  time === null ? null : new Date(time)

/**
 * Works on a claimed publication and settles it; see {@link workOn}. There is
 * no compensation: what is out is out, and every outcome is committed by itself.
 */
export const publishPublicationStep = createStep(
  { name: publishPublicationStepId, noCompensation: true },
  async (
    { publication, lease, change }: PublishPublicationStepInput,
    { container }
  ) => {
    const socials = socialsModule(container)
    const outcome = await workOn(
      container,
      {
        ...publication,
        publish_at: asDate(publication.publish_at),
        due_since: new Date(publication.due_since),
        armed_at: asDate(publication.armed_at),
      },
      lease,
      readChange(change)
    )
    const settled = await socials.settlePublication(publication, {
      ...outcome,
      metrics_due_at: firstMetricsAt(),
    })
    if (!settled) {
      throw leaseLost()
    }
    return new StepResponse({ publication_id: publication.id, ...settled })
  }
)
