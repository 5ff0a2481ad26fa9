import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"

export const validatePlatformDeletableStepId = "validate-platform-deletable"

/** Refuses to delete a platform that posts still wait for. */
export const validatePlatformDeletableStep = createStep(
  validatePlatformDeletableStepId,
  async ({ id }: { id: string }, { container }) => {
    const socials = socialsModule(container)
    const { name } = await socials.retrieveSocialPlatform(id)
    const count = await socials.countScheduledPosts(id)
    if (count > 0) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `"${name}" has ${count} scheduled ${count === 1 ? "post" : "posts"}. Delete or reschedule ${count === 1 ? "it" : "them"} without this platform's accounts first.`
      )
    }
    return new StepResponse({ id })
  }
)
