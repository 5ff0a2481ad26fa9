import { useQuery } from "@tanstack/react-query"
import type { MetricSeries } from "../../shared/post-types"
import { sdk } from "../lib/sdk"
import { accountKeys, postKeys } from "./query-keys"

/**
 * What services told of a post, for each of its publications; asked anew when
 * another one is out.
 *
 * @param postId the post's id
 * @param publishedIds its publications that are out
 */
export const usePostMetrics = (postId: string, publishedIds: string[]) =>
  useQuery({
    queryKey: [...postKeys.detail(postId), "metrics", publishedIds],
    queryFn: () =>
      sdk.client.fetch<{
        metrics: (MetricSeries & { publication_id: string })[]
      }>(`/admin/social-posts/${encodeURIComponent(postId)}/metrics`),
    enabled: publishedIds.length > 0,
  })

/**
 * What a service told of an account.
 *
 * @param accountId the account's id
 */
export const useAccountMetrics = (accountId: string) =>
  useQuery({
    queryKey: [...accountKeys.detail(accountId), "metrics"],
    queryFn: () =>
      sdk.client.fetch<MetricSeries>(
        `/admin/social-accounts/${encodeURIComponent(accountId)}/metrics`
      ),
  })
