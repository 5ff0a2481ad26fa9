import type {
  SocialAccount,
  SocialPlatform,
  SocialProvider,
} from "../../shared/api-types"
import { useSocialAccounts } from "./use-social-accounts"
import { useSocialPlatforms } from "./use-social-platforms"
import { useSocialProviders } from "./use-social-providers"

const ALL = 500

export type AccountChoice = {
  account: SocialAccount
  /** Why it cannot be chosen; `null` where it can. */
  obstacle: string | null
}

export type AccountGroup = {
  platform: SocialPlatform
  provider: SocialProvider
  choices: AccountChoice[]
  /** Why the whole platform cannot be used; `null` where it can. */
  obstacle: string | null
}

/**
 * Every account of every platform that can publish, with the reason where one
 * cannot be used now.
 *
 * @returns the groups, undefined while they load, and the error with a retry
 */
export const usePublishingAccounts = () => {
  const providers = useSocialProviders()
  const platforms = useSocialPlatforms({ limit: ALL, offset: 0, order: "name" })
  const accounts = useSocialAccounts({ limit: ALL, offset: 0, order: "name" })

  const isLoaded = providers.data && platforms.data && accounts.data

  return {
    groups: isLoaded
      ? groupAccounts(
          platforms.data.social_platforms,
          accounts.data.social_accounts,
          providers.findProvider
        )
      : undefined,
    error: providers.error ?? platforms.error ?? accounts.error,
    retry: () => {
      void providers.refetch()
      void platforms.refetch()
      void accounts.refetch()
    },
  }
}

/**
 * Groups accounts by the platform that reaches them.
 *
 * @param platforms all platforms
 * @param accounts all accounts
 * @param findProvider looks a provider up by identifier
 * @returns one group for each platform that can publish
 */
export const groupAccounts = (
  platforms: SocialPlatform[],
  accounts: SocialAccount[],
  findProvider: (identifier: string) => SocialProvider | undefined
): AccountGroup[] =>
  platforms.flatMap((platform) => {
    const provider = findProvider(platform.provider)
    if (!provider?.capabilities.publish) {
      return []
    }
    const obstacle = platformObstacle(platform)
    const choices = accounts
      .filter(({ platform_id }) => platform_id === platform.id)
      .map((account) => ({
        account,
        obstacle:
          obstacle ??
          (account.is_available
            ? null
            : `No longer available at ${provider.label}`),
      }))
    return [{ platform, provider, choices, obstacle }]
  })

const platformObstacle = (platform: SocialPlatform): string | null => {
  if (platform.status === "inactive") {
    return "The platform is switched off"
  }
  if (platform.connection === "not_connected") {
    return "The platform is not connected"
  }
  if (platform.connection !== "connected") {
    return "The platform needs to be reconnected"
  }
  return platform.status === "active" ? null : "The platform is not ready"
}
