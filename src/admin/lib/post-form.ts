import type {
  LinkedProduct,
  PostInput,
  SocialPost,
} from "../../shared/post-types"
import {
  type AccountContent,
  formMedia,
  type FormMedia,
  type FormPart,
  formParts,
  mediaInput,
  ownContentOf,
  partsInput,
  publicationInput,
} from "./account-content"

/** When a post is to go out. A date that lacks a part is neither a plan nor none. */
export type Schedule = Date | "incomplete" | null

export type PostFormValues = {
  caption: string
  link: string
  /** In BCP 47. */
  language: string
  media: FormMedia
  /** What follows it: a thread's next entries, or comments. */
  parts: FormPart[]
  account_ids: string[]
  /** What is different on an account, by its id. */
  own: Record<string, AccountContent | undefined>
  scheduled_at: Schedule
  product_ids: string[]
}

/**
 * The values that the composer or the edit form starts with.
 *
 * @param post the post to edit; none for a new one
 * @returns the form's values
 */
export const postFormDefaults = (post?: SocialPost): PostFormValues => ({
  caption: post?.caption ?? "",
  link: post?.link ?? "",
  language: post?.language ?? "",
  media: formMedia(post?.media ?? null),
  parts: formParts(post?.parts ?? null),
  account_ids: [
    ...new Set((post?.publications ?? []).map(({ account_id }) => account_id)),
  ],
  own: ownContents(post),
  scheduled_at: post ? plannedTime(post) : null,
  product_ids: linkedProducts(post).map(({ id }) => id),
})

/** What goes to several places of one account is left as it is. */
const ownContents = (post?: SocialPost): PostFormValues["own"] => {
  const publications = post?.publications ?? []
  return Object.fromEntries(
    publications
      .filter(
        ({ account_id }) =>
          publications.filter((other) => other.account_id === account_id)
            .length === 1
      )
      .map((publication) => [publication.account_id, ownContentOf(publication)])
  )
}

/**
 * The products of a post that still exist.
 *
 * @param post the post; none for a new one
 * @returns the products
 */
export const linkedProducts = (post: SocialPost | undefined): LinkedProduct[] =>
  (post?.products ?? []).filter((product) => product !== null)

/**
 * What keeps a schedule from being used.
 *
 * @param schedule what the person entered
 * @param now the moment to look from
 * @returns what to do about it, or `null` where nothing is wrong
 */
export const scheduleProblem = (
  schedule: Schedule,
  now: Date = new Date()
): string | null => {
  if (schedule === "incomplete") {
    return "Finish the date and time, or clear them all."
  }
  return schedule && schedule <= now
    ? "Choose a time that is still to come."
    : null
}

/**
 * The body that creates a post; nothing is sent that was left empty.
 *
 * @param values what the person entered
 * @returns the body
 * @throws {Error} where the schedule lacks a part
 */
export const toCreatePostBody = (values: PostFormValues): PostInput => {
  const planned = plannedBy(values)
  return {
    ...commonEntries(values),
    ...(values.link.trim() ? { link: values.link.trim() } : {}),
    ...(values.language.trim() ? { language: values.language.trim() } : {}),
    ...(planned ? { scheduled_at: planned.toISOString() } : {}),
  }
}

/**
 * The body that updates a post; an emptied field is sent as `null`. The time is
 * sent only where it was changed, because sending it plans the post anew.
 *
 * @param values what the person entered
 * @param post the post as it is stored
 * @returns the body
 * @throws {Error} where the schedule lacks a part
 */
export const toUpdatePostBody = (
  values: PostFormValues,
  post: SocialPost
): PostInput => {
  const planned = plannedBy(values)
  const isReplanned = planned?.getTime() !== plannedTime(post)?.getTime()
  return {
    ...commonEntries(values),
    link: values.link.trim() || null,
    language: values.language.trim() || null,
    parts: partsInput(values.parts),
    ...(isReplanned ? { scheduled_at: planned?.toISOString() ?? null } : {}),
  }
}

/** The form refuses half a date; one that slips by must not become "no date". */
const plannedBy = ({ scheduled_at }: PostFormValues): Date | null => {
  if (scheduled_at === "incomplete") {
    throw new Error("The schedule lacks a part.")
  }
  return scheduled_at
}

/** A time that has passed is history: only a scheduled post still has a plan. */
const plannedTime = ({ status, scheduled_at }: SocialPost): Date | null =>
  status === "scheduled" && scheduled_at ? new Date(scheduled_at) : null

const commonEntries = (values: PostFormValues) => ({
  caption: values.caption.trim(),
  media: mediaInput(values.media),
  ...(values.parts.length > 0 && { parts: partsInput(values.parts) }),
  account_ids: values.account_ids,
  ...publicationEntries(values),
  product_ids: values.product_ids,
})

/** Those accounts of which anything is special, or was. */
const publicationEntries = ({
  account_ids,
  own,
}: PostFormValues): Pick<PostInput, "publications"> => {
  const publications = account_ids.flatMap((id) => {
    const content = own[id]
    return content ? [publicationInput(id, content)] : []
  })
  return publications.length ? { publications } : {}
}
