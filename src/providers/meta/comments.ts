import { ServiceError } from "../../errors/service-error"
import type {
  LostCall,
  PublicationPart,
  PublishJob,
  Recovery,
} from "../publication"
import { findPublished, knownIds, type PublishedMedia } from "./find-published"
import { type Graph, type GraphFields, malformed, publishCall } from "./graph"

/*
 * Comments below a post of one's own. One call makes them, and nothing but
 * their text tells them apart.
 */

/** How long a comment may take until it is listed, in ms. */
const LISTED_WITHIN_MS = 2 * 60_000

/** In what the services differ. */
export interface CommentApi {
  service: string
  /** How their comments are listed: Meta refuses a field that a comment does not have. */
  query: GraphFields
}

interface CommentedParts {
  parts: PublishJob["parts"]
}

const postOf = ({ parts }: CommentedParts): string => {
  const id = parts[0]?.published?.external_id
  if (!id) {
    throw new ServiceError(
      "content_rejected",
      "A comment needs the post that it belongs to.",
      { code: "no_post" }
    )
  }
  return id
}

/** Publishes a part as a comment on the post before it. */
export const publishComment = async (
  { service }: CommentApi,
  graph: Graph,
  job: PublishJob,
  { index, text }: PublicationPart
): Promise<null> => {
  const post = postOf(job)
  await job.arm(index, { text, post })
  const { id } = await publishCall(() =>
    graph.post<{ id?: string }>(`/${post}/comments`, { message: text })
  )
  if (!id) {
    throw malformed(service, "the id of the comment")
  }
  await job.done(index, { external_id: id, url: null })
  return null
}

/** A comment whose response got lost; one that is not listed may still appear. */
export const recoverComment = async (
  { query }: CommentApi,
  graph: Graph,
  lost: LostCall
): Promise<Recovery> => {
  const { text } = lost.evidence as { text?: string }
  const { entries, is_whole } = await graph.all<PublishedMedia>(
    `/${postOf(lost)}/comments`,
    query
  )
  const ref = findPublished(entries, {
    text: text ?? "",
    since: lost.armed_at.getTime(),
    others: knownIds(lost.parts),
  })
  if (ref) {
    return { outcome: "published", ref }
  }
  if (Date.now() - lost.armed_at.getTime() < LISTED_WITHIN_MS) {
    return { outcome: "ask_again", at: new Date(Date.now() + 20_000) }
  }
  return is_whole
    ? { outcome: "not_published", because: "listing" }
    : { outcome: "unknown" }
}
