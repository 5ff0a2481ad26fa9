import { MedusaError } from "@medusajs/framework/utils"
import type { SocialAccountRow } from "../modules/socials/rows"
import type { CardFacts } from "../shared/post-rules/draft"
import type { AccountFacts, Destination } from "../providers/publication"

/** A file of a post, as it is stored with it. */
export interface PostMedia {
  url: string
  alt_text: string | null
  /** Of `social_media`, where the file is in the library. */
  media_id?: string
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
  /** In BCP 47. */
  language?: string | null
}

/** The files that a post, or what differs on an account, comes with. */
export const filesOf = ({
  media,
  parts,
}: Pick<Variant, "media" | "parts">): PostMedia[] => [
  ...(media ?? []),
  ...(parts ?? []).flatMap((part) => part.media ?? []),
]

/** What a handler of the application changes of a publication. */
export interface ContentChange extends Variant {
  settings?: Record<string, unknown>
}

/** What decides whether a post fits an account. */
export interface PostContent {
  link: string | null
  language: string | null
  /** At least one: the post itself. */
  parts: { text: string; media: PostMedia[]; delay_seconds: number }[]
}

/** What is stored of a post, or asked for. */
export interface PostText {
  caption: string
  link: string | null
  media: unknown
  parts: unknown
  language?: string | null
  /** Of its link; absent where nothing is to be said of it. */
  card?: CardFacts
}

/** What of a stored publication decides what it says. */
export interface StoredContent {
  variant: unknown
  changed_content?: unknown
  comments?: unknown
}

/**
 * What a stored publication says, with what a handler has changed of it and the
 * comments that came when it was out.
 */
export const contentOfPublication = (
  post: PostText,
  { variant, changed_content, comments }: StoredContent
): PostContent => {
  const content = contentOf(post, {
    ...(variant as Variant | null),
    ...(changed_content as Variant | null | undefined),
  })
  const added = (comments as FollowingPart[] | null | undefined) ?? []
  return { ...content, parts: [...content.parts, ...added.map(toPart)] }
}

const toPart = (part: FollowingPart): PostContent["parts"][number] => ({
  text: part.text,
  media: part.media ?? [],
  delay_seconds: part.delay_seconds ?? 0,
})

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
    language: own.language || post.language || null,
    parts: [
      { text: own.caption ?? post.caption, media, delay_seconds: 0 },
      ...following.map(toPart),
    ],
  }
}

const refuse = (message: string): never => {
  throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
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

/** An account as its provider knows it. */
export const destinationOf = (account: SocialAccountRow): Destination => ({
  external_id: account.external_id,
  kind: account.kind,
  name: account.name,
  username: account.username,
  url: account.url,
  facts: (account.facts ?? {}) as AccountFacts,
})
