import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import { listProviders } from "../credentials/providers"
import type { SocialAccountRow } from "../modules/socials/service"
import type { AccountFacts, Destination } from "../providers/publication"
import { objectionsTo } from "../shared/post-rules"

/** A file of a post, as it is stored with it. */
export interface PostMedia {
  url: string
  alt_text: string | null
}

/** What follows a post: a thread's next entry, or a comment. */
export interface FollowingPart {
  text: string
  media?: PostMedia[]
  /** After the part before it, in s. */
  delay_seconds?: number
}

/** What one account gets in place of the post's own; what is absent follows the post. */
export interface Variant {
  caption?: string
  link?: string | null
  media?: PostMedia[]
  parts?: FollowingPart[]
}

/** What decides whether a post fits an account. */
export interface PostContent {
  link: string | null
  /** At least one: the post itself. */
  parts: { text: string; media: PostMedia[]; delay_seconds: number }[]
}

/** What is stored of a post, or asked for. */
export interface PostText {
  caption: string
  link: string | null
  media: unknown
  parts: unknown
}

/**
 * What a publication says: the post, but for what is different on its account.
 *
 * @param variant - of the publication
 */
export const contentOf = (
  post: PostText,
  variant: unknown = null
): PostContent => {
  const own = (variant ?? {}) as Variant
  const media = own.media ?? (post.media as PostMedia[] | null) ?? []
  const following = own.parts ?? (post.parts as FollowingPart[] | null) ?? []
  return {
    link: own.link === undefined ? post.link : own.link,
    parts: [
      { text: own.caption ?? post.caption, media, delay_seconds: 0 },
      ...following.map((part) => ({
        text: part.text,
        media: part.media ?? [],
        delay_seconds: part.delay_seconds ?? 0,
      })),
    ],
  }
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
  { link, parts }: PostContent
): Promise<void> => {
  const [{ text: caption, media }] = parts
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

  const objections = accounts.flatMap((account) => {
    const platform = platformById.get(account.platform_id)
    const provider = providers.get(platform?.provider ?? "")
    if (!provider?.publish || !provider.limits) {
      return [
        `${account.name} cannot be published to: its service takes no posts.`,
      ]
    }
    const limits = provider.limits(destinationOf(account), {
      placement: "feed",
      settings: {},
    })
    return objectionsTo(
      { caption, link, mediaCount: media.length },
      {
        max_text_length: Math.min(...limits.text.map(({ max }) => max)),
        max_media: Math.max(
          0,
          ...limits.media.combinations.map(({ image }) => image?.max ?? 0)
        ),
        supports_link: limits.link.place !== "none",
        requires_media: limits.media.required,
      },
      `${account.name} (${platform?.name})`
    )
  })
  if (objections.length) {
    refuse(`The post does not fit. ${objections.join(" ")}`)
  }
}

/** An account as its provider knows it. */
export const destinationOf = (account: SocialAccountRow): Destination => ({
  external_id: account.external_id,
  kind: account.kind,
  name: account.name,
  username: account.username,
  url: account.url,
  facts: (account.facts ?? {}) as AccountFacts,
})
