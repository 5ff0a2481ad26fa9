import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import { getProvider } from "../credentials/providers"
import { toMedusaError } from "../credentials/state/failures"
import { requireUsablePlatform } from "../credentials/state/usable"
import {
  type AccountOfProvider,
  runForAccount,
} from "../credentials/use/account"
import type { SocialAccountRow } from "../modules/socials/service"
import type { LookupOption } from "../providers/publication"
import type { SocialProvider } from "../providers/types"
import { destinationOf } from "./post-content"
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
  return {
    limits: provider.limits(destinationOf(account), {
      placement,
      settings: settingsSoFar(provider, choice.settings, default_settings),
    }),
    settings_schema: settingsSchemaOf(provider),
    placements,
    lookups: Object.entries(provider.lookups ?? {}).map(
      ([name, { label, search }]) => ({ name, label, search })
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
  { id }: SocialAccountRow,
  { quotas = [] }: SocialProvider
) =>
  await Promise.all(
    quotas.map(async ({ label, count, window_seconds }) => {
      const used = await socialsModule(container).countAccountPublications(
        id,
        new Date(Date.now() - window_seconds * 1000)
      )
      return { label, count, window_seconds, used: used.count }
    })
  )

/** Look-ups that are kept in a process: a merchant types, and each key would ask. */
const MAX_KEPT_LOOKUPS = 500

const keptLookups = new Map<
  string,
  { until: number; options: LookupOption[] }
>()

/**
 * Asks a service for what a setting can be chosen from, or repeats what it said
 * within the time for which it may be reused.
 *
 * @param name - of the look-up
 * @param search - words to search for
 * @throws {MedusaError} NOT_FOUND for an unknown look-up; what the service said
 */
export const lookUp = async (
  container: MedusaContainer,
  of: AccountOfProvider,
  name: string,
  search: string
): Promise<LookupOption[]> => {
  const { account, platform, provider } = of
  const lookup = Object.hasOwn(provider.lookups ?? {}, name)
    ? provider.lookups?.[name]
    : undefined
  if (!lookup) {
    throw new MedusaError(
      MedusaError.Types.NOT_FOUND,
      `${provider.description.label} has no look-up ${name}. It has: ${Object.keys(provider.lookups ?? {}).join(", ") || "none"}.`
    )
  }
  const query = lookup.search ? search : ""
  // Other credentials may see another list.
  const key = JSON.stringify([
    account.id,
    platform.credentials_version,
    name,
    query,
  ])
  const kept = keptLookups.get(key)
  if (kept && kept.until > Date.now()) {
    return kept.options
  }
  try {
    await requireUsablePlatform(container, platform, provider)
    const options = await runForAccount(container, of, (context) =>
      lookup.run(context, destinationOf(account), query)
    )
    keep(key, { until: Date.now() + lookup.ttl_seconds * 1000, options })
    return options
  } catch (error) {
    throw toMedusaError(error)
  }
}

const keep = (
  key: string,
  entry: { until: number; options: LookupOption[] }
): void => {
  keptLookups.delete(key)
  keptLookups.set(key, entry)
  const [oldest] = keptLookups.keys()
  if (keptLookups.size > MAX_KEPT_LOOKUPS) {
    keptLookups.delete(oldest)
  }
}
