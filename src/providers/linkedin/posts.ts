import { isServiceError } from "../../errors/service-error"
import type { LostCall, Recovery } from "../publication"
import type { ProviderContext } from "../types"
import { type Elements, elementsOf, encodedUrn } from "./restli"

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
}

/** The most that LinkedIn lists at once: more in the time of one call are none of a shop's. */
export const PAGE = 100

/**
 * The latest posts of an account.
 *
 * @returns null where LinkedIn does not let the platform read them, as it is with
 * profiles: `r_member_social` is given to few
 */
export const listPosts = async (
  { request }: ProviderContext,
  author: string
): Promise<Post[] | null> =>
  readable(
    request<Elements<Post>>("/rest/posts", {
      query: { q: "author", author, count: PAGE, sortBy: "CREATED" },
      headers: { "x-restli-method": "FINDER" },
    }).then((page) => elementsOf(page, "a list of posts"))
  )

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
