import { jsonReply } from "../../http"
import { requireToken } from "./oauth"
import {
  type Call,
  pageOf,
  requireFields,
  type Route,
  unknownObject,
} from "./route"
import { type Host, nextId, type StoredPost } from "./state"

const VISUAL: readonly Host[] = ["facebook", "instagram"]

/** The post that is commented on, for whoever may. */
const postOf = ({ state, host, request, found: [id] }: Call): StoredPost => {
  const post = state.posts.find((one) => one.id === id)
  const scope =
    host === "instagram"
      ? "instagram_business_manage_comments"
      : post?.network === "facebook"
        ? "pages_manage_engagement"
        : "instagram_manage_comments"
  requireToken(state, host, request, scope)
  if (!post) {
    throw unknownObject(id)
  }
  return post
}

/** Comments on what was published. */
export const COMMENT_ROUTES: readonly Route[] = [
  [
    VISUAL,
    "GET",
    /^([\d_]+)\/comments$/,
    (call) => {
      const { id, network } = postOf(call)
      const isOnPage = network === "facebook"
      requireFields(
        call,
        isOnPage ? "Comment" : "IGComment",
        isOnPage
          ? ["id", "message", "created_time"]
          : ["id", "text", "timestamp"]
      )
      const about = call.state.posts.filter(
        ({ kind, reply_to }) => kind === "comment" && reply_to === id
      )
      // On pages the oldest comes first unless another order is asked for.
      const isOldestFirst =
        isOnPage && call.fields.order !== "reverse_chronological"
      return pageOf(call, isOldestFirst ? about : about.reverse(), (comment) =>
        isOnPage
          ? {
              id: comment.id,
              message: comment.text,
              created_time: comment.created_at.replace("Z", "+0000"),
            }
          : {
              id: comment.id,
              text: comment.text,
              timestamp: comment.created_at.replace("Z", "+0000"),
            }
      )
    },
  ],
  [
    VISUAL,
    "POST",
    /^([\d_]+)\/comments$/,
    (call) => {
      const { id, network } = postOf(call)
      const comment: StoredPost = {
        id: nextId(call.state),
        network,
        kind: "comment",
        text: call.fields.message ?? "",
        link: null,
        files: [],
        fields: call.fields,
        reply_to: id,
        made_of: [],
        created_at: new Date().toISOString(),
      }
      call.state.posts.push(comment)
      return jsonReply(200, { id: comment.id })
    },
  ],
]
