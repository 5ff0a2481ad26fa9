import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import type { PreparedPlatformChange } from "../../../credentials/storage/platform-input"

export type UpdateSocialPlatformDetailsStepInput = Pick<
  PreparedPlatformChange,
  "id" | "data"
>

export const updateSocialPlatformDetailsStepId =
  "update-social-platform-details"

/** Updates everything of a platform but its settings and credentials. */
export const updateSocialPlatformDetailsStep = createStep(
  updateSocialPlatformDetailsStepId,
  async ({ id, data }: UpdateSocialPlatformDetailsStepInput, { container }) => {
    const socials = socialsModule(container)
    const before = await socials.retrieveSocialPlatform(id)
    const previous = Object.fromEntries(
      Object.keys(data).map((column) => [
        column,
        before[column as keyof typeof before],
      ])
    )

    await socials.updateSocialPlatforms({ id, ...data })
    return new StepResponse({ id }, { id, previous })
  },
  async (compensation, { container }) => {
    if (!compensation) {
      return
    }
    await socialsModule(container).updateSocialPlatforms({
      id: compensation.id,
      ...compensation.previous,
    })
  }
)
