import type { Metric } from "../../publication"
import type { ProviderContext, SocialProvider } from "../../types"
import { withUsual } from "../../usual"
import { META_CALLBACKS } from "../callbacks"
import { graphOf, malformed } from "../graph"
import { readMetrics } from "../metrics"
import { readQuota } from "../quota"
import { removeWith } from "../remove"
import {
  exchangeFirstToken,
  exchangeLongLivedToken,
  requireScopes,
  type TokenExchange,
} from "../tokens"
import { originOf } from "../graph"
import { THREADS, THREADS_HOST, threadsDescription, USUAL } from "./description"
import { POST_QUOTA, publish, recover } from "./publish"
import { limits, threadsSettings } from "./settings"

interface ThreadsUser {
  id?: string
  username?: string
  name?: string
  threads_profile_picture_url?: string
}

const exchangeOf = ({ settings }: ProviderContext): TokenExchange => ({
  service: THREADS,
  origin: originOf(THREADS_HOST, settings),
  prefix: "th",
})

const readUser = async (context: ProviderContext) => {
  const { id, username, name, threads_profile_picture_url } = await graphOf(
    context
  ).get<ThreadsUser>("/me", {
    fields: "id,username,name,threads_profile_picture_url",
  })
  if (!id || !username) {
    throw malformed(THREADS, "a profile")
  }
  return {
    id,
    name: name || username,
    username,
    avatar_url: threads_profile_picture_url ?? null,
    url: `https://www.threads.com/@${encodeURIComponent(username)}`,
  }
}

/** Publishes to the profile that a person has connected. */
export const threadsProvider: SocialProvider = {
  description: threadsDescription,
  callbacks: META_CALLBACKS,
  extendGrant: async (context, granted) => {
    requireScopes(
      THREADS,
      ["threads_basic", "threads_content_publish"],
      granted.scopes
    )
    return exchangeFirstToken(context, exchangeOf(context))
  },
  refreshTokens: (context) =>
    exchangeLongLivedToken(context, exchangeOf(context)),
  verify: async (context) => {
    const { name, username } = await readUser(context)
    return `The credentials belong to ${name} (@${username}).`
  },
  fetchProfile: async (context) => ({
    ...(await readUser(context)),
    followers: null,
  }),
  listAccounts: async (context) => {
    const { id, ...account } = await readUser(context)
    return [{ external_id: id, kind: "profile", ...account }]
  },
  fetchFacts: async (context, { external_id }) => {
    const quota = await readQuota(graphOf(context), external_id, POST_QUOTA)
    return {
      ...withUsual(context.settings, USUAL),
      ...(quota && { quota_used: quota.used, quota_total: quota.total }),
    }
  },
  limits,
  settings: threadsSettings,
  quotas: ({ facts }) => [
    {
      label: "posts a day",
      count: Number(facts.quota_total) || 250,
      window_seconds: 86_400,
    },
  ],
  publish,
  recover,
  remove: removeWith(graphOf),
  fetchPostMetrics: (context, _account, { external_id }): Promise<Metric[]> =>
    readMetrics(graphOf(context), `/${external_id}/insights`, {
      metric: "views,likes,replies,reposts,quotes,shares",
    }),
  fetchAccountMetrics: (context, { external_id }) =>
    readMetrics(graphOf(context), `/${external_id}/threads_insights`, {
      metric: "views,likes,replies,reposts,quotes,followers_count",
    }),
}
