import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"

export const settlePostStatusStepId = "settle-post-status"

/** Brings a post's status in line with its publications, which are the truth. */
export const settlePostStatusStep = createStep(
  { name: settlePostStatusStepId, noCompensation: true },
  async ({ id }: { id: string }, { container }) => {
    const status = await socialsModule(container).settlePostStatus(id)
    return new StepResponse({ id, status })
  }
)
