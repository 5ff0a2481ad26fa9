import { isServiceError } from "../../errors/service-error"
import { metricsOf } from "../metrics"
import { stateOf } from "../post-state"
import type { Metric } from "../publication"
import type { ProviderContext, SocialProvider } from "../types"
import { fetchAccountMetrics, fetchFacts, fetchProfile } from "./account"
import { xDescription } from "./description"
import { NOT_FOUND } from "./errors"
import { limits, quotas } from "./limits"
import {
  malformedResponse,
  type Post,
  postPath,
  readPosts,
  refOf,
} from "./posts"
import { publish } from "./publish"
import { recover } from "./recover"
import { postIdIn, xSettings } from "./settings"

const readPost = async (
  context: ProviderContext,
  id: string,
  fields: readonly string[] = []
): Promise<Post> => {
  const { data } = await readPosts<{ data?: Post }>(
    context,
    postPath(id),
    fields
  )
  if (!data?.id) {
    throw malformedResponse("the post")
  }
  return data
}

const fetchPostMetrics = async (
  context: ProviderContext,
  id: string
): Promise<Metric[]> => {
  const { public_metrics = {}, non_public_metrics = {} } = await readPost(
    context,
    id,
    ["public_metrics", "non_public_metrics"]
  )
  return metricsOf({
    impressions: public_metrics.impression_count,
    likes: public_metrics.like_count,
    reposts: public_metrics.repost_count ?? public_metrics.retweet_count,
    replies: public_metrics.reply_count,
    quotes: public_metrics.quote_count,
    bookmarks: public_metrics.bookmark_count,
    // X tells these to the author alone, and for 30 days.
    link_clicks: non_public_metrics.url_link_clicks,
    profile_clicks: non_public_metrics.user_profile_clicks,
  })
}

/** Publishes on the account that a person has connected at X. */
export const xProvider: SocialProvider = {
  description: xDescription,
  verify: async (context) => {
    const { name, username } = await fetchProfile(context)
    return `The credentials belong to ${name} (@${username}).`
  },
  // With OAuth 2, the revocation endpoint ends the tokens.
  revoke: async ({ request }) => {
    await request("/1.1/oauth/invalidate_token", { method: "POST" })
  },
  fetchProfile,
  listAccounts: async (context) => {
    const { id, name, username, avatar_url, url } = await fetchProfile(context)
    return [
      { external_id: id, kind: "profile", name, username, avatar_url, url },
    ]
  },
  fetchFacts,
  limits,
  settings: xSettings,
  quotas,
  publish,
  recover,
  readPermalink: (_account, url) => (URL.canParse(url) ? postIdIn(url) : null),
  remove: async ({ request }, _account, { external_id }) => {
    await request(postPath(external_id), { method: "DELETE" }).catch(
      (error: unknown) => {
        if (!isServiceError(error) || !isGone(error)) {
          throw error
        }
      }
    )
  },
  fetchPostState: async (context, account, { external_id }) =>
    stateOf(
      readPost(context, external_id).then(
        ({ id }) => refOf(context, account, id).url
      ),
      NOT_FOUND
    ),
  fetchPostMetrics: (context, _account, { external_id }) =>
    fetchPostMetrics(context, external_id),
  fetchAccountMetrics,
}

const isGone = ({ status, code }: { status?: number; code: string }): boolean =>
  status === 404 || NOT_FOUND.includes(code)
