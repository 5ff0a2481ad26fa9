import { isServiceError } from "../../errors/service-error"
import { metricsOf } from "../metrics"
import type { Destination, Metric, PostState, RemoteRef } from "../publication"
import type { ProviderContext } from "../types"
import { malformed, readUser, withScope } from "./creator"
import { siteAddress } from "./description"
import {
  type PublishState,
  publishStateOf,
  type PublishStatus,
} from "./publish-state"

/** A post as TikTok shows it to the account. */
export interface Post {
  id: string
  /** In s since the epoch. */
  create_time?: number
  title?: string
  video_description?: string
  share_url?: string
  view_count?: number
  like_count?: number
  comment_count?: number
  share_count?: number
}

/** Where a post is seen; null where the account's name is not known. */
export const addressOf = (
  { settings }: Pick<ProviderContext, "settings">,
  { username }: Pick<Destination, "username">,
  kind: "video" | "photo",
  id: string
): string | null =>
  username ? `${siteAddress(settings)}/@${username}/${kind}/${id}` : null

const PERMALINK = /\/(?:video|photo)\/(\d{6,25})(?!\d)/

/** Which post an address leads to. */
export const readPermalink = (_account: Destination, url: string) =>
  PERMALINK.exec(url)?.[1] ?? null

/** Asks how far a post has come. */
export const readState = async (
  { request }: Pick<ProviderContext, "request">,
  publish_id: string
): Promise<PublishState> => {
  const { data } = await request<{ data?: PublishStatus }>(
    "/v2/post/publish/status/fetch/",
    { method: "POST", json: { publish_id } }
  )
  if (typeof data?.status !== "string") {
    throw malformed("the state of the post")
  }
  return publishStateOf(data)
}

/** The account's latest public posts. */
export const listPosts = async (
  { request }: Pick<ProviderContext, "request">,
  fields: readonly (keyof Post)[]
): Promise<Post[]> => {
  const { data } = await request<{ data?: { videos?: Post[] } }>(
    "/v2/video/list/",
    {
      method: "POST",
      query: { fields: fields.join(",") },
      json: { max_count: 20 },
    }
  )
  if (!Array.isArray(data?.videos)) {
    throw malformed("a list of posts")
  }
  return data.videos
}

/** One public post of the account's; undefined where it has none of this id. */
const findPost = async (
  { request }: Pick<ProviderContext, "request">,
  id: string,
  fields: readonly (keyof Post)[]
): Promise<Post | undefined> => {
  const { data } = await request<{ data?: { videos?: Post[] } }>(
    "/v2/video/query/",
    {
      method: "POST",
      query: { fields: fields.join(",") },
      json: { filters: { video_ids: [id] } },
    }
  )
  if (!Array.isArray(data?.videos)) {
    throw malformed("the post")
  }
  return data.videos[0]
}

/** Of a post that nobody but the account sees, TikTok tells no id. */
const isPostId = (id: string): boolean => /^\d+$/.test(id)

/** The id that TikTok has given a post meanwhile. */
const postIdOf = async (
  context: ProviderContext,
  external_id: string
): Promise<string | null> => {
  if (isPostId(external_id)) {
    return external_id
  }
  try {
    const found = await readState(context, external_id)
    return found.state === "published" ? found.post_id : null
  } catch (error) {
    // TikTok does not remember for ever how it came to a post.
    if (isServiceError(error) && error.code === "invalid_publish_id") {
      return null
    }
    throw error
  }
}

/** What has become of a post: TikTok lists what is public. */
export const fetchPostState = async (
  context: ProviderContext,
  _account: Destination,
  { external_id }: RemoteRef
): Promise<PostState> => {
  const id = await postIdOf(context, external_id)
  if (!id) {
    return { state: "public" }
  }
  const found = await withScope(
    findPost(context, id, ["id", "share_url"]).then((post) => ({ post }))
  )
  if (!found) {
    return { state: "public" }
  }
  return found.post
    ? { state: "public", url: found.post.share_url ?? null }
    : {
        state: "rejected",
        reason:
          "TikTok does not show the post any more: it was deleted, made private or taken down.",
      }
}

export const fetchPostMetrics = async (
  context: ProviderContext,
  _account: Destination,
  { external_id }: RemoteRef
): Promise<Metric[]> => {
  const id = await postIdOf(context, external_id)
  const post =
    id &&
    (await withScope(
      findPost(context, id, [
        "id",
        "view_count",
        "like_count",
        "comment_count",
        "share_count",
      ])
    ))
  return post
    ? metricsOf({
        views: post.view_count,
        likes: post.like_count,
        comments: post.comment_count,
        shares: post.share_count,
      })
    : []
}

export const fetchAccountMetrics = async (
  context: ProviderContext
): Promise<Metric[]> => {
  const user = await withScope(
    readUser(context, ["follower_count", "likes_count", "video_count"])
  )
  return metricsOf({
    followers: user?.follower_count,
    likes: user?.likes_count,
    posts: user?.video_count,
  })
}
