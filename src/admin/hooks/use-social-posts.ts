import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query"
import { sdk } from "../lib/sdk"
import type { ListQuery, Paginated } from "../../shared/api-types"
import type { PostInput, SocialPost } from "../../shared/post-types"
import { postKeys } from "./query-keys"

type PostResponse = { social_post: SocialPost }
type PostsResponse = Paginated & { social_posts: SocialPost[] }

/** Marks publish mutations, so that any page can see that one is under way. */
export const publishKey = ["social_posts", "publish"]

const PUBLISHING_POLL_MS = 2_000
const WAITING_POLL_MS = 10_000

const postPath = (id: string, action = "") =>
  `/admin/social-posts/${encodeURIComponent(id)}${action}`

/**
 * A page of the post list.
 *
 * @param query filters, search, order, limit and offset
 * @returns the query; the previous page stays visible while the next one loads
 */
export const useSocialPosts = (query: ListQuery) =>
  useQuery({
    queryKey: postKeys.list(query),
    queryFn: () =>
      sdk.client.fetch<PostsResponse>("/admin/social-posts", { query }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  })

/**
 * One post with its publications; asked for again while something is under way.
 *
 * @param id the post's id
 * @param options `isPublishing`: a publish was sent and has not been answered
 * @returns the query
 */
export const useSocialPost = (
  id: string,
  { isPublishing = false }: { isPublishing?: boolean } = {}
) =>
  useQuery({
    queryKey: postKeys.detail(id),
    queryFn: () => sdk.client.fetch<PostResponse>(postPath(id)),
    refetchInterval: ({ state }) =>
      isPublishing ? PUBLISHING_POLL_MS : pollInterval(state.data?.social_post),
    staleTime: 0,
  })

/**
 * How soon to look at a post again.
 *
 * @param post the post as it was last seen
 * @returns milliseconds, or `false` where nothing changes by itself
 */
export const pollInterval = (post: SocialPost | undefined): number | false => {
  if (!post) {
    return false
  }
  const isPublishing =
    post.status === "publishing" ||
    post.publications.some(({ state }) =>
      ["publishing", "waiting"].includes(state)
    )
  if (isPublishing) {
    return PUBLISHING_POLL_MS
  }
  const isWaiting =
    post.status === "scheduled" ||
    post.publications.some(
      ({ state, next_attempt_at }) => state === "pending" && next_attempt_at
    )
  return isWaiting ? WAITING_POLL_MS : false
}

const useRefreshPosts = () => {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: postKeys.all })
}

/**
 * Creates a post: a draft, or a scheduled one where a time is given.
 *
 * @returns the mutation
 */
export const useCreateSocialPost = () => {
  const refresh = useRefreshPosts()
  return useMutation({
    mutationFn: (body: PostInput) =>
      sdk.client.fetch<PostResponse>("/admin/social-posts", {
        method: "POST",
        body,
      }),
    onSuccess: refresh,
  })
}

/**
 * Updates a post.
 *
 * @param id the post's id
 * @returns the mutation
 */
export const useUpdateSocialPost = (id: string) => {
  const refresh = useRefreshPosts()
  return useMutation({
    mutationFn: (body: Partial<PostInput>) =>
      sdk.client.fetch<PostResponse>(postPath(id), { method: "POST", body }),
    onSuccess: refresh,
  })
}

/**
 * Deletes a post.
 *
 * @param id the post's id
 * @returns the mutation
 */
export const useDeleteSocialPost = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () =>
      sdk.client.fetch<{ id: string; deleted: boolean }>(postPath(id), {
        method: "DELETE",
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: postKeys.lists }),
  })
}

/** How long a page waits for the outcome of a publish, in ms; after that the post's page follows it. */
const PATIENCE_MS = 30_000

const FOLLOW_MS = 500

/** Whether workers are at a post. */
const isMoving = ({ status, publications }: SocialPost): boolean =>
  publications.some(
    ({ state, next_attempt_at }) =>
      state === "publishing" ||
      (["pending", "waiting", "unknown"].includes(state) &&
        next_attempt_at !== null &&
        Date.parse(next_attempt_at) <= Date.now())
  ) ||
  (status === "publishing" &&
    publications.every(
      ({ state, next_attempt_at }) =>
        !["pending", "waiting"].includes(state) && !next_attempt_at
    ))

/** Follows a post that the server has taken on until there is news for a person. */
const follow = async ({ social_post }: PostResponse): Promise<PostResponse> => {
  const end = Date.now() + PATIENCE_MS
  let post = social_post
  while (isMoving(post) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS))
    const response = await sdk.client.fetch<PostResponse>(postPath(post.id))
    post = response.social_post
  }
  return { social_post: post }
}

/**
 * Publishes a post now; resolves once every account's outcome is known, or when
 * it takes long.
 *
 * @param options what to do with the outcome, also after the page has changed
 * @returns a mutation that takes the post's id
 */
export const usePublishSocialPost = (options: {
  onSuccess: (post: SocialPost) => void
  onError: (error: Error) => void
}) => {
  const refresh = useRefreshPosts()
  return useMutation({
    mutationKey: publishKey,
    mutationFn: async (id: string) =>
      follow(
        await sdk.client.fetch<PostResponse>(postPath(id, "/publish"), {
          method: "POST",
          body: {},
        })
      ),
    onSuccess: ({ social_post }) => options.onSuccess(social_post),
    onError: options.onError,
    onSettled: refresh,
  })
}

/**
 * Publishes what failed again, after asking the service about unknown outcomes.
 *
 * @param id the post's id
 * @returns the mutation
 */
export const useRetrySocialPost = (id: string) => {
  const refresh = useRefreshPosts()
  return useMutation({
    mutationFn: async () =>
      follow(
        await sdk.client.fetch<PostResponse>(postPath(id, "/retry"), {
          method: "POST",
          body: {},
        })
      ),
    onSettled: refresh,
  })
}

/**
 * Records what a person found out about a publication of unknown outcome.
 *
 * @param postId the post's id
 * @param publicationId the publication's id
 * @returns the mutation
 */
export const useResolvePublication = (
  postId: string,
  publicationId: string
) => {
  const refresh = useRefreshPosts()
  return useMutation({
    mutationFn: (body: {
      outcome: "published" | "not_published"
      /** From 0. */
      part?: number
      external_url?: string
    }) =>
      sdk.client.fetch<PostResponse>(
        postPath(
          postId,
          `/publications/${encodeURIComponent(publicationId)}/resolve`
        ),
        { method: "POST", body }
      ),
    onSettled: refresh,
  })
}
