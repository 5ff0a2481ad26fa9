import { ServiceError } from "../../errors/service-error"
import { metricsOf } from "../metrics"
import type { AccountFacts } from "../publication"
import type { ProviderContext, RemoteProfile, SocialProvider } from "../types"
import { withUsual } from "../usual"
import { blueskyDescription } from "./description"
import { discover } from "./discovery"
import { blueskyLimits, USUAL } from "./limits"
import { fetchPostState, publish, recover } from "./publish"
import { POSTS, rkeyOf, uriOf } from "./records"
import { fetchSession, malformed, refreshTokens, revoke } from "./session"
import { blueskySettings } from "./settings"
import { fetchUploadLimits } from "./video"

/** Lexicon `app.bsky.actor.defs#profileViewDetailed`. */
interface Profile {
  did?: string
  handle: string
  displayName?: string
  avatar?: string
  followersCount?: number
  followsCount?: number
  postsCount?: number
}

const fetchActor = async (
  { request }: ProviderContext,
  actor: string
): Promise<Profile & { did: string }> => {
  const profile = await request<Profile>("/xrpc/app.bsky.actor.getProfile", {
    query: { actor },
  })
  if (!profile.did) {
    throw malformed("a profile")
  }
  return { ...profile, did: profile.did }
}

const fetchProfile = async (
  context: ProviderContext
): Promise<RemoteProfile> => {
  const { did } = await fetchSession(context)
  const { handle, displayName, avatar, followersCount } = await fetchActor(
    context,
    did
  )
  return {
    id: did,
    name: displayName || handle,
    username: handle,
    avatar_url: avatar ?? null,
    url: `https://bsky.app/profile/${did}`,
    followers: followersCount ?? null,
  }
}

const verify = async (context: ProviderContext): Promise<string> => {
  const { handle, active, status } = await fetchSession(context)
  if (active === false) {
    throw new ServiceError(
      "account_restricted",
      `The account @${handle} is ${status ?? "not active"} at Bluesky. Log in there to see what has become of it.`,
      { code: status ?? "inactive" }
    )
  }
  return `The credentials belong to @${handle}.`
}

/** Whether the account may upload videos, and if not, why; and how large ones. */
const fetchFacts = async (context: ProviderContext): Promise<AccountFacts> => {
  const { canUpload, message, remainingDailyVideos, remainingDailyBytes } =
    await fetchUploadLimits(context)
  const isUsedUp = remainingDailyVideos === 0 || remainingDailyBytes === 0
  return {
    // A day's limit passes, and is no reason to refuse what is planned for later.
    can_upload_videos: canUpload !== false || isUsedUp,
    video_message: message ?? null,
    ...withUsual(context.settings, USUAL),
  }
}

const fetchPostMetrics: SocialProvider["fetchPostMetrics"] = async (
  { request },
  _account,
  { external_id }
) => {
  const { posts } = await request<{ posts?: Record<string, number>[] }>(
    "/xrpc/app.bsky.feed.getPosts",
    { query: { uris: external_id } }
  )
  if (!Array.isArray(posts)) {
    throw malformed("the list of posts")
  }
  const [post] = posts
  if (!post) {
    throw new ServiceError(
      "content_rejected",
      "The post is no longer at Bluesky.",
      { code: "post_not_found" }
    )
  }
  return metricsOf({
    likes: post.likeCount,
    reposts: post.repostCount,
    replies: post.replyCount,
    quotes: post.quoteCount,
  })
}

/** Bluesky, and every other server of the AT Protocol. */
export const blueskyProvider: SocialProvider = {
  description: blueskyDescription,
  verify,
  discover,
  refreshTokens,
  revoke,
  fetchProfile,
  listAccounts: async (context) => {
    const { id, name, username, avatar_url, url } = await fetchProfile(context)
    return [
      { external_id: id, kind: "profile", name, username, avatar_url, url },
    ]
  },
  fetchFacts,
  limits: blueskyLimits,
  settings: blueskySettings,
  // 5,000 points an hour and 35,000 a day; a new record costs three.
  quotas: [
    {
      label: "posts an hour",
      count: 1_666,
      window_seconds: 60 * 60,
      per: "part",
    },
    {
      label: "posts a day",
      count: 11_666,
      window_seconds: 24 * 60 * 60,
      per: "part",
    },
  ],
  publish,
  recover,
  readPermalink: ({ external_id }, url) => {
    const rkey = /\/post\/(\w+)\/?$/.exec(url)?.[1]
    return rkey ? uriOf(external_id, rkey) : null
  },
  remove: async ({ request }, account, { external_id }) => {
    await request("/xrpc/com.atproto.repo.deleteRecord", {
      method: "POST",
      // Older servers send no body.
      accept_status: [200],
      json: {
        repo: account.external_id,
        collection: POSTS,
        rkey: rkeyOf(external_id),
      },
    })
  },
  fetchPostState,
  fetchPostMetrics,
  fetchAccountMetrics: async (context, { external_id }) => {
    const { followersCount, followsCount, postsCount } = await fetchActor(
      context,
      external_id
    )
    return metricsOf({
      followers: followersCount,
      following: followsCount,
      posts: postsCount,
    })
  },
}
