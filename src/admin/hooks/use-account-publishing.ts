import {
  keepPreviousData,
  type QueryClient,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query"
import type {
  AccountPublishing,
  LookupOption,
  PostPart,
  PublicationInput,
} from "../../shared/post-types"
import type { AccountContent } from "../lib/account-content"
import { sdk } from "../lib/sdk"
import { accountKeys, postKeys } from "./query-keys"

const accountPath = (id: string, rest = "") =>
  `/admin/social-accounts/${encodeURIComponent(id)}${rest}`

/**
 * What chosen accounts take, with what is chosen for each.
 *
 * @param accountIds the accounts
 * @param own what is different on each, by its id
 * @returns by account; an account is absent until it was told of for the first time
 */
export const useAccountsPublishing = (
  accountIds: string[],
  own: Record<string, AccountContent | undefined>
): Map<string, AccountPublishing> => {
  const client = useQueryClient()
  const results: { data?: AccountPublishing }[] = useQueries({
    queries: accountIds.map((id) => {
      const { placement = null, settings = {} } = own[id] ?? {}
      return {
        queryKey: [
          ...accountKeys.detail(id),
          "publishing",
          placement,
          settings,
        ],
        queryFn: () =>
          sdk.client.fetch<AccountPublishing>(accountPath(id, "/publishing"), {
            query: {
              ...(placement !== null && { placement }),
              ...(Object.keys(settings).length > 0 && {
                settings: JSON.stringify(settings),
              }),
            },
          }),
        // A form that is being written in stays, whatever is chosen in it.
        placeholderData: () => latestPublishing(client, id),
        staleTime: 60_000,
      }
    }),
  })
  return new Map(
    accountIds.flatMap((id, index) => {
      const { data } = results[index]
      return data ? [[id, data] as const] : []
    })
  )
}

/** What was last told of an account, with whatever was chosen then. */
const latestPublishing = (
  client: QueryClient,
  id: string
): AccountPublishing | undefined =>
  client
    .getQueryCache()
    .findAll({ queryKey: [...accountKeys.detail(id), "publishing"] })
    .map(({ state }) => state)
    .filter(({ data }) => data !== undefined)
    .sort((a, b) => b.dataUpdatedAt - a.dataUpdatedAt)[0]?.data as
    AccountPublishing | undefined

/**
 * What a setting of an account can be chosen from.
 *
 * @param accountId the account
 * @param name of the look-up
 * @param search words to search for
 * @param settings what is chosen of the settings that the list depends on
 */
export const useLookup = (
  accountId: string,
  name: string,
  search: string,
  settings: Record<string, unknown>
) =>
  useQuery({
    queryKey: [
      ...accountKeys.detail(accountId),
      "lookup",
      name,
      search,
      settings,
    ],
    queryFn: () =>
      sdk.client.fetch<{ options: LookupOption[] }>(
        accountPath(accountId, `/lookups/${encodeURIComponent(name)}`),
        {
          query: {
            ...(search && { q: search }),
            ...(Object.keys(settings).length && {
              settings: JSON.stringify(settings),
            }),
          },
        }
      ),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

/**
 * Keeps what an account's new posts are set to.
 *
 * @param accountId the account
 * @returns a mutation that takes the settings
 */
export const useSaveDefaultSettings = (accountId: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (default_settings: Record<string, unknown>) =>
      sdk.client.fetch(accountPath(accountId), {
        method: "POST",
        body: { default_settings },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: accountKeys.all }),
  })
}

const publicationPath = (postId: string, id: string) =>
  `/admin/social-posts/${encodeURIComponent(postId)}/publications/${encodeURIComponent(id)}`

/**
 * Changes a post on one account.
 *
 * @param postId the post's id
 * @param id the publication's id
 * @returns the mutation
 */
export const useUpdatePublication = (postId: string, id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Omit<PublicationInput, "account_id">) =>
      sdk.client.fetch(publicationPath(postId, id), { method: "POST", body }),
    onSettled: () => client.invalidateQueries({ queryKey: postKeys.all }),
  })
}

/**
 * Takes an account out of a post.
 *
 * @param postId the post's id
 * @param id the publication's id
 * @returns the mutation
 */
export const useDropPublication = (postId: string, id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () =>
      sdk.client.fetch(publicationPath(postId, id), { method: "DELETE" }),
    onSettled: () => client.invalidateQueries({ queryKey: postKeys.all }),
  })
}

/**
 * Removes at its service what a publication has made public.
 *
 * @param postId the post's id
 * @param id the publication's id
 * @returns the mutation
 */
export const useRemovePublication = (postId: string, id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () =>
      sdk.client.fetch(`${publicationPath(postId, id)}/remove`, {
        method: "POST",
        body: {},
      }),
    onSettled: () => client.invalidateQueries({ queryKey: postKeys.all }),
  })
}

/**
 * Has a comment published under what a publication has made public.
 *
 * @param postId the post's id
 * @param id the publication's id
 * @returns the mutation
 */
export const useCommentOnPublication = (postId: string, id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Pick<PostPart, "text" | "media">) =>
      sdk.client.fetch(`${publicationPath(postId, id)}/comments`, {
        method: "POST",
        body,
      }),
    onSettled: () => client.invalidateQueries({ queryKey: postKeys.all }),
  })
}

/**
 * Takes back the comment of a publication that is not out.
 *
 * @param postId the post's id
 * @param id the publication's id
 * @returns the mutation
 */
export const useDropComments = (postId: string, id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () =>
      sdk.client.fetch(`${publicationPath(postId, id)}/comments`, {
        method: "DELETE",
      }),
    onSettled: () => client.invalidateQueries({ queryKey: postKeys.all }),
  })
}
