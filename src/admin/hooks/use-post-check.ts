import { useWatch, type UseFormReturn } from "react-hook-form"
import type { AccountPublishing } from "../../shared/post-types"
import {
  type AccountContent,
  libraryIds,
  type Target,
  tightestCount,
  verdictOf,
  type WrittenContent,
} from "../lib/account-content"
import { toCreatePostBody, type PostFormValues } from "../lib/post-form"
import { useAccountsPublishing } from "./use-account-publishing"
import { useIsUploading, useMediaFiles } from "./use-media"
import {
  usePublishingAccounts,
  type AccountGroup,
} from "./use-publishing-accounts"
import { useLinkCard } from "./use-link-card"
import { usePostWarnings } from "./use-post-warnings"
import { useXCounter } from "./use-x-counter"

/** What keeps a post from being saved while a file is on its way. */
export const STILL_UPLOADING =
  "A file is still being uploaded. Wait until it is there, or cancel it."

export type PostCheck = ReturnType<typeof usePostCheck>

/**
 * Holds a post that is being written against what its accounts accept, by the
 * same rules as the server.
 *
 * @param form the post's form
 * @param postId the post, where it is stored already
 * @returns the accounts, what the chosen ones take, the text count that matters,
 * what would be refused, and what is worth knowing
 */
export const usePostCheck = (
  form: UseFormReturn<PostFormValues>,
  postId?: string
) => {
  const accounts = usePublishingAccounts()
  const values = useWatch({ control: form.control }) as PostFormValues
  const publishing = useAccountsPublishing(values.account_ids, values.own)
  const targets = targetsOf(accounts.groups ?? [], values, publishing)
  const countXWeighted = useXCounter(targets)
  const post: WrittenContent = {
    ...values,
    card: useLinkCard(values.product_ids),
  }
  const files = useMediaFiles(libraryIds(post, Object.values(values.own)))
  const isUploading = useIsUploading()
  const found = targets.flatMap((target) =>
    verdictOf(post, target, files, countXWeighted)
  )
  const messages = (severity: "error" | "warning") => [
    ...new Set(
      found
        .filter((violation) => violation.severity === severity)
        .map(({ message }) => message)
    ),
  ]
  const problems = [
    ...messages("error"),
    ...(isUploading ? [STILL_UPLOADING] : []),
  ]
  const stored = usePostWarnings(
    values.scheduled_at === "incomplete" || problems.length > 0
      ? null
      : { ...toCreatePostBody(values), ...(postId && { id: postId }) }
  )

  return {
    ...accounts,
    targets,
    limit: tightestCount(post, targets, countXWeighted),
    problems,
    warnings: [...messages("warning"), ...stored],
  }
}

const targetsOf = (
  groups: AccountGroup[],
  { account_ids, own }: PostFormValues,
  publishing: Map<string, AccountPublishing>
): Target[] =>
  groups.flatMap(({ platform, provider, choices }) =>
    choices.flatMap(({ account }): Target[] => {
      const takes = publishing.get(account.id)
      return account_ids.includes(account.id) && takes
        ? [
            {
              account_id: account.id,
              who: nameOf(
                `${account.name} (${platform.name})`,
                takes,
                own[account.id]
              ),
              service: provider.label,
              publishing: takes,
              own: own[account.id],
            },
          ]
        : []
    })
  )

/** With its placement, where there are several: as the server names it. */
const nameOf = (
  name: string,
  { placements }: AccountPublishing,
  own: AccountContent | undefined
): string => {
  const place =
    placements.find(({ value }) => value === own?.placement) ?? placements[0]
  return placements.length > 1 ? `${name}, ${place.label}` : name
}
