import { isServiceError } from "../../errors/service-error"
import type { LostCall, Recovery } from "../publication"
import type { ProviderContext } from "../types"
import { encodedUrn, type ReadList, readList } from "./restli"

/** A post of LinkedIn's, as far as it is read. */
export interface Post {
  id?: string
  commentary?: string
  /** In ms since the epoch. */
  createdAt?: number
  lifecycleState?: string
  content?: {
    media?: { id?: string }
    multiImage?: { images?: { id?: string }[] }
    article?: { source?: string }
    poll?: { question?: string }
  }
  /** The post that it shares. */
  reshareContext?: { parent?: string }
}

/**
 * The posts of an account that were made after a moment, the newest first.
 *
 * @param since - in ms since the epoch
 * @returns null where LinkedIn does not let the platform read them, as it is with
 * profiles: `r_member_social` is given to few
 */
export const listPosts = async (
  context: ProviderContext,
  author: string,
  since: number
): Promise<ReadList<Post> | null> => {
  const isNew = ({ createdAt = 0 }: Post) => createdAt > since
  const list = await readable(
    readList<Post>(context, "/rest/posts", {
      missing: "a list of posts",
      query: { q: "author", author, sortBy: "CREATED" },
      headers: { "x-restli-method": "FINDER" },
      isEnough: (page) => !page.every(isNew),
    })
  )
  return list && { ...list, elements: list.elements.filter(isNew) }
}

/** @returns null where LinkedIn does not let the platform read it */
export const readPost = async (
  { request }: ProviderContext,
  urn: string
): Promise<Post | "gone" | null> =>
  readable(
    request<Post>(`/rest/posts/${encodedUrn(urn)}`).catch((error: unknown) => {
      if (isServiceError(error) && [404, 410].includes(error.status ?? 0)) {
        return "gone" as const
      }
      throw error
    })
  )

/** What was read; null for what may not be. */
export const readable = async <T>(reading: Promise<T>): Promise<T | null> => {
  try {
    return await reading
  } catch (error) {
    if (isServiceError(error) && error.errorClass === "permission") {
      return null
    }
    throw error
  }
}

/** Clocks differ, in ms. */
const CLOCK_SKEW_MS = 60_000

/** How long something may take until it is listed, in ms. */
const LISTED_WITHIN_MS = 2 * 60_000

/** What is older was not made by a lost call, in ms since the epoch. */
export const sentAfter = ({ armed_at }: Pick<LostCall, "armed_at">): number =>
  armed_at.getTime() - CLOCK_SKEW_MS

/** What is not listed may still appear for a while; afterwards it is not there. */
export const notFound = ({ armed_at }: Pick<LostCall, "armed_at">): Recovery =>
  Date.now() - armed_at.getTime() < LISTED_WITHIN_MS
    ? { outcome: "ask_again", at: new Date(Date.now() + 20_000) }
    : { outcome: "not_published", because: "listing" }
