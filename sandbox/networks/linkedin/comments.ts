import { jsonReply, type Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import { COMMENT, readJson } from "./body"
import { findPost, listOf, requireAuthor, requireReader } from "./posts"
import {
  nextId,
  Refusal,
  type State,
  type StoredComment,
  wrongInput,
} from "./state"

const MAX_COMMENT = 1250

const presentComment = (comment: StoredComment) => ({
  actor: comment.actor,
  commentUrn: comment.urn,
  id: comment.id,
  object: comment.post,
  message: { attributes: [], text: comment.text },
  created: { actor: comment.actor, time: comment.created_at },
})

/** `POST /rest/socialActions/{urn}/comments` */
export function createComment(
  state: State,
  { body }: SimulatorRequest,
  id: string,
  scopes: string[]
): Reply {
  const post = findPost(state, id)
  const { actor = "", message } = readJson<{
    actor?: string
    message?: { text?: string }
  }>(body, COMMENT)
  requireAuthor(scopes, actor, "social_feed")
  const text = message?.text ?? ""
  if (!text || text.length > MAX_COMMENT) {
    throw wrongInput(
      400,
      "FIELD_LENGTH_TOO_LONG",
      "/message/text",
      "The length of the message must be between 1 and 1250 characters"
    )
  }
  const number = nextId(state)
  const comment: StoredComment = {
    // LinkedIn names the activity of the post here.
    urn: `urn:li:comment:(urn:li:activity:${post.id.split(":").pop()},${number})`,
    id: number,
    post: id,
    actor,
    text,
    created_at: Date.now(),
  }
  state.comments.push(comment)
  return jsonReply(201, presentComment(comment), { "x-restli-id": number })
}

/** `GET /rest/socialActions/{urn}/comments`: the newest first. */
export function listComments(
  state: State,
  request: SimulatorRequest,
  id: string,
  scopes: string[]
): Reply {
  requireReader(scopes, findPost(state, id).author, "social_feed")
  return listOf(
    request,
    state.comments
      .filter(({ post }) => post === id)
      .reverse()
      .map(presentComment)
  )
}

/** `DELETE /rest/socialActions/{urn}/comments/{id}?actor=` */
export function deleteComment(
  state: State,
  { url }: SimulatorRequest,
  object: string,
  id: string,
  scopes: string[]
): Reply {
  requireAuthor(scopes, url.searchParams.get("actor") ?? "", "social_feed")
  const comment = state.comments.find(
    (known) => known.id === id && known.urn.includes(object)
  )
  if (!comment) {
    throw new Refusal(404, "NOT_FOUND", `Could not find ${id}`)
  }
  state.comments = state.comments.filter((known) => known !== comment)
  return { status: 204, headers: {}, body: "" }
}
