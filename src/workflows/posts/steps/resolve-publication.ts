import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"

export interface ResolvePublicationStepInput {
  id: string
  publication_id: string
  outcome: "published" | "not_published"
  external_url?: string | null
}

export const resolvePublicationStepId = "resolve-publication"

/**
 * Records what a person has found out about a publication whose outcome is
 * unknown. It is the workflow's last word: there is nothing to undo it for.
 */
export const resolvePublicationStep = createStep(
  { name: resolvePublicationStepId, noCompensation: true },
  async (
    { id, publication_id, outcome, external_url }: ResolvePublicationStepInput,
    { container }
  ) => {
    const resolved = await socialsModule(container).resolveUnknownPublication(
      publication_id,
      id,
      {
        state: outcome === "published" ? "published" : "failed",
        external_url: external_url ?? null,
      }
    )
    if (!resolved) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `Publication ${publication_id} of post ${id} does not exist or its outcome is known.`
      )
    }
    return new StepResponse({ id })
  }
)
