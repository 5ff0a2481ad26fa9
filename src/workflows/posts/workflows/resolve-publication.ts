import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import {
  resolvePublicationStep,
  type ResolvePublicationStepInput,
} from "../steps/resolve-publication"
import { settlePostStatusStep } from "../steps/settle-post-status"

export const resolvePublicationWorkflowId = "resolve-publication"

/**
 * Lets a person decide about a publication whose outcome is unknown, after
 * looking at the network.
 *
 * @example
 * await resolvePublicationWorkflow(container).run({
 *   input: { id: "spost_123", publication_id: "spub_123", outcome: "published" },
 * })
 */
export const resolvePublicationWorkflow = createWorkflow(
  resolvePublicationWorkflowId,
  (input: ResolvePublicationStepInput) => {
    const resolved = resolvePublicationStep(input)
    const post = settlePostStatusStep(resolved)
    return new WorkflowResponse(post)
  }
)
