import type { NewPublication } from "../modules/socials/rows"
import type { Publication, PublicationChoice } from "./targets"

/** How long before its time a post is prepared, in ms: uploads take their time, and then only the last call is left. */
const PREPARE_AHEAD_MS = 30 * 60 * 1000

/**
 * When a publication becomes public, and when its preparation begins.
 *
 * @param scheduledAt - of its post; null for a draft, which nobody takes up
 */
export const planned = (
  scheduledAt: Date | null
): Pick<NewPublication, "publish_at" | "next_attempt_at"> => ({
  publish_at: scheduledAt,
  next_attempt_at: scheduledAt
    ? new Date(scheduledAt.getTime() - PREPARE_AHEAD_MS)
    : null,
})

/**
 * The publications that are asked for, one for each account and placement. What
 * is not said of one stays as it was.
 *
 * @param wanted - `publications` and, for those of which nothing is special,
 * `account_ids`; without both, those that there are
 * @param before - those that there are
 */
export const wantedPublications = (
  {
    account_ids,
    publications,
  }: { account_ids?: string[]; publications?: PublicationChoice[] },
  before: Publication[] = []
): PublicationChoice[] => {
  if (!account_ids && !publications) {
    return before
  }
  const named = (publications ?? []).map((choice) => ({
    ...before.find(
      ({ account_id, placement }) =>
        account_id === choice.account_id &&
        (choice.placement ?? placement) === placement
    ),
    ...choice,
  }))
  const isNamed = new Set(named.map(({ account_id }) => account_id))
  const others = [...new Set(account_ids)]
    .filter((account_id) => !isNamed.has(account_id))
    .flatMap((account_id): PublicationChoice[] => {
      const known = before.filter((one) => one.account_id === account_id)
      return known.length ? known : [{ account_id }]
    })
  return [...named, ...others]
}
