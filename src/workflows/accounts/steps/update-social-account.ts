import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { readAccount } from "../../../publishing/account"
import {
  requireDefaultSettings,
  type Settings,
} from "../../../publishing/settings"

export interface UpdateSocialAccountStepInput {
  id: string
  /** Settings of new publications; null for none. */
  default_settings: Settings | null
}

export const updateSocialAccountStepId = "update-social-account"

/** Stores what new publications to an account are set to. */
export const updateSocialAccountStep = createStep(
  updateSocialAccountStepId,
  async (
    { id, default_settings }: UpdateSocialAccountStepInput,
    { container }
  ) => {
    const { account, provider } = await readAccount(container, id)
    requireDefaultSettings(provider, default_settings ?? {}, account.name)
    await socialsModule(container).writeDefaultSettings(id, default_settings)
    return new StepResponse(
      { id },
      { id, default_settings: account.default_settings }
    )
  },
  async (before, { container }) => {
    if (before) {
      await socialsModule(container).writeDefaultSettings(
        before.id,
        before.default_settings
      )
    }
  }
)
