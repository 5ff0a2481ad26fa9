import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"

/** Statuses of a post that has been tried and is not all out. */
const RETRYABLE_STATUSES = [
  "publishing",
  "failed",
  "partially_published",
  "needs_attention",
]

export const makePublicationsDueStepId = "make-publications-due"

/**
 * Makes what failed of a post due again, and what is unknown due to be asked
 * about. It is a plain request to try again, so there is nothing to undo.
 */
export const makePublicationsDueStep = createStep(
  { name: makePublicationsDueStepId, noCompensation: true },
  async ({ id }: { id: string }, { container }) => {
    const socials = socialsModule(container)
    const { status } = await socials.retrieveSocialPost(id)
    if (!RETRYABLE_STATUSES.includes(status)) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `A post with the status "${status}" has nothing to retry.`
      )
    }
    await socials.releaseExpiredLeases()
    const count = await socials.makePublicationsDue(id)
    if (!count) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        "No account has failed: what is pending is tried again by itself at the time shown."
      )
    }
    await socials.beginPublishing(id, RETRYABLE_STATUSES)
    return new StepResponse({ id })
  }
)
