import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { decide, type Decision } from "../../../publishing/decide"

export type ResolvePublicationStepInput = Decision

export const resolvePublicationStepId = "resolve-publication"

/**
 * Records what a person has found out about a part whose outcome is unknown; see
 * {@link decide}. It is the workflow's last word: there is nothing to undo it for.
 */
export const resolvePublicationStep = createStep(
  { name: resolvePublicationStepId, noCompensation: true },
  async (decision: ResolvePublicationStepInput, { container }) => {
    const state = await decide(container, decision)
    const { id, publication_id } = decision
    return new StepResponse({ id, publication_id, state })
  }
)
