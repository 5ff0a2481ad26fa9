import { metricsOf } from "../metrics"
import type { Destination, Metric, RemoteRef } from "../publication"
import type { ProviderContext } from "../types"
import { type Elements, elementsOf, encodedUrn, readCommentUrn } from "./restli"
import { asksFor } from "./description"
import { isPage } from "./limits"
import { readable } from "./posts"

interface ShareStatistics {
  totalShareStatistics?: {
    impressionCount?: number
    uniqueImpressionsCount?: number
    clickCount?: number
    likeCount?: number
    commentCount?: number
    shareCount?: number
  }
}

interface SocialActions {
  likesSummary?: { totalLikes?: number }
  commentsSummary?: { aggregatedTotalComments?: number }
}

/** Figures of a page, or of one of its posts. Rest.li's lists are not encoded. */
const readShareStatistics = async (
  { request }: ProviderContext,
  page: string,
  post?: string
): Promise<Metric[]> => {
  const only = post
    ? `&${post.includes(":ugcPost:") ? "ugcPosts" : "shares"}=List(${encodedUrn(post)})`
    : ""
  const [first] = elementsOf(
    await request<Elements<ShareStatistics>>(
      `/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity=${encodedUrn(page)}${only}`
    ),
    "figures"
  )
  const {
    impressionCount,
    uniqueImpressionsCount,
    clickCount,
    likeCount,
    commentCount,
    shareCount,
  } = first?.totalShareStatistics ?? {}
  return metricsOf({
    impressions: impressionCount,
    reach: uniqueImpressionsCount,
    clicks: clickCount,
    likes: likeCount,
    comments: commentCount,
    shares: shareCount,
  })
}

/** A post that is new has no statistics yet, but likes and comments. */
const readSocialActions = async (
  { request }: ProviderContext,
  post: string
): Promise<Metric[]> => {
  const { likesSummary, commentsSummary } = await request<SocialActions>(
    `/rest/socialActions/${encodedUrn(post)}`
  )
  return metricsOf({
    likes: likesSummary?.totalLikes,
    comments: commentsSummary?.aggregatedTotalComments,
  })
}

/** Figures of a member's posts are asked for one by one. */
const MEMBER_METRICS = {
  impressions: "IMPRESSION",
  reach: "MEMBERS_REACHED",
  likes: "REACTION",
  comments: "COMMENT",
  shares: "RESHARE",
} as const

const readMemberStatistics = async (
  { request }: ProviderContext,
  post: string
): Promise<Metric[]> => {
  const entity = `(${post.includes(":ugcPost:") ? "ugc" : "share"}:${encodedUrn(post)})`
  const values: Record<string, number | undefined> = {}
  for (const [name, queryType] of Object.entries(MEMBER_METRICS)) {
    const [first] = elementsOf(
      await request<Elements<{ count?: number }>>(
        `/rest/memberCreatorPostAnalytics?q=entity&entity=${entity}&queryType=${queryType}&aggregation=TOTAL`
      ),
      "figures"
    )
    values[name] = first?.count
  }
  return metricsOf(values)
}

/** Figures of a post; of a comment, and of a profile without access to them, there are none. */
export const fetchPostMetrics = async (
  context: ProviderContext,
  account: Destination,
  { external_id }: RemoteRef
): Promise<Metric[]> => {
  if (readCommentUrn(external_id)) {
    return []
  }
  if (!isPage(account)) {
    return asksFor(context.settings, "r_member_postAnalytics")
      ? readMemberStatistics(context, external_id)
      : []
  }
  const found = await readShareStatistics(
    context,
    account.external_id,
    external_id
  )
  return found.length ? found : readSocialActions(context, external_id)
}

/** Figures of a page in all, or how many follow a profile. */
export const fetchAccountMetrics = async (
  context: ProviderContext,
  account: Destination
): Promise<Metric[]> => {
  if (isPage(account)) {
    const sizes = await readable(
      context.request<{ firstDegreeSize?: number }>(
        `/rest/networkSizes/${encodedUrn(account.external_id)}?edgeType=COMPANY_FOLLOWED_BY_MEMBER`
      )
    )
    return [
      ...metricsOf({ followers: sizes?.firstDegreeSize }),
      ...(await readShareStatistics(context, account.external_id)),
    ]
  }
  if (!asksFor(context.settings, "r_member_profileAnalytics")) {
    return []
  }
  const [first] = elementsOf(
    await context.request<Elements<{ memberFollowersCount?: number }>>(
      "/rest/memberFollowersCount?q=me"
    ),
    "figures"
  )
  return metricsOf({ followers: first?.memberFollowersCount })
}
