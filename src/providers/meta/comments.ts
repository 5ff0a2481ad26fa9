import { ServiceError } from "../../errors/service-error"
import type {
  LostCall,
  PublicationPart,
  PublishJob,
  Recovery,
} from "../publication"
import { findPublished, knownIds } from "./find-published"
import { type Graph, malformed, publishCall } from "./graph"

/*
 * Comments below a post of one's own. One call makes them, and nothing but
 * their text tells them apart.
 */

/** How long a comment may take until it is listed, in ms. */
const LISTED_WITHIN_MS = 2 * 60_000

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
  service: string,
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
  service: string,
  graph: Graph,
  lost: LostCall
): Promise<Recovery> => {
  const { text } = lost.evidence as { text?: string }
  const ref = findPublished(
    service,
    await graph.get(`/${postOf(lost)}/comments`, {
      fields: "id,text,message,timestamp,created_time",
      limit: 50,
    }),
    {
      text: text ?? "",
      since: lost.armed_at.getTime(),
      others: knownIds(lost.parts),
    }
  )
  if (ref) {
    return { outcome: "published", ref }
  }
  return Date.now() - lost.armed_at.getTime() < LISTED_WITHIN_MS
    ? { outcome: "ask_again", at: new Date(Date.now() + 20_000) }
    : { outcome: "not_published", because: "listing" }
}
