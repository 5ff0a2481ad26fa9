import {
  createHook,
  createWorkflow,
  transform,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { publicationEvent, SocialPostWorkflowEvents } from "../../events"
import {
  publishPublicationStep,
  type PublishPublicationStepInput,
} from "../steps/publish-publication"

export const publishPublicationWorkflowId = "publish-publication"

/**
 * Works on one publication that a worker has claimed: where publishing,
 * retrying and the schedule meet, and where an application extends all three.
 *
 * Hooks: `beforePublishing` with `{ id, publication_id }`, the post's and the
 * publication's, whose handler keeps it from going out by throwing: the
 * merchant reads the message on the post. `published` with `{ id,
 * publication_id, state, status }` after each attempt, whatever its outcome:
 * what is out stays out if a handler throws.
 *
 * @example
 * publishPublicationWorkflow.hooks.beforePublishing(
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
export const publishPublicationWorkflow = createWorkflow(
  publishPublicationWorkflowId,
  (input: PublishPublicationStepInput) => {
    const beforePublishing = createHook(
      "beforePublishing",
      transform(input, ({ publication }) => ({
        id: publication.post_id,
        publication_id: publication.id,
      }))
    )
    const outcome = publishPublicationStep(
      transform(
        { input, change: beforePublishing.getResult() },
        ({ input: claimed, change }) => ({ ...claimed, change })
      )
    )
    const post = transform(
      { input, outcome },
      ({ input: { publication }, outcome: { status } }) => ({
        id: publication.post_id,
        status,
      })
    )

    emitEventStep({
      eventName: transform(outcome, ({ state }) => publicationEvent(state)),
      data: transform({ input, outcome }, ({ input: { publication } }) => ({
        id: publication.id,
        post_id: publication.post_id,
      })),
    })
    emitEventStep({
      eventName: SocialPostWorkflowEvents.PUBLISH_ATTEMPTED,
      data: { id: post.id },
    }).config({ name: "emit-publish-attempted" })
    const published = createHook("published", {
      id: post.id,
      publication_id: outcome.publication_id,
      state: outcome.state,
      status: post.status,
    })
    return new WorkflowResponse(post, { hooks: [beforePublishing, published] })
  }
)
