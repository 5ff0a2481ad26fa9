import type { LostCall, PublishJob, Recovery, RemoteRef } from "../publication"
import type { ProviderContext } from "../types"
import {
  malformedResponse,
  type Post,
  readPosts,
  refOf,
  showsText,
} from "./posts"

/** What `recover` needs of an armed part. */
export type Evidence = {
  /** When the part was sent for the first time, in ISO 8601. */
  first_sent_at: string
  text: string
  media_keys: string[]
  /** The id of the thread's first post; null for that itself. */
  thread: string | null
}

/** The most that X lists at once. */
const PAGE = 100

/** More posts than these are not looked through: a person decides. */
const MAX_PAGES = 3

/** Clocks differ: X may have dated the post a little before it was sent, in ms. */
const CLOCK_SKEW_MS = 60_000

/** X's list is some seconds behind: when it is asked, in ms after the call. */
const LOOKS_MS = [5_000, 30_000, 120_000]

interface Page {
  data?: Post[]
  meta?: { result_count?: number; next_token?: string }
}

/** Where a job keeps that X has refused a repetition of a part. */
export const refusedName = (part: number): string => `refused again ${part}`

const FIELDS = [
  "text",
  "entities",
  "attachments",
  "conversation_id",
  "note_post",
]

/**
 * Looks for a part among the account's posts since it was first sent, by its
 * files or else by its text.
 *
 * @returns null where all posts since then are something else
 * @throws {ServiceError} `transient` where that cannot be said
 */
export const findPost = async (
  context: ProviderContext,
  { account, parts }: Pick<PublishJob, "account" | "parts">,
  sent: Evidence
): Promise<RemoteRef | null> => {
  const since = Date.parse(sent.first_sent_at) - CLOCK_SKEW_MS
  const others = parts.map(({ published }) => published?.external_id)
  let token: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const { data = [], meta } = await readPosts<Page>(
      context,
      `/2/users/${encodeURIComponent(account.external_id)}/tweets`,
      FIELDS,
      {
        max_results: PAGE,
        start_time: `${new Date(since).toISOString().slice(0, 19)}Z`,
        pagination_token: token,
      }
    )
    if (typeof meta?.result_count !== "number") {
      throw malformedResponse("a list of posts")
    }
    const found = data.find(
      (post) => !others.includes(post.id) && isSame(post, sent)
    )
    if (found) {
      return refOf(context, account, found.id)
    }
    token = meta.next_token
    if (!token) {
      return null
    }
  }
  throw malformedResponse("the end of the list of posts")
}

const isSame = (
  post: Post,
  { text, media_keys, thread }: Evidence
): boolean => {
  const keys = post.attachments?.media_keys ?? []
  if (media_keys.length) {
    // A file that was sent for one part stands in no other post.
    return keys.some((key) => media_keys.includes(key))
  }
  const isInPlace =
    !post.conversation_id || post.conversation_id === (thread ?? post.id)
  return !keys.length && isInPlace && showsText(post, text)
}

/** Finds out what became of an armed part. */
export const recover = async (
  context: ProviderContext,
  lost: LostCall
): Promise<Recovery> => {
  const { part, armed_at, evidence, kept } = lost
  const ref = await findPost(context, lost, evidence as Evidence)
  if (ref) {
    return { outcome: "published", ref }
  }
  const next = LOOKS_MS.map((after) => armed_at.getTime() + after).find(
    (at) => at > Date.now()
  )
  if (next) {
    return { outcome: "ask_again", at: new Date(next) }
  }
  return kept(refusedName(part.index))
    ? { outcome: "unknown" }
    : { outcome: "not_published", because: "listing" }
}
