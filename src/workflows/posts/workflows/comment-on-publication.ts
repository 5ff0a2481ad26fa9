import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import type { CommentPlace, NewComment } from "../../../publishing/comment"
import { PUBLICATIONS_DUE } from "../../events"
import { addCommentStep, dropCommentsStep } from "../steps/comment"
import { settlePostStatusStep } from "../steps/settle-post-status"

export const commentOnPublicationWorkflowId = "comment-on-publication"

/**
 * Has a comment published under what a publication has made public, and returns
 * at once: the worker processes publish it as one more part.
 *
 * @example
 * await commentOnPublicationWorkflow(container).run({
 *   input: { id: "spost_123", publication_id: "spub_123", text: "Sold out!" },
 * })
 */
export const commentOnPublicationWorkflow = createWorkflow(
  commentOnPublicationWorkflowId,
  (input: NewComment) => {
    const post = addCommentStep(input)
    emitEventStep({ eventName: PUBLICATIONS_DUE, data: {} })
    return new WorkflowResponse(post)
  }
)

export const dropCommentsWorkflowId = "drop-comments"

/**
 * Takes back the comments of a publication that are certain not to be out.
 *
 * @example
 * await dropCommentsWorkflow(container).run({
 *   input: { id: "spost_123", publication_id: "spub_123" },
 * })
 */
export const dropCommentsWorkflow = createWorkflow(
  dropCommentsWorkflowId,
  (input: CommentPlace) => {
    const dropped = dropCommentsStep(input)
    return new WorkflowResponse(settlePostStatusStep(dropped))
  }
)
