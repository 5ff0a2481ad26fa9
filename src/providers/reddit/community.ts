import { isServiceError, ServiceError } from "../../errors/service-error"
import type {
  Community,
  CommunityDemands,
} from "../../shared/post-rules/limits"
import type { LookupOption } from "../publication"
import type { ProviderContext } from "../types"
import { communityName, isCommunityName, shownName } from "./settings"
import { malformedResponse } from "./things"

/** What Reddit says of a community, as far as it decides about posts (`GET /r/{name}/about`). */
interface About {
  display_name?: string
  title?: string
  subscribers?: number
  over18?: boolean
  subreddit_type?: string
  restrict_posting?: boolean
  submission_type?: string | null
  allow_images?: boolean
  allow_videos?: boolean
  allow_galleries?: boolean
  user_is_banned?: boolean
  user_is_muted?: boolean
  user_is_contributor?: boolean
  user_is_moderator?: boolean
}

const CLOSED_TYPES = ["private", "restricted", "archived", "gold_restricted"]

/** Why an account cannot post in a community. */
const closedOf = (name: string, about: About): Community["closed"] => {
  if (about.user_is_banned) {
    return {
      code: "banned_from_community",
      message: `${name} has banned this account. Write to its moderators, or choose another community.`,
    }
  }
  const isClosed =
    CLOSED_TYPES.includes(about.subreddit_type ?? "") &&
    about.restrict_posting !== false &&
    !about.user_is_contributor &&
    !about.user_is_moderator
  return isClosed
    ? {
        code: "closed_community",
        message: `Only accounts that its moderators have approved may post in ${name}. Ask them, or choose another community.`,
      }
    : null
}

/** What only some may ask, or some communities do not have. */
const orNothing =
  <T>(nothing: T) =>
  (error: unknown): T => {
    if (
      isServiceError(error) &&
      [400, 403, 404].includes(error.status ?? 0) &&
      error.errorClass !== "permission"
    ) {
      return nothing
    }
    throw error
  }

/** A label that a community has for posts. */
export type Flair = {
  readonly id: string
  readonly text: string
  readonly text_editable: boolean
}

/** The flairs that the account may choose in a community; none where it may not. */
export const readFlairs = async (
  { request }: ProviderContext,
  name: string
): Promise<Flair[]> => {
  const flairs = await request<
    {
      id?: string
      text?: string
      text_editable?: boolean
      mod_only?: boolean
    }[]
  >(`/r/${encodeURIComponent(name)}/api/link_flair_v2`, {
    query: { raw_json: 1 },
  }).catch(orNothing([]))
  return (Array.isArray(flairs) ? flairs : []).flatMap(
    ({ id, text = "", text_editable = false, mod_only }) =>
      id && !mod_only ? [{ id, text, text_editable }] : []
  )
}

/**
 * Reads a community and what its moderators demand of posts.
 *
 * @param name - as the API has it
 * @param on_headers - told how much more Reddit takes
 * @throws {ServiceError} for one that does not exist, or lets nobody look
 */
export const readCommunity = async (
  context: ProviderContext,
  name: string,
  on_headers?: (headers: Headers) => void
): Promise<Community> => {
  const { request } = context
  const { data } = await request<{ data?: About }>(
    `/r/${encodeURIComponent(name)}/about`,
    { query: { raw_json: 1 } }
  ).catch((error: unknown) => {
    // For a name that is free, Reddit has nothing but the status.
    throw isServiceError(error) && error.status === 404
      ? new ServiceError(
          "content_rejected",
          `There is no ${shownName(name)}. Choose another community.`,
          { code: "no_community", status: 404 }
        )
      : error
  })
  if (!data?.display_name) {
    throw malformedResponse(`the community ${shownName(name)}`)
  }
  const demands = await request<CommunityDemands>(
    `/api/v1/${encodeURIComponent(name)}/post_requirements`,
    { query: { raw_json: 1 }, on_headers }
  ).catch(orNothing<CommunityDemands>({}))
  const shown = shownName(data.display_name)
  return {
    name: shown,
    closed: closedOf(shown, data),
    takes: data.submission_type ?? "any",
    images: data.allow_images !== false,
    galleries: data.allow_galleries !== false,
    videos: data.allow_videos !== false,
    flairs: await readFlairs(context, name),
    demands,
  }
}

/**
 * What a chosen community demands of posts, for who writes one.
 *
 * @returns nothing where none is chosen
 */
export const communityFacts = async (
  context: ProviderContext,
  subreddit: unknown
): Promise<{ community?: Community }> => {
  if (typeof subreddit !== "string" || !isCommunityName(subreddit)) {
    return {}
  }
  const name = communityName(subreddit)
  const community = await readCommunity(context, name).catch(
    (error: unknown): Community => {
      const isRefusal =
        isServiceError(error) &&
        ["content_rejected", "account_restricted"].includes(error.errorClass)
      if (!isRefusal) {
        throw error
      }
      const { code, message } = error
      return { ...UNKNOWN, name: shownName(name), closed: { code, message } }
    }
  )
  return { community }
}

const UNKNOWN = {
  takes: "any",
  images: true,
  galleries: true,
  videos: true,
  flairs: [],
  demands: {},
}

const optionOf = ({
  display_name = "",
  title,
  subscribers,
  over18,
}: About): LookupOption => {
  const hints = [
    /^u_/i.test(display_name) ? "your profile" : title,
    subscribers
      ? `${subscribers.toLocaleString("en")} ${subscribers === 1 ? "member" : "members"}`
      : null,
    over18 ? "NSFW" : null,
  ].filter(Boolean)
  return {
    value: communityName(display_name),
    label: shownName(display_name),
    ...(hints.length && { hint: hints.join(", ") }),
  }
}

type Communities = { data?: { children?: { data?: About }[] } }

const optionsOf = ({ data }: Communities): LookupOption[] =>
  (data?.children ?? []).flatMap((child) =>
    child.data?.display_name ? [optionOf(child.data)] : []
  )

/**
 * Where the account can post: its own profile, what it moderates and what it
 * has joined; with words to search for, what Reddit finds besides.
 *
 * @param username - the account's
 */
export const listCommunities = async (
  { request }: ProviderContext,
  username: string,
  search: string
): Promise<LookupOption[]> => {
  const list = (address: string, query: Record<string, string | number> = {}) =>
    request<Communities>(address, {
      query: { limit: 100, raw_json: 1, ...query },
    }).then(optionsOf)
  const words = search.trim().replace(/^\/?r\//i, "")
  const own = [
    optionOf({ display_name: `u_${username}` }),
    ...(await list("/subreddits/mine/moderator")),
    ...(await list("/subreddits/mine/subscriber")),
  ].filter(({ label, hint = "" }) =>
    `${label} ${hint}`.toLowerCase().includes(words.toLowerCase())
  )
  const found = words
    ? await list("/subreddits/search", { q: words, limit: 25 })
    : []
  const all = [...own, ...found]
  return all.filter(
    ({ value }, index) =>
      all.findIndex(
        (other) => other.value.toLowerCase() === value.toLowerCase()
      ) === index
  )
}

/** The flairs of the community that is chosen, for the form. */
export const listFlairs = async (
  context: ProviderContext,
  subreddit: unknown
): Promise<LookupOption[]> => {
  if (typeof subreddit !== "string" || !subreddit.trim()) {
    return []
  }
  const flairs = await readFlairs(context, communityName(subreddit))
  return flairs.map(({ id, text, text_editable }) => ({
    value: id,
    label: text || "(no text)",
    ...(text_editable && { hint: "its text can be changed" }),
  }))
}
