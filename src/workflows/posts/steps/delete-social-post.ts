import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"

export const deleteSocialPostStepId = "delete-social-post"

/** Soft-deletes a post that is not being published at this moment. */
export const deleteSocialPostStep = createStep(
  deleteSocialPostStepId,
  async ({ id }: { id: string }, { container }) => {
    const socials = socialsModule(container)
    const { publications } = await socials.retrieveSocialPost(id, {
      relations: ["publications"],
    })
    if (publications.some(({ state }) => state === "publishing")) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        "The post is being published at this moment. Wait for the outcome, then delete it."
      )
    }
    await socials.softDeleteSocialPosts([id])
    return new StepResponse({ id }, id)
  },
  async (id, { container }) => {
    if (!id) {
      return
    }
    await socialsModule(container).restoreSocialPosts([id])
  }
)
