import { ServiceError } from "../../errors/service-error"
import type {
  LostCall,
  PublicationPart,
  PublishJob,
  Recovery,
} from "../publication"
import type { ProviderContext } from "../types"
import { encodedUrn, malformedResponse, readList, refOf } from "./restli"
import { withoutMentions } from "./little-text"
import { notFound, readable, sentAfter } from "./posts"

interface Comment {
  id?: string
  commentUrn?: string
  /** What it stands under. */
  object?: string
  actor?: string
  message?: { text?: string }
  created?: { time?: number }
}

const commentsOf = ({ parts }: Pick<PublishJob, "parts">): string => {
  const post = parts[0].published?.external_id
  if (!post) {
    throw new ServiceError(
      "content_rejected",
      "A comment needs the post that it belongs to.",
      { code: "no_post" }
    )
  }
  return `/rest/socialActions/${encodedUrn(post)}/comments`
}

const urnOf = ({ commentUrn, object, id }: Comment): string => {
  if (!commentUrn && !(object && id)) {
    throw malformedResponse("the URN of the comment")
  }
  return commentUrn ?? `urn:li:comment:(${object},${id})`
}

/** Publishes a part as a comment below the post. */
export const publishComment = async (
  { request, settings }: ProviderContext,
  job: PublishJob,
  { index, text }: PublicationPart
): Promise<null> => {
  const path = commentsOf(job)
  const message = { text: withoutMentions(text) }
  await job.arm(index, message)
  const comment = await request<Comment>(path, {
    method: "POST",
    json: {
      actor: job.account.external_id,
      object: job.parts[0].published?.external_id,
      message,
    },
  })
  await job.done(index, refOf(settings, urnOf(comment)))
  return null
}

/** Looks for a comment whose response got lost among those of the post. */
export const recoverComment = async (
  context: ProviderContext,
  lost: LostCall
): Promise<Recovery> => {
  const { text } = lost.evidence as { text?: string }
  const comments = await readable(
    readList<Comment>(context, commentsOf(lost), {
      missing: "a list of comments",
    })
  )
  if (!comments) {
    return { outcome: "unknown" }
  }
  const others = lost.parts.map(({ published }) => published?.external_id)
  const found = comments.elements.find(
    ({ actor, message, created, commentUrn }) =>
      actor === lost.account.external_id &&
      message?.text?.trim() === text?.trim() &&
      (created?.time ?? 0) > sentAfter(lost) &&
      !others.includes(commentUrn)
  )
  if (found) {
    return {
      outcome: "published",
      ref: refOf(context.settings, urnOf(found)),
    }
  }
  return comments.isWhole ? notFound(lost) : { outcome: "unknown" }
}
