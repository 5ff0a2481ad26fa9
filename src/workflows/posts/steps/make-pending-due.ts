import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"

export const makePendingDueStepId = "make-pending-due"

/** Makes what of a post has not gone out due now. A request like any other: nothing to undo. */
export const makePendingDueStep = createStep(
  { name: makePendingDueStepId, noCompensation: true },
  async ({ id }: { id: string }, { container }) => {
    const socials = socialsModule(container)
    await socials.makePendingDue(id)
    const { status } = await socials.retrieveSocialPost(id, {
      select: ["id", "status"],
    })
    return new StepResponse({ id, status })
  }
)
