import {
  createHook,
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPostWorkflowEvents } from "../../events"
import { publishDuePublicationsStep } from "../steps/publish-due-publications"
import { settlePostStatusStep } from "../steps/settle-post-status"

export const publishPublicationsWorkflowId = "publish-publications"

/**
 * Publishes what of a post is due: the part that publishing, retrying and the
 * scheduled job have in common, and where an application extends all three.
 *
 * Hooks: `beforePublishing` with `{ id }`, whose handler keeps the post from
 * going out by throwing, and `published` with `{ id, status }` after each
 * attempt, whatever its outcome. What is out stays out if a handler of
 * `published` throws.
 *
 * @example
 * publishPublicationsWorkflow.hooks.beforePublishing(
 *   async ({ id }, { container }) => {
 *     const { data } = await container.resolve("query").graph({
 *       entity: "social_post",
 *       fields: ["caption"],
 *       filters: { id },
 *     })
 *     if (data[0].caption.includes("DRAFT")) {
 *       throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "This is a draft.")
 *     }
 *   }
 * )
 */
export const publishPublicationsWorkflow = createWorkflow(
  publishPublicationsWorkflowId,
  (input: { id: string }) => {
    const beforePublishing = createHook("beforePublishing", { id: input.id })
    publishDuePublicationsStep(input)
    const post = settlePostStatusStep(input)

    emitEventStep({
      eventName: SocialPostWorkflowEvents.PUBLISH_ATTEMPTED,
      data: { id: input.id },
    })
    const published = createHook("published", {
      id: post.id,
      status: post.status,
    })
    return new WorkflowResponse(post, { hooks: [beforePublishing, published] })
  }
)
