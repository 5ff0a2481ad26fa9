import { ServiceError } from "../../errors/service-error"
import { siteAddress } from "./description"
import type { RemoteRef } from "../publication"
import type { ProviderContext, ProviderSettings } from "../types"

/** A post (`t3`) or a comment (`t1`), as far as it is read. */
export interface Thing {
  /** With its kind: `t3_16xb01r`. */
  name?: string
  permalink?: string
  subreddit?: string
  title?: string
  author?: string
  /** Of a comment: what it answers to. */
  parent_id?: string
  body?: string
  is_self?: boolean
  url?: string
  url_overridden_by_dest?: string
  /** Of a gallery, by the ids of its files. */
  media_metadata?: Record<string, unknown> | null
  /** Unix time, in s. */
  created_utc?: number
  score?: number
  num_comments?: number
  upvote_ratio?: number
  removed_by_category?: string | null
}

interface Listing {
  data?: { children?: { data?: Thing }[] }
}

/** A successful response that lacks what it must have. */
export const malformedResponse = (missing: string): ServiceError =>
  new ServiceError("transient", `Reddit answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

/** @throws {ServiceError} `transient` for what is no list */
export const thingsOf = ({ data }: Listing): Thing[] => {
  if (!Array.isArray(data?.children)) {
    throw malformedResponse("a list")
  }
  return data.children.map((child) => child.data ?? {})
}

/** The most that Reddit lists at once. */
const PAGE = 100

/** The account's own latest posts or comments, the newest first. */
export const listOwn = async (
  { request }: ProviderContext,
  username: string,
  kind: "submitted" | "comments"
): Promise<Thing[]> =>
  thingsOf(
    await request<Listing>(`/user/${encodeURIComponent(username)}/${kind}`, {
      query: { sort: "new", limit: PAGE, raw_json: 1 },
    })
  )

/** A post or comment by its id; undefined where Reddit has none. */
export const readThing = async (
  { request }: ProviderContext,
  id: string
): Promise<Thing | undefined> => {
  const [thing] = thingsOf(
    await request<Listing>("/api/info", { query: { id, raw_json: 1 } })
  )
  return thing
}

export const refOf = (
  settings: ProviderSettings,
  { name, permalink }: Thing
): RemoteRef => {
  if (!name) {
    throw malformedResponse("the id of the post")
  }
  return {
    external_id: name,
    url: permalink ? siteAddress(settings, permalink) : null,
  }
}
