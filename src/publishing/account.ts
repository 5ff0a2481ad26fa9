import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import { getProvider } from "../credentials/providers"
import type { AccountOfProvider } from "../credentials/use/account"
import type { SocialAccountRow } from "../modules/socials/rows"
import type { SocialProvider } from "../providers/types"
import { keepLatest, withChoiceFacts } from "./lookups"
import { destinationOf } from "./post-content"
import { quotasOf } from "./quota"
import { type Settings, settingsSchemaOf, settingsSoFar } from "./settings"
import { placementOf, placementsOf, requirePublisher } from "./targets"

/**
 * Reads an account with its platform and provider.
 *
 * @throws {MedusaError} NOT_FOUND
 */
export const readAccount = async (
  container: MedusaContainer,
  id: string
): Promise<AccountOfProvider> => {
  const socials = socialsModule(container)
  const account = await socials.readAccount(id)
  const platform = await socials.readPlatform(account.platform_id)
  const provider = await getProvider(container, platform.provider)
  return { account, platform, provider }
}

/**
 * What a form that writes for an account needs to know: the rules with the
 * given choice, what can be chosen, and how many posts the account still takes.
 *
 * @throws {MedusaError} INVALID_DATA where the service takes no posts, or for an
 * unknown placement
 */
export const publishingOf = async (
  container: MedusaContainer,
  { account, provider: known }: AccountOfProvider,
  choice: { placement?: string; settings: Settings }
) => {
  const provider = requirePublisher(account, known)
  const placements = placementsOf(provider)
  const placement = placementOf(provider, choice.placement)
  if (!placements.some(({ value }) => value === placement)) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `${account.name} has no placement ${placement}. Use: ${placements.map(({ value }) => value).join(", ")}.`
    )
  }
  const { facts, facts_at, default_settings } = account
  const settings = settingsSoFar(provider, choice.settings, default_settings)
  const destination = await withChoiceFacts(
    container,
    account,
    provider,
    settings
  )
  return {
    limits: provider.limits(destination, { placement, settings }),
    settings_schema: settingsSchemaOf(provider),
    placements,
    lookups: Object.entries(provider.lookups ?? {}).map(
      ([name, { label, search, depends_on = [] }]) => ({
        name,
        label,
        search,
        depends_on,
      })
    ),
    facts,
    facts_at,
    default_settings,
    quota: await quotaOf(container, account, provider),
  }
}

/** How many posts an account takes, and has had. */
const quotaOf = async (
  container: MedusaContainer,
  account: SocialAccountRow,
  provider: SocialProvider
) =>
  await Promise.all(
    quotasOf(provider, destinationOf(account)).map(async (rule) => {
      const { label, count, window_seconds } = rule
      const { used } = await socialsModule(container).readQuotaUse(
        account.id,
        rule,
        0
      )
      return { label, count, window_seconds, used }
    })
  )

/** What a service tells of an account is asked for again after this time, in ms. */
const FACTS_LAST_MS = 24 * 60 * 60 * 1000

/** What it did not tell is asked for again after this time, in ms: each form would wait for it. */
const FACTS_PAUSE_MS = 10 * 60 * 1000

const factsAsked = new Map<string, number>()

/**
 * Whether what a service tells of an account is to be asked for now, and notes
 * that it is.
 */
export const shouldAskFacts = ({
  account: { id, facts_at },
  platform: { status, credentials_version },
  provider,
}: AccountOfProvider): boolean => {
  const isOld = !facts_at || Date.now() - facts_at.getTime() > FACTS_LAST_MS
  if (!provider.fetchFacts || !isOld || status !== "active") {
    return false
  }
  // Other credentials may be told it.
  const key = JSON.stringify([id, credentials_version])
  const isSoon = Date.now() - (factsAsked.get(key) ?? 0) < FACTS_PAUSE_MS
  if (!isSoon) {
    keepLatest(factsAsked, key, Date.now())
  }
  return !isSoon
}
