import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { recordCredentialEvent } from "../../../credentials/state/events"
import { socialsModule } from "../../../credentials/modules"
import type { PreparedPlatform } from "../../../credentials/storage/platform-input"
import { getProvider } from "../../../credentials/providers"
import { nextCredentials } from "../../../credentials/storage/seal"

export interface CreateSocialPlatformStepInput {
  platform: PreparedPlatform
  actor_id?: string
}

export const createSocialPlatformStepId = "create-social-platform"

/** Creates a platform whose secrets were sealed for its id beforehand. */
export const createSocialPlatformStep = createStep(
  createSocialPlatformStepId,
  async (
    { platform, actor_id }: CreateSocialPlatformStepInput,
    { container }
  ) => {
    const { settings, sealed, ...data } = platform
    const provider = await getProvider(container, platform.provider)
    const { id } = await socialsModule(container).insertPlatform(
      data,
      await nextCredentials(
        container,
        provider.description,
        { id: platform.id, tenant_id: platform.tenant_id ?? null },
        { settings, sealed }
      )
    )
    await recordCredentialEvent(container, {
      platform_id: id,
      type: "created",
      actor_id,
      details: { credentials: Object.keys(sealed) },
    })
    return new StepResponse({ id }, id)
  },
  async (id, { container }) => {
    if (!id) {
      return
    }
    await socialsModule(container).deleteSocialPlatforms([id])
  }
)
