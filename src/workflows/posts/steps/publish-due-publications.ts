import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { publishDuePublications } from "../../../publishing/publish-due"

export const publishDuePublicationsStepId = "publish-due-publications"

/**
 * Publishes what of a post is due; see {@link publishDuePublications}. There is
 * no compensation: what is out is out, and every outcome was committed by itself.
 */
export const publishDuePublicationsStep = createStep(
  { name: publishDuePublicationsStepId, noCompensation: true },
  async ({ id }: { id: string }, { container }) =>
    new StepResponse({ attempted: await publishDuePublications(container, id) })
)
