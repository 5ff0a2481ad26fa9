import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import type { ProbedMedia } from "../../../publishing/media/probe"
import type { FilePlace } from "../../../publishing/media/source"

export interface CreateSocialMediaStepInput extends FilePlace, ProbedMedia {
  owns_file?: boolean
  alt_text?: string | null
  created_by?: string
}

export const createSocialMediaStepId = "create-social-media"

/** Stores what is known of a file that was looked into. */
export const createSocialMediaStep = createStep(
  createSocialMediaStepId,
  async (input: CreateSocialMediaStepInput, { container }) => {
    const { id } = await socialsModule(container).createSocialMedias(input)
    return new StepResponse({ id }, id)
  },
  async (id, { container }) => {
    if (!id) {
      return
    }
    await socialsModule(container).deleteSocialMedias([id])
  }
)
