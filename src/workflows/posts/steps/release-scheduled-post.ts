import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"

export const releaseScheduledPostStepId = "release-scheduled-post"

/**
 * Moves a post whose time has come into `publishing`. Unlike a person's
 * request it is never refused: nobody would see the refusal. What cannot go
 * out fails on its account, where the merchant looks.
 */
export const releaseScheduledPostStep = createStep(
  releaseScheduledPostStepId,
  async ({ id }: { id: string }, { container }) => {
    const released = await socialsModule(container).beginPublishing(id, [
      "scheduled",
    ])
    return new StepResponse({ id }, released ? id : null)
  },
  async (id, { container }) => {
    if (!id) {
      return
    }
    await socialsModule(container).cancelPublishing(id, "scheduled")
  }
)
