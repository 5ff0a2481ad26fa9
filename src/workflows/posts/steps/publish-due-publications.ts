import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { newLease } from "../../../publishing/lease"
import {
  publishPublication,
  recoverPublication,
} from "../../../publishing/publish"

export const publishDuePublicationsStepId = "publish-due-publications"

/**
 * Publishes what of a post is due, one claim at a time: first it asks about
 * publications whose outcome is unknown, then it publishes the pending ones.
 * Several workers may run it for the same post; each publication is claimed by
 * one. There is no compensation: what is out is out, and every outcome was
 * committed by itself.
 */
export const publishDuePublicationsStep = createStep(
  { name: publishDuePublicationsStepId, noCompensation: true },
  async ({ id }: { id: string }, { container }) => {
    const socials = socialsModule(container)
    await socials.releaseExpiredLeases(id)
    let attempted = 0

    for (;;) {
      const lease = newLease()
      const publication = await socials.claimUnknownPublication(id, lease)
      if (!publication) {
        break
      }
      const outcome = await recoverPublication(container, publication)
      await socials.settlePublication(publication.id, lease.token, outcome)
      attempted++
    }

    for (;;) {
      const lease = newLease()
      const publication = await socials.claimPublication(id, lease)
      if (!publication) {
        break
      }
      const outcome = await publishPublication(container, publication, lease)
      await socials.settlePublication(publication.id, lease.token, outcome)
      attempted++
    }
    return new StepResponse({ attempted })
  }
)
