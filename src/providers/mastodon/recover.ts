import type { LostCall, Recovery } from "../publication"
import type { ProviderContext } from "../types"
import { type Evidence, KEY_WINDOW_MS } from "./publish"
import { malformedResponse, refOf, showsText, type Status } from "./statuses"

/** The most that an instance lists at once. */
const PAGE = 40

/** Older posts than these are not looked at: a person decides. */
const MAX_PAGES = 5

/** Clocks differ: an instance may have dated the post a little before it was sent, in ms. */
const CLOCK_SKEW_MS = 60_000

/**
 * Looks for an armed part among the account's posts, by its files or else by
 * its text. One that is not there can be sent again as long as the instance
 * knows its key: should it be out all the same, the instance gives that post.
 * It knows the key only from when it has stored the post, so that this says
 * nothing of a request that it is still at.
 */
export const recover = async (
  { request }: ProviderContext,
  { account, armed_at, evidence }: LostCall
): Promise<Recovery> => {
  const sent = evidence as Partial<Evidence>
  const since = Date.parse(sent.first_sent_at ?? armed_at.toISOString())
  const path = `/api/v1/accounts/${encodeURIComponent(account.external_id)}/statuses`

  let oldest: Status | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const statuses = await request<Status[]>(path, {
      query: { limit: PAGE, exclude_reblogs: true, max_id: oldest?.id },
    })
    if (!Array.isArray(statuses)) {
      throw malformedResponse("a list of posts")
    }
    const recent = statuses.filter(
      ({ created_at }) => Date.parse(created_at ?? "") > since - CLOCK_SKEW_MS
    )
    const found = recent.find((status) => isSame(status, sent))
    if (found) {
      return { outcome: "published", ref: refOf(found) }
    }
    oldest = statuses.at(-1)
    if (recent.length < PAGE) {
      break
    }
  }
  return Date.now() - since < KEY_WINDOW_MS
    ? { outcome: "not_published", because: "listing" }
    : { outcome: "unknown" }
}

const isSame = (
  { content = "", in_reply_to_id = null, media_attachments = [] }: Status,
  sent: Partial<Evidence>
): boolean => {
  const { media_ids = [], text = "" } = sent
  if (media_ids.length) {
    // A file stands in one post alone.
    return media_attachments.some(({ id }) => media_ids.includes(id))
  }
  return (
    !media_attachments.length &&
    in_reply_to_id === (sent.in_reply_to_id ?? null) &&
    showsText(content, text)
  )
}
