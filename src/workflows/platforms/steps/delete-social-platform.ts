import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { eraseCredentials } from "../../../credentials/oauth/disconnect"
import { recordCredentialEvent } from "../../../credentials/state/events"
import { socialsModule } from "../../../credentials/modules"

export const deleteSocialPlatformStepId = "delete-social-platform"

/**
 * Soft-deletes a platform and its accounts, so that posts keep their history.
 * No credential outlives it: what is erased first is not brought back by the
 * compensation.
 */
export const deleteSocialPlatformStep = createStep(
  deleteSocialPlatformStepId,
  async (
    { id, actor_id }: { id: string; actor_id?: string },
    { container }
  ) => {
    const socials = socialsModule(container)
    const accounts = await socials.listSocialAccounts(
      { platform_id: id },
      { select: ["id"] }
    )
    const account_ids = accounts.map((account) => account.id)

    await eraseCredentials(container, id)
    await socials.softDeleteSocialAccounts(account_ids)
    await socials.softDeleteSocialPlatforms([id])
    await recordCredentialEvent(container, {
      platform_id: id,
      type: "deleted",
      actor_id,
    })
    return new StepResponse({ id }, { id, account_ids })
  },
  async (compensation, { container }) => {
    if (!compensation) {
      return
    }
    const socials = socialsModule(container)
    await socials.restoreSocialPlatforms([compensation.id])
    await socials.restoreSocialAccounts(compensation.account_ids)
  }
)
