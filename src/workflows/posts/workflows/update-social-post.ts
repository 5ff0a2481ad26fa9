import {
  createHook,
  createWorkflow,
  transform,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import type { PublicationChoice } from "../../../publishing/targets"
import { SocialPostWorkflowEvents } from "../../events"
import { setPostProductsStep } from "../steps/set-post-products"
import {
  updateSocialPostStep,
  type UpdateSocialPostStepInput,
} from "../steps/update-social-post"
import { validateProductsStep } from "../steps/validate-products"
import { validateSocialPostStep } from "../steps/validate-social-post"

export interface UpdateSocialPostWorkflowInput extends Omit<
  UpdateSocialPostStepInput,
  "publications"
> {
  account_ids?: string[]
  /** What is absent of one stays as it is; null takes the default again. */
  publications?: PublicationChoice[]
  product_ids?: string[]
}

export const updateSocialPostWorkflowId = "update-social-post"

/**
 * Changes a draft or a scheduled post.
 *
 * Hook: `postValidated` with `{ post }`, the input with the post's id, before
 * anything is stored; its handler refuses the change by throwing.
 *
 * @example
 * await updateSocialPostWorkflow(container).run({
 *   input: { id: "spost_123", scheduled_at: null },
 * })
 */
export const updateSocialPostWorkflow = createWorkflow(
  updateSocialPostWorkflowId,
  (input: UpdateSocialPostWorkflowInput) => {
    const { publications } = validateSocialPostStep(input)
    validateProductsStep(input)
    const postValidated = createHook("postValidated", { post: input })

    const data = transform(
      { input, publications },
      ({
        input: { product_ids: _, account_ids: __, ...post },
        publications,
      }) => ({
        ...post,
        publications,
      })
    )
    const post = updateSocialPostStep(data)
    setPostProductsStep(input)

    emitEventStep({
      eventName: SocialPostWorkflowEvents.UPDATED,
      data: { id: input.id },
    })
    return new WorkflowResponse(post, { hooks: [postValidated] })
  }
)
