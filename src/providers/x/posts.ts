import { isServiceError, ServiceError } from "../../errors/service-error"
import type { Destination, RemoteRef } from "../publication"
import type { ProviderContext } from "../types"
import { webOf } from "./description"

interface UrlEntity {
  /** As X has shortened it: `https://t.co/…`. */
  url?: string
  expanded_url?: string
}

interface LongText {
  text?: string
  entities?: { urls?: UrlEntity[] | null }
}

interface PostMetrics {
  like_count?: number
  reply_count?: number
  repost_count?: number
  retweet_count?: number
  quote_count?: number
  bookmark_count?: number
  impression_count?: number
}

/** A post of X's, as far as it is read. */
export interface Post extends LongText {
  id: string
  created_at?: string
  /** The id of the thread's first post; its own where it answers none. */
  conversation_id?: string
  attachments?: { media_keys?: string[] | null }
  /** The whole text of a long post, under its new name and its old one. */
  note_post?: LongText
  note_tweet?: LongText
  public_metrics?: PostMetrics
  non_public_metrics?: {
    url_link_clicks?: number
    user_profile_clicks?: number
  }
}

/** A successful response that lacks what it must have. */
export const malformedResponse = (missing: string): ServiceError =>
  new ServiceError("transient", `X answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

export const postPath = (id: string): string =>
  `/2/tweets/${encodeURIComponent(id)}`

export const refOf = (
  { settings }: Pick<ProviderContext, "settings">,
  { username }: Pick<Destination, "username">,
  id: string | undefined
): RemoteRef => {
  if (!id) {
    throw malformedResponse("the id of the post")
  }
  // X leads from `/i/` to the author.
  return {
    external_id: id,
    url: `${webOf(settings)}/${username ?? "i"}/status/${id}`,
  }
}

/**
 * What X's description of its API calls the fields of a post since August 2026,
 * and what its guides call them.
 */
const NAMES = [
  { parameter: "post.fields", note_post: "note_post" },
  { parameter: "tweet.fields", note_post: "note_tweet" },
]

/** Every post has it that comes with what was asked for. */
const PROOF = "created_at"

/**
 * Reads posts with some of their fields.
 *
 * @param path - of a post, or of a list of posts
 * @param fields - by their names of August 2026
 * @throws {ServiceError} `transient` where X leaves the fields out under either name
 */
export const readPosts = async <T extends { data?: Post | Post[] }>(
  { request }: ProviderContext,
  path: string,
  fields: readonly string[],
  query: Readonly<Record<string, string | number | undefined>> = {}
): Promise<T> => {
  for (const { parameter, note_post } of NAMES) {
    const named = [PROOF, ...fields].join(",").replace("note_post", note_post)
    const page = await request<T>(path, {
      query: { ...query, [parameter]: named },
    }).catch((error: unknown) => {
      // X refuses a parameter that it does not know.
      if (isServiceError(error) && error.message.includes(parameter)) {
        return null
      }
      throw error
    })
    if (page && [page.data ?? []].flat().every((post) => post[PROOF])) {
      return page
    }
  }
  throw malformedResponse("the fields of a post")
}

const ENTITIES: Record<string, string> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
}

/** X shows files and a quoted post as an address in the text, too. */
const ADDED = /(?:x|twitter)\.com\/\w+\/status\/\d+/i

const fullTextOf = (post: Post): string => {
  const { text = "", entities } = post.note_post ?? post.note_tweet ?? post
  const expanded = (entities?.urls ?? []).reduce(
    (whole, { url, expanded_url }) =>
      url && expanded_url ? whole.replaceAll(url, () => expanded_url) : whole,
    text
  )
  return expanded.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity])
}

/** The words of a text, without what X may change: spaces, schemes, added addresses. */
const essenceOf = (text: string): string =>
  text
    .normalize("NFC")
    .split(/[\s\u200b\ufeff]+/)
    .filter((word) => !ADDED.test(word))
    .map((word) => word.replace(/https?:\/\//gi, "").replace(/\/$/, ""))
    .join("")

/** Whether a post shows just this text. */
export const showsText = (post: Post, text: string): boolean =>
  essenceOf(fullTextOf(post)) === essenceOf(text)
