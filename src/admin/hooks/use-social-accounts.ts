import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { sdk } from "../lib/sdk"
import type {
  ListQuery,
  Paginated,
  SocialAccount,
} from "../../shared/api-types"
import { accountKeys } from "./query-keys"

type AccountsResponse = Paginated & { social_accounts: SocialAccount[] }

/**
 * A page of the account list.
 *
 * @param query filters, search, order, limit and offset
 * @returns the query; the previous page stays visible while the next one loads
 */
export const useSocialAccounts = (query: ListQuery) =>
  useQuery({
    queryKey: accountKeys.list(query),
    queryFn: () =>
      sdk.client.fetch<AccountsResponse>("/admin/social-accounts", { query }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
