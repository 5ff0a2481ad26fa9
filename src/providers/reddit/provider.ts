import { ServiceError } from "../../errors/service-error"
import type { Metric, PostState } from "../publication"
import type { ProviderContext, RemoteProfile, SocialProvider } from "../types"
import { withUsual } from "../usual"
import { communityFacts, listCommunities, listFlairs } from "./community"
import { redditDescription, siteAddress } from "./description"
import { limits, USUAL } from "./limits"
import { publish } from "./publish"
import { recover } from "./recover"
import { redditSettings } from "./settings"
import { malformedResponse, readThing, refOf, type Thing } from "./things"

/** Whose token it is (`GET /api/v1/me`). */
interface Me {
  id?: string
  name?: string
  icon_img?: string
  is_suspended?: boolean
  total_karma?: number
  subreddit?: { title?: string; subscribers?: number } | null
}

const readMe = async ({
  request,
}: ProviderContext): Promise<Me & { id: string; name: string }> => {
  const me = await request<Me>("/api/v1/me", { query: { raw_json: 1 } })
  const { id, name } = me
  if (!id || !name) {
    throw malformedResponse("an account")
  }
  if (me.is_suspended) {
    throw new ServiceError(
      "account_restricted",
      `Reddit has suspended u/${name}. Log in there to see why.`,
      { code: "suspended" }
    )
  }
  return { ...me, id, name }
}

const profileOf = (
  { id, name, icon_img, subreddit }: Me & { id: string; name: string },
  { settings }: ProviderContext
): RemoteProfile => ({
  id: `t2_${id}`,
  name: `u/${name}`,
  username: name,
  avatar_url: icon_img?.split("?")[0] || null,
  url: siteAddress(settings, `/user/${name}`),
  followers: subreddit?.subscribers ?? null,
})

/** The figures that are there. */
const metrics = (
  values: Readonly<Record<string, number | undefined>>
): Metric[] =>
  Object.entries(values).flatMap(([name, value]) =>
    typeof value === "number" && Number.isFinite(value) ? [{ name, value }] : []
  )

/** Who has taken a post down (`removed_by_category`), for the merchant. */
const REMOVED_BY: Record<string, string> = {
  moderator: "The community's moderators have removed it.",
  automod_filtered:
    "The community's AutoModerator holds it back until a moderator has looked at it.",
  reddit: "Reddit's filters have removed it as spam.",
  anti_evil_ops: "Reddit has removed it: it is against Reddit's rules.",
  community_ops: "Reddit has removed it: it is against Reddit's rules.",
  legal_operations: "Reddit has removed it for a legal reason.",
  copyright_takedown: "Reddit has removed it: somebody claims its copyright.",
  content_takedown: "Reddit has removed it: it is against Reddit's rules.",
}

const stateOf = (context: ProviderContext, thing?: Thing): PostState => {
  const { removed_by_category: by, author, body } = thing ?? {}
  if (
    !thing ||
    author === "[deleted]" ||
    ["author", "deleted", "user"].includes(by ?? "")
  ) {
    return { state: "gone" }
  }
  if (by || body === "[removed]") {
    return {
      state: "rejected",
      reason: REMOVED_BY[by ?? "moderator"] ?? "It was removed at Reddit.",
    }
  }
  return { state: "public", url: refOf(context.settings, thing).url }
}

/** Where a post or one of its comments is, as people copy it. */
const PERMALINK = /\/comments\/([a-z0-9]+)(?:\/[^/?#]*(?:\/([a-z0-9]+))?)?/i
const SHORT_LINK = /^https?:\/\/redd\.it\/([a-z0-9]+)/i

const idIn = (url: string): string | null => {
  const [, post, comment] = PERMALINK.exec(url) ?? SHORT_LINK.exec(url) ?? []
  if (comment) {
    return `t1_${comment.toLowerCase()}`
  }
  return post ? `t3_${post.toLowerCase()}` : null
}

/** Publishes with the account that a person has connected, wherever it may post. */
export const redditProvider: SocialProvider = {
  description: redditDescription,
  verify: async (context) => {
    const { name } = await readMe(context)
    return `The credentials belong to u/${name}.`
  },
  fetchProfile: async (context) => profileOf(await readMe(context), context),
  listAccounts: async (context) => {
    const { id, name, username, avatar_url, url } = profileOf(
      await readMe(context),
      context
    )
    return [
      { external_id: id, kind: "profile", name, username, avatar_url, url },
    ]
  },
  limits,
  fetchFacts: async ({ settings }) => withUsual(settings, USUAL),
  choice_facts: {
    depends_on: ["subreddit"],
    ttl_seconds: 300,
    run: (context, _account, { subreddit }) =>
      communityFacts(context, subreddit),
  },
  settings: redditSettings,
  lookups: {
    subreddits: {
      label: "Communities",
      search: true,
      ttl_seconds: 300,
      run: (context, { username, name }, query) =>
        listCommunities(context, username ?? name, query),
    },
    flairs: {
      label: "Flairs",
      search: false,
      ttl_seconds: 300,
      depends_on: ["subreddit"],
      run: (context, _account, _query, chosen) =>
        listFlairs(context, chosen?.subreddit),
    },
  },
  publish,
  recover,
  readPermalink: (_account, url) => idIn(url),
  // Reddit says nothing of what is not there.
  remove: async ({ request }, _account, { external_id }) => {
    await request("/api/del", {
      method: "POST",
      body: new URLSearchParams({ id: external_id }),
    })
  },
  fetchPostState: async (context, _account, { external_id }) =>
    stateOf(context, await readThing(context, external_id)),
  fetchPostMetrics: async (context, _account, { external_id }) => {
    const thing = await readThing(context, external_id)
    return metrics({
      score: thing?.score,
      comments: thing?.num_comments,
      upvote_ratio: thing?.upvote_ratio,
    })
  },
  fetchAccountMetrics: async (context) => {
    const { total_karma, subreddit } = await readMe(context)
    return metrics({
      karma: total_karma,
      followers: subreddit?.subscribers,
    })
  },
}
