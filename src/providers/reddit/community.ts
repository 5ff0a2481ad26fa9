import { isServiceError } from "../../errors/service-error"
import type { LookupOption } from "../publication"
import type { ProviderContext } from "../types"
import { communityName, shownName } from "./settings"
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

/** `GET /api/v1/{name}/post_requirements`; what is null or empty demands nothing. */
export type Requirements = {
  readonly title_text_min_length?: number | null
  readonly title_text_max_length?: number | null
  readonly title_required_strings?: string[]
  readonly title_blacklisted_strings?: string[]
  readonly title_regexes?: string[]
  /** `required`, `notAllowed` or `none`: of text posts. */
  readonly body_restriction_policy?: string
  readonly body_text_min_length?: number | null
  readonly body_text_max_length?: number | null
  readonly body_required_strings?: string[]
  readonly body_blacklisted_strings?: string[]
  readonly body_regexes?: string[]
  /** `none`, `blacklist` or `whitelist`: which of the two lists counts. */
  readonly link_restriction_policy?: string
  readonly domain_blacklist?: string[]
  readonly domain_whitelist?: string[]
  readonly is_flair_required?: boolean
  readonly gallery_min_items?: number | null
  readonly gallery_max_items?: number | null
  /** `required`, `notAllowed` or `none`. */
  readonly gallery_captions_requirement?: string
  readonly gallery_urls_requirement?: string
  readonly guidelines_text?: string | null
}

/** What decides whether a post may go to a community. */
export type Community = {
  /** As its members write it: the case may differ from what was asked for. */
  readonly name: string
  readonly is_banned: boolean
  /** Whether it has members alone, and the account is none of them. */
  readonly is_closed: boolean
  /** `any`, `self` or `link`. */
  readonly takes: string
  readonly images: boolean
  readonly galleries: boolean
  readonly videos: boolean
  readonly requirements: Requirements
}

const CLOSED_TYPES = ["private", "restricted", "archived", "gold_restricted"]

const communityOf = (about: About, requirements: Requirements): Community => ({
  name: about.display_name ?? "",
  is_banned: about.user_is_banned === true,
  is_closed:
    CLOSED_TYPES.includes(about.subreddit_type ?? "") &&
    about.restrict_posting !== false &&
    !about.user_is_contributor &&
    !about.user_is_moderator,
  takes: about.submission_type ?? "any",
  images: about.allow_images !== false,
  galleries: about.allow_galleries !== false,
  videos: about.allow_videos !== false,
  requirements,
})

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

/**
 * Reads a community and what its moderators demand of posts.
 *
 * @param name - as the API has it
 * @param on_headers - told how much more Reddit takes
 * @throws {ServiceError} for one that does not exist, or lets nobody look
 */
export const readCommunity = async (
  { request }: ProviderContext,
  name: string,
  on_headers?: (headers: Headers) => void
): Promise<Community> => {
  const { data } = await request<{ data?: About }>(
    `/r/${encodeURIComponent(name)}/about`,
    {
      query: { raw_json: 1 },
      // For a name that is free, Reddit has nothing but the status.
      error_rules: [
        {
          status: 404,
          errorClass: "content_rejected",
          next_action: `There is no ${shownName(name)}. Choose another community.`,
        },
      ],
    }
  )
  if (!data?.display_name) {
    throw malformedResponse(`the community ${shownName(name)}`)
  }
  const requirements = await request<Requirements>(
    `/api/v1/${encodeURIComponent(name)}/post_requirements`,
    { query: { raw_json: 1 }, on_headers }
  ).catch(orNothing<Requirements>({}))
  return communityOf(data, requirements)
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
