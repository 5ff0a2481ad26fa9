import type { LinkedProduct, PostInput, SocialPost } from "../types"

export type PostFormValues = {
  caption: string
  link: string
  media: { url: string; alt_text: string }[]
  account_ids: string[]
  scheduled_at: Date | null
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
  media: (post?.media ?? []).map(({ url, alt_text }) => ({
    url,
    alt_text: alt_text ?? "",
  })),
  account_ids: (post?.publications ?? []).map(({ account_id }) => account_id),
  scheduled_at: post ? plannedTime(post) : null,
  product_ids: linkedProducts(post).map(({ id }) => id),
})

/**
 * The products of a post that still exist.
 *
 * @param post the post; none for a new one
 * @returns the products
 */
export const linkedProducts = (post: SocialPost | undefined): LinkedProduct[] =>
  (post?.products ?? []).filter((product) => product !== null)

/**
 * The body that creates a post; nothing is sent that was left empty.
 *
 * @param values what the person entered
 * @returns the body
 */
export const toCreatePostBody = (values: PostFormValues): PostInput => ({
  ...commonEntries(values),
  ...(values.link.trim() ? { link: values.link.trim() } : {}),
  ...(values.scheduled_at
    ? { scheduled_at: values.scheduled_at.toISOString() }
    : {}),
})

/**
 * The body that updates a post; an emptied field is sent as `null`. The time is
 * sent only where it was changed, because sending it plans the post anew.
 *
 * @param values what the person entered
 * @param post the post as it is stored
 * @returns the body
 */
export const toUpdatePostBody = (
  values: PostFormValues,
  post: SocialPost
): PostInput => {
  const planned = plannedTime(post)?.getTime()
  const isReplanned = values.scheduled_at?.getTime() !== planned
  return {
    ...commonEntries(values),
    link: values.link.trim() || null,
    ...(isReplanned
      ? { scheduled_at: values.scheduled_at?.toISOString() ?? null }
      : {}),
  }
}

/** A time that has passed is history: only a scheduled post still has a plan. */
const plannedTime = ({ status, scheduled_at }: SocialPost): Date | null =>
  status === "scheduled" && scheduled_at ? new Date(scheduled_at) : null

const commonEntries = (values: PostFormValues) => ({
  caption: values.caption.trim(),
  media: values.media.map(({ url, alt_text }) => ({
    url,
    ...(alt_text.trim() ? { alt_text: alt_text.trim() } : {}),
  })),
  account_ids: values.account_ids,
  product_ids: values.product_ids,
})
