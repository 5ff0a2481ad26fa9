import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import { listProviders } from "../credentials/providers"
import type { SocialAccountRow } from "../modules/socials/service"
import { objectionsTo } from "../shared/post-rules"

export interface PostMedia {
  url: string
  alt_text: string | null
}

/** What decides whether a post fits an account. */
export interface PostContent {
  caption: string
  link: string | null
  media: PostMedia[]
}

const refuse = (message: string): never => {
  throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
}

/**
 * The accounts that a post is to go to.
 *
 * @throws {MedusaError} INVALID_DATA without any, or naming the unknown ones
 */
export const requireAccounts = async (
  container: MedusaContainer,
  account_ids: string[]
): Promise<SocialAccountRow[]> => {
  if (!account_ids.length) {
    refuse("account_ids must name at least one account to publish to.")
  }
  const accounts = await socialsModule(container).listSocialAccounts({
    id: account_ids,
  })
  const known = new Set(accounts.map(({ id }) => id))
  const unknown = account_ids.filter((id) => !known.has(id))
  if (unknown.length) {
    refuse(`There is no account with the id ${unknown.join(", ")}.`)
  }
  return accounts
}

const WITH_TIME_AND_ZONE = /T\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$/i

/**
 * Refuses a plan that is not a whole point in time, or one that has passed:
 * guessed at, it would make a post public at another time than was meant.
 *
 * @param scheduledAt a date, or ISO 8601 with time and zone; null and undefined
 * are no plan
 * @throws {MedusaError} INVALID_DATA saying what is wrong
 */
export const requireTimeToCome = (
  scheduledAt: Date | string | null | undefined
): void => {
  if (scheduledAt === null || scheduledAt === undefined) {
    return
  }
  const time = new Date(scheduledAt)
  const isWhole =
    typeof scheduledAt !== "string" || WITH_TIME_AND_ZONE.test(scheduledAt)
  if (!isWhole || Number.isNaN(time.getTime())) {
    refuse(
      "scheduled_at must be a time in ISO 8601 with its zone, for example 2030-01-31T09:00:00Z."
    )
  }
  if (time <= new Date()) {
    refuse("scheduled_at must lie in the future. Leave it out to keep a draft.")
  }
}

/**
 * Refuses a post that one of its accounts cannot take.
 *
 * @throws {MedusaError} INVALID_DATA naming each account and what does not fit
 */
export const requireFittingContent = async (
  container: MedusaContainer,
  accounts: SocialAccountRow[],
  { caption, link, media }: PostContent
): Promise<void> => {
  if (!caption.trim() && !media.length) {
    refuse("A post needs a text or an image.")
  }
  const [providers, platforms] = await Promise.all([
    listProviders(container),
    socialsModule(container).listSocialPlatforms(
      { id: accounts.map(({ platform_id }) => platform_id) },
      { select: ["id", "name", "provider"] }
    ),
  ])
  const platformById = new Map(platforms.map((row) => [row.id, row]))

  const objections = accounts.flatMap(({ name, platform_id }) => {
    const platform = platformById.get(platform_id)
    const limits = providers.get(platform?.provider ?? "")?.description
      .publishing
    if (!limits) {
      return [`${name} cannot be published to: its service takes no posts.`]
    }
    return objectionsTo(
      { caption, link, mediaCount: media.length },
      limits,
      `${name} (${platform?.name})`
    )
  })
  if (objections.length) {
    refuse(`The post does not fit. ${objections.join(" ")}`)
  }
}
