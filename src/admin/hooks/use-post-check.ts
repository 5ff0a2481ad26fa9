import { useWatch, type UseFormReturn } from "react-hook-form"
import type { PostFormValues } from "../lib/post-form"
import {
  publishingProblems,
  strictestTextLimit,
  type PublishingTarget,
} from "../lib/publishing-limits"
import {
  usePublishingAccounts,
  type AccountGroup,
} from "./use-publishing-accounts"

export type PostCheck = ReturnType<typeof usePostCheck>

/**
 * Holds a post that is being written against what its accounts accept.
 *
 * @param form the post's form
 * @returns the accounts, the text limit that counts, and what would be refused
 */
export const usePostCheck = (form: UseFormReturn<PostFormValues>) => {
  const accounts = usePublishingAccounts()
  const [caption, link, media, accountIds] = useWatch({
    control: form.control,
    name: ["caption", "link", "media", "account_ids"],
  })
  const targets = targetsOf(accounts.groups ?? [], accountIds)

  return {
    ...accounts,
    limit: strictestTextLimit(targets),
    problems: publishingProblems(
      { caption, link: link.trim() || null, mediaCount: media.length },
      targets
    ),
  }
}

const targetsOf = (
  groups: AccountGroup[],
  accountIds: string[]
): PublishingTarget[] =>
  groups.flatMap(({ provider, choices }) => {
    const isChosen = choices.some(({ account }) =>
      accountIds.includes(account.id)
    )
    return isChosen && provider.publishing
      ? [{ label: provider.label, facts: provider.publishing }]
      : []
  })
