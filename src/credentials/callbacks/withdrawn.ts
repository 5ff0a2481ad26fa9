import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import { recordCredentialEvent } from "../state/events"
import { socialsModule } from "../modules"
import { eraseAccess } from "../oauth/disconnect"
import { getProvider } from "../providers"
import { testSavedCredentials } from "../use/test-connection"
import { markPlatformInvalid } from "../vault/mark-invalid"

/** Somebody has taken back at a service what they had granted. */
export interface Withdrawal {
  /** As the service names them to the application. */
  user_id: string
  /** The platforms whose secret the service has signed it with. */
  platform_ids: string[]
  /** When it happened, as the service says. */
  told_at: Date | null
}

/** Services tell the time in whole seconds. */
const SECOND_MS = 1_000

/** Platforms that are asked about where nobody is known by the name that the service uses. */
const MAX_ASKED = 20

/**
 * Marks the platforms that a person has connected as having lost their access.
 * Where none is known to be theirs, the service is asked about each: a dead token
 * is marked by that.
 */
export const withdrawAccess = async (
  container: MedusaContainer,
  withdrawal: Withdrawal
): Promise<void> => {
  const { theirs, platforms } = await findTheirs(container, withdrawal)
  for (const platform of theirs) {
    await markWithdrawn(container, platform, withdrawal)
  }
  if (!theirs.length) {
    for (const { id } of platforms.slice(0, MAX_ASKED)) {
      await testSavedCredentials(container, id)
    }
  }
}

/**
 * Deletes what is kept of a person who wants that: the access of the platforms
 * that they have connected, their profile, and their name and picture on
 * accounts. What the store itself has published stays the store's.
 */
export const deletePersonalData = async (
  container: MedusaContainer,
  withdrawal: Withdrawal
): Promise<void> => {
  const socials = socialsModule(container)
  const { theirs } = await findTheirs(container, withdrawal)
  for (const platform of theirs) {
    await forgetProfiles(container, platform.id)
    await eraseAccess(container, platform.id)
    await socials.writeHealth(platform.id, { profile: null })
    await recordCredentialEvent(container, {
      platform_id: platform.id,
      type: "disconnected",
      details: { reason: await reasonOf(container, platform, "data") },
    })
  }
}

/** Forgets whose the accounts were that are a person's; pages and the like are the business's. */
const forgetProfiles = async (
  container: MedusaContainer,
  platform_id: string
): Promise<void> => {
  const socials = socialsModule(container)
  const profiles = await socials.listSocialAccounts(
    { platform_id, kind: "profile" },
    { take: null }
  )
  for (const { id } of profiles) {
    await socials.updateSocialAccounts({ id, ...NOBODY, external_id: id })
    await socials.writeAccountFacts(id, { facts: null, facts_at: null })
  }
}

/** An account of a person whose data was deleted; posts name it. */
const NOBODY = {
  name: "Deleted account",
  username: null,
  avatar_url: null,
  url: null,
  is_available: false,
}

interface Theirs {
  /** All that the service may be speaking of. */
  platforms: SocialPlatformRow[]
  theirs: SocialPlatformRow[]
}

/** What is known to be a person's, but for what was connected since. */
const findTheirs = async (
  container: MedusaContainer,
  { user_id, platform_ids, told_at }: Withdrawal
): Promise<Theirs> => {
  const socials = socialsModule(container)
  const platforms = (
    await socials.listSocialPlatforms(
      { id: platform_ids },
      { take: platform_ids.length }
    )
  ).filter((row) => !isNewer(row, told_at))
  const accounts = platforms.length
    ? await socials.listSocialAccounts(
        { platform_id: platforms.map(({ id }) => id), external_id: user_id },
        { take: platforms.length }
      )
    : []
  const theirs = platforms.filter(
    ({ id, profile }) =>
      profile?.id === user_id ||
      accounts.some(({ platform_id }) => platform_id === id)
  )
  return { platforms, theirs }
}

/** Whether a platform was connected after something had happened. */
export const isNewer = (
  { connected_at }: Pick<SocialPlatformRow, "connected_at">,
  told_at: Date | null
): boolean =>
  !!connected_at &&
  !!told_at &&
  connected_at.getTime() >= told_at.getTime() + SECOND_MS

const markWithdrawn = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  { told_at }: Withdrawal
): Promise<void> => {
  try {
    await markPlatformInvalid(container, row.id, {
      reason: await reasonOf(container, row, "access"),
      code: "access_withdrawn",
      unless: (current) => isNewer(current, told_at),
    })
  } catch (error) {
    if (
      !MedusaError.isMedusaError(error) ||
      error.type !== MedusaError.Types.NOT_ALLOWED
    ) {
      throw error
    }
    // One that is not connected has nothing to lose.
    const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
    logger.debug(error.message)
  }
}

const reasonOf = async (
  container: MedusaContainer,
  { provider }: SocialPlatformRow,
  what: "access" | "data"
): Promise<string> => {
  const { description } = await getProvider(container, provider)
  return what === "access"
    ? `The person who connected it has removed the app at ${description.label}.`
    : `The person who connected it has asked ${description.label} to have their data deleted.`
}
