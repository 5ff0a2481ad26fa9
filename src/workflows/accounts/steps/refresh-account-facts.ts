import type { Logger } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { getProvider } from "../../../credentials/providers"
import { requireUsablePlatform } from "../../../credentials/state/usable"
import { runForAccount } from "../../../credentials/use/account"
import { isServiceError } from "../../../errors/service-error"
import type { SocialAccountRow } from "../../../modules/socials/rows"
import { destinationOf } from "../../../publishing/post-content"

export interface RefreshAccountFactsStepInput {
  platform_id: string
  /** All accounts of the platform where it is absent. */
  account_ids?: string[]
  /** Leaves those alone that are known since then. */
  unless_after?: Date | string
}

export const refreshAccountFactsStepId = "refresh-account-facts"

/**
 * Asks a service for what decides what its accounts take. What it does not say
 * now stays as it was known: facts that are a day older keep nobody from writing.
 */
export const refreshAccountFactsStep = createStep(
  refreshAccountFactsStepId,
  async (
    { platform_id, account_ids, unless_after }: RefreshAccountFactsStepInput,
    { container }
  ) => {
    const socials = socialsModule(container)
    const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
    const platform = await socials.retrieveSocialPlatform(platform_id)
    const provider = await getProvider(container, platform.provider)
    if (!provider.fetchFacts) {
      return new StepResponse({ refreshed: 0 }, [])
    }
    const known = unless_after ? new Date(unless_after) : null
    const accounts = await socials.listSocialAccounts({
      platform_id,
      is_available: true,
      ...(account_ids && { id: account_ids }),
    })
    await requireUsablePlatform(container, platform, provider)
    const before: Pick<SocialAccountRow, "id" | "facts" | "facts_at">[] = []
    for (const account of accounts) {
      if (known && account.facts_at && account.facts_at > known) {
        continue
      }
      try {
        const facts = await runForAccount(
          container,
          { account, platform, provider },
          (context) => provider.fetchFacts!(context, destinationOf(account))
        )
        await socials.writeAccountFacts(account.id, {
          facts,
          facts_at: new Date(),
        })
        before.push(account)
      } catch (error) {
        if (!isServiceError(error)) {
          throw error
        }
        logger.warn(
          `What the account ${account.id} takes could not be read: ${error.message}`
        )
      }
    }
    return new StepResponse(
      { refreshed: before.length },
      before.map(({ id, facts, facts_at }) => ({ id, facts, facts_at }))
    )
  },
  async (before, { container }) => {
    const socials = socialsModule(container)
    for (const { id, facts, facts_at } of before ?? []) {
      await socials.writeAccountFacts(id, { facts, facts_at })
    }
  }
)
