import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { toMedusaError } from "../credentials/state/failures"
import { requireUsablePlatform } from "../credentials/state/usable"
import {
  type AccountOfProvider,
  runForAccount,
} from "../credentials/use/account"
import { socialsModule } from "../credentials/modules"
import { isServiceError } from "../errors/service-error"
import type { SocialAccountRow } from "../modules/socials/rows"
import type {
  AccountFacts,
  Destination,
  LookupOption,
} from "../providers/publication"
import type { ProviderContext, SocialProvider } from "../providers/types"
import { destinationOf } from "./post-content"
import type { Settings } from "./settings"

/** How much of a kind is kept in a process. */
const MAX_KEPT = 500

interface Kept<T> {
  /** In ms since the epoch. */
  until: number
  value: T
}

/** A merchant types, and each key would ask. */
const keptLookups = new Map<string, Kept<LookupOption[]>>()

const keptFacts = new Map<string, Kept<AccountFacts>>()

/** Adds an entry, and forgets the oldest of too many. */
export const keepLatest = <T>(
  kept: Map<string, T>,
  key: string,
  entry: T
): void => {
  kept.delete(key)
  kept.set(key, entry)
  const [oldest] = kept.keys()
  if (kept.size > MAX_KEPT) {
    kept.delete(oldest)
  }
}

/** What a service has said before, within the time for which it may be reused. */
const reused = async <T>(
  kept: Map<string, Kept<T>>,
  key: string,
  ttlSeconds: number,
  ask: () => Promise<T>
): Promise<T> => {
  const known = kept.get(key)
  if (known && known.until > Date.now()) {
    return known.value
  }
  const value = await ask()
  keepLatest(kept, key, { until: Date.now() + ttlSeconds * 1000, value })
  return value
}

/** Other credentials may be told something else. */
const keyOf = (
  { account, platform }: AccountOfProvider,
  ...more: unknown[]
): string => JSON.stringify([account.id, platform.credentials_version, ...more])

const chosenOf = (
  { depends_on = [] }: { depends_on?: readonly string[] },
  settings: Settings
): Settings =>
  Object.fromEntries(depends_on.map((name) => [name, settings[name]]))

const ask = async <T>(
  container: MedusaContainer,
  of: AccountOfProvider,
  operation: (context: ProviderContext) => Promise<T>
): Promise<T> => {
  await requireUsablePlatform(container, of.platform, of.provider)
  return runForAccount(container, of, operation)
}

/**
 * Asks a service for what a setting can be chosen from, or repeats what it said
 * within the time for which it may be reused.
 *
 * @param name - of the look-up
 * @param search - words to search for
 * @param settings - what is chosen so far, for a list that depends on it
 * @throws {MedusaError} NOT_FOUND for an unknown look-up; what the service said
 */
export const lookUp = async (
  container: MedusaContainer,
  of: AccountOfProvider,
  name: string,
  search: string,
  settings: Settings
): Promise<LookupOption[]> => {
  const { account, provider } = of
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
  const chosen = chosenOf(lookup, { ...account.default_settings, ...settings })
  try {
    return await reused(
      keptLookups,
      keyOf(of, name, query, chosen),
      lookup.ttl_seconds,
      () =>
        ask(container, of, (context) =>
          lookup.run(context, destinationOf(account), query, chosen)
        )
    )
  } catch (error) {
    throw toMedusaError(error)
  }
}

/** What a service did not tell is asked for again after this time, in s: each check would wait for it. */
const PAUSE_SECONDS = 60

/**
 * An account with what its service tells of the choice: `choice_facts` of its
 * provider. What the service does not tell now keeps nobody from writing: it is
 * asked again when the post is published.
 *
 * @param settings - the chosen ones over all defaults
 */
export const withChoiceFacts = async (
  container: MedusaContainer,
  account: SocialAccountRow,
  provider: SocialProvider,
  settings: Settings
): Promise<Destination> => {
  const destination = destinationOf(account)
  const { choice_facts } = provider
  const chosen = chosenOf(choice_facts ?? {}, settings)
  if (
    !choice_facts ||
    Object.values(chosen).every((value) => value === undefined)
  ) {
    return destination
  }
  const platform = await socialsModule(container).readPlatform(
    account.platform_id
  )
  const of = { account, platform, provider }
  const key = keyOf(of, chosen)
  const facts = await reused(keptFacts, key, choice_facts.ttl_seconds, () =>
    ask(container, of, (context) =>
      choice_facts.run(context, destination, chosen)
    )
  ).catch((error: unknown): AccountFacts => {
    if (!isServiceError(error) && !MedusaError.isMedusaError(error)) {
      throw error
    }
    const until = Date.now() + PAUSE_SECONDS * 1000
    keepLatest(keptFacts, key, { until, value: {} })
    return {}
  })
  return { ...destination, facts: { ...destination.facts, ...facts } }
}
