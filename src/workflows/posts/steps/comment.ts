import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import {
  addComment,
  type CommentPlace,
  dropComments,
  type NewComment,
} from "../../../publishing/comment"

export const addCommentStepId = "add-comment"

/** Adds a comment to what is out; see {@link addComment}. A worker may have it already. */
export const addCommentStep = createStep(
  { name: addCommentStepId, noCompensation: true },
  async (comment: NewComment, { container }) => {
    await addComment(container, comment)
    return new StepResponse({ id: comment.id })
  }
)

export const dropCommentsStepId = "drop-comments"

/** Takes back the comments that are not out; see {@link dropComments}. */
export const dropCommentsStep = createStep(
  { name: dropCommentsStepId, noCompensation: true },
  async (place: CommentPlace, { container }) => {
    await dropComments(container, place)
    return new StepResponse({ id: place.id })
  }
)
