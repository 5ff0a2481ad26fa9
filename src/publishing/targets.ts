import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import { listProviders } from "../credentials/providers"
import type {
  SocialAccountRow,
  SocialPlatformRow,
} from "../modules/socials/rows"
import type { PostLimits } from "../shared/post-rules/limits"
import type { SocialProvider } from "../providers/types"
import { withChoiceFacts } from "./lookups"
import type { Variant } from "./post-content"
import { requireSettings, type Settings } from "./settings"

/** Where a post is to go, and what is different there. */
export interface PublicationChoice {
  account_id: string
  placement?: string
  settings?: Settings | null
  variant?: Variant | null
}

/** A choice of which every member is known. */
export type Publication = Required<PublicationChoice>

/** A choice that its account takes, as it is stored. */
export interface CheckedPublication extends Publication {
  content_hash: string | null
  media_hash: string | null
}

/** A publication with all that decides what it may say. */
export interface Target extends Publication {
  account: SocialAccountRow
  provider: SocialProvider
  /** The chosen settings over all defaults. */
  effective: Settings
  limits: PostLimits
  /** The account, as a person knows it. */
  who: string
}

const DEFAULT_PLACEMENT = "feed"

const refuse = (message: string): never => {
  throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
}

/**
 * Where on an account of a provider a post can go; the first is the default.
 *
 * @returns at least one
 */
export const placementsOf = ({
  placements = [],
}: SocialProvider): readonly { value: string; label: string }[] =>
  placements.length ? placements : [{ value: DEFAULT_PLACEMENT, label: "Feed" }]

/**
 * The placement that is meant by what is stored of a publication: before a
 * provider had placements of its own, all were in the feed.
 *
 * @param stored - absent for the default
 */
export const placementOf = (
  provider: SocialProvider,
  stored: string | undefined
): string => {
  const places = placementsOf(provider)
  const isKnown = places.some(({ value }) => value === stored)
  return !stored || (stored === DEFAULT_PLACEMENT && !isKnown)
    ? places[0].value
    : stored
}

/**
 * The platform of an account with its provider, where that takes posts.
 *
 * @throws {MedusaError} INVALID_DATA when it takes none
 */
export const requirePublisher = (
  account: SocialAccountRow,
  provider: SocialProvider | undefined
): SocialProvider & Required<Pick<SocialProvider, "limits" | "publish">> =>
  provider?.publish && provider.limits
    ? (provider as ReturnType<typeof requirePublisher>)
    : refuse(
        `${account.name} cannot be published to: its service takes no posts.`
      )

/**
 * Looks up where a post is to go.
 *
 * @param choices - what is absent of one is the account's and provider's default
 * @throws {MedusaError} INVALID_DATA without any, or saying for the account what
 * is unknown or does not fit
 */
export const requireTargets = async (
  container: MedusaContainer,
  choices: PublicationChoice[]
): Promise<Target[]> => {
  if (!choices.length) {
    refuse("account_ids must name at least one account to publish to.")
  }
  const socials = socialsModule(container)
  const ids = [...new Set(choices.map(({ account_id }) => account_id))]
  const accounts = await socials.listSocialAccounts({ id: ids })
  const accountById = new Map(accounts.map((row) => [row.id, row]))
  const unknown = ids.filter((id) => !accountById.has(id))
  if (unknown.length) {
    refuse(`There is no account with the id ${unknown.join(", ")}.`)
  }
  const [providers, platforms] = await Promise.all([
    listProviders(container),
    socials.listSocialPlatforms(
      { id: accounts.map(({ platform_id }) => platform_id) },
      { select: ["id", "name", "provider"] }
    ),
  ])
  const platformById = new Map(platforms.map((row) => [row.id, row]))

  const targets: Target[] = []
  for (const choice of choices) {
    const account = accountById.get(choice.account_id)!
    const platform = platformById.get(account.platform_id)
    const provider = providers.get(platform?.provider ?? "")
    targets.push(await targetOf(container, choice, account, platform, provider))
  }
  refuseRepetition(targets)
  return targets
}

const targetOf = async (
  container: MedusaContainer,
  { account_id, placement, settings, variant }: PublicationChoice,
  account: SocialAccountRow,
  platform: Pick<SocialPlatformRow, "name"> | undefined,
  known: SocialProvider | undefined
): Promise<Target> => {
  const provider = requirePublisher(account, known)
  const places = placementsOf(provider)
  const wanted = placementOf(provider, placement)
  const place = places.find(({ value }) => value === wanted)
  const name = `${account.name} (${platform?.name})`
  if (!place) {
    return refuse(
      `${name} has no placement ${placement}. Use: ${places.map(({ value }) => value).join(", ")}.`
    )
  }
  const who = places.length > 1 ? `${name}, ${place.label}` : name
  const effective = requireSettings(
    provider,
    settings,
    account.default_settings,
    who
  )
  return {
    account_id,
    placement: place.value,
    settings: settings ?? null,
    variant: variant ?? null,
    account,
    provider,
    effective,
    limits: provider.limits(
      await withChoiceFacts(container, account, provider, effective),
      { placement: place.value, settings: effective }
    ),
    who,
  }
}

const refuseRepetition = (targets: Target[]): void => {
  const seen = new Set<string>()
  for (const { account_id, placement, who } of targets) {
    const place = `${account_id} ${placement}`
    if (seen.has(place)) {
      refuse(`publications names ${who} twice.`)
    }
    seen.add(place)
  }
}
