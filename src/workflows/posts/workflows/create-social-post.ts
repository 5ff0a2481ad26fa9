import {
  createHook,
  createWorkflow,
  transform,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import type { PublicationChoice } from "../../../publishing/targets"
import { SocialPostWorkflowEvents } from "../../events"
import {
  createSocialPostStep,
  type CreateSocialPostStepInput,
} from "../steps/create-social-post"
import { setPostProductsStep } from "../steps/set-post-products"
import { validateProductsStep } from "../steps/validate-products"
import { validateSocialPostStep } from "../steps/validate-social-post"

export interface CreateSocialPostWorkflowInput extends Omit<
  CreateSocialPostStepInput,
  "publications"
> {
  /** Short for publications of which nothing is special. */
  account_ids?: string[]
  publications?: PublicationChoice[]
  product_ids?: string[]
}

export const createSocialPostWorkflowId = "create-social-post"

/**
 * Creates a post as a draft, or scheduled where it has a time. It is refused
 * when one of its accounts could not take it.
 *
 * Hook: `postValidated` with `{ post }`, the input, before anything is stored;
 * its handler refuses the post by throwing.
 *
 * @example
 * const { result } = await createSocialPostWorkflow(container).run({
 *   input: { caption: "New in", account_ids: ["sacc_123"] },
 * })
 */
export const createSocialPostWorkflow = createWorkflow(
  createSocialPostWorkflowId,
  (input: CreateSocialPostWorkflowInput) => {
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
    const post = createSocialPostStep(data)

    const products = transform({ input, post }, ({ input, post }) => ({
      id: post.id,
      product_ids: input.product_ids,
    }))
    setPostProductsStep(products)

    emitEventStep({
      eventName: SocialPostWorkflowEvents.CREATED,
      data: { id: post.id },
    })
    return new WorkflowResponse(post, { hooks: [postValidated] })
  }
)
