import { isServiceError, ServiceError } from "../../errors/service-error"
import type { LookupOption } from "../publication"
import type { ProviderContext, RemoteProfile } from "../types"
import { siteAddress, TIKTOK } from "./description"
import { SCOPE_CODES } from "./error-rules"

/** A successful response that lacks what it must have. */
export const malformed = (missing: string): ServiceError =>
  new ServiceError("transient", `${TIKTOK} answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

/** What needs a scope that the app may not have. @returns undefined without it */
export const withScope = async <T>(
  asked: Promise<T>
): Promise<T | undefined> => {
  try {
    return await asked
  } catch (error) {
    if (isServiceError(error) && SCOPE_CODES.includes(error.code)) {
      return undefined
    }
    throw error
  }
}

interface User {
  open_id?: string
  display_name?: string
  avatar_url?: string
  username?: string
  profile_deep_link?: string
  follower_count?: number
  likes_count?: number
  video_count?: number
}

/** Members of the account, which all need the scope of their own. */
export const readUser = async (
  { request }: Pick<ProviderContext, "request">,
  fields: readonly (keyof User)[]
): Promise<User> => {
  const { data } = await request<{ data?: { user?: User } }>("/v2/user/info/", {
    query: { fields: fields.join(",") },
  })
  if (!data?.user) {
    throw malformed("an account")
  }
  return data.user
}

/** The account's own number, which is another one for each app. */
export const readOpenId = async (
  context: ProviderContext
): Promise<{ open_id: string; display_name: string }> => {
  const { open_id, display_name } = await readUser(context, [
    "open_id",
    "display_name",
  ])
  if (!open_id) {
    throw malformed("the account's id")
  }
  return { open_id, display_name: display_name || open_id }
}

/** The account that the consent was given for. */
export const readProfile = async (
  context: ProviderContext
): Promise<RemoteProfile> => {
  const { open_id, display_name, avatar_url } = await readUser(context, [
    "open_id",
    "avatar_url",
    "display_name",
  ])
  if (!open_id) {
    throw malformed("the account's id")
  }
  const profile = await withScope(readUser(context, ["username"]))
  const stats = await withScope(readUser(context, ["follower_count"]))
  const username = profile?.username || null
  return {
    id: open_id,
    name: display_name || username || open_id,
    username,
    avatar_url: avatar_url || null,
    url: username && `${siteAddress(context.settings)}/@${username}`,
    followers: stats?.follower_count ?? null,
  }
}

/** What TikTok lets the account's next post have, which has to be asked before each. */
export interface Creator {
  creator_username?: string
  creator_nickname?: string
  privacy_level_options: string[]
  comment_disabled?: boolean
  duet_disabled?: boolean
  stitch_disabled?: boolean
  /** In s. */
  max_video_post_duration_sec?: number
}

/**
 * Asks what the account's next post may have.
 *
 * @throws {ServiceError} also where the account may not post for now
 */
export const readCreator = async ({
  request,
}: Pick<ProviderContext, "request">): Promise<Creator> => {
  const { data } = await request<{ data?: Partial<Creator> }>(
    "/v2/post/publish/creator_info/query/",
    { method: "POST", json: {} }
  )
  if (!Array.isArray(data?.privacy_level_options)) {
    throw malformed("the account's privacy options")
  }
  return { ...data, privacy_level_options: data.privacy_level_options }
}

export const PRIVACY_LEVELS = [
  "PUBLIC_TO_EVERYONE",
  "FOLLOWER_OF_CREATOR",
  "MUTUAL_FOLLOW_FRIENDS",
  "SELF_ONLY",
] as const

const PRIVACY_LABELS: Readonly<Record<string, string>> = {
  PUBLIC_TO_EVERYONE: "Everyone",
  FOLLOWER_OF_CREATOR: "Followers",
  MUTUAL_FOLLOW_FRIENDS: "Friends (followers that you follow back)",
  SELF_ONLY: "Only you",
}

/** Who can see a post, as far as the account offers it now. */
export const listPrivacyLevels = async (
  context: ProviderContext
): Promise<LookupOption[]> =>
  (await readCreator(context)).privacy_level_options.map((value) => ({
    value,
    label: PRIVACY_LABELS[value] ?? value,
  }))
