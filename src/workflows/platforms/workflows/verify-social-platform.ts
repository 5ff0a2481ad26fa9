import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { verifySocialPlatformStep } from "../steps/verify-social-platform"

export const verifySocialPlatformWorkflowId = "verify-social-platform"

/**
 * Checks a platform's credentials at its service.
 *
 * @example
 * const { result } = await verifySocialPlatformWorkflow(container).run({
 *   input: { id: "splat_123" },
 * })
 * // { ok: true, message: "The credentials belong to …" }
 */
export const verifySocialPlatformWorkflow = createWorkflow(
  verifySocialPlatformWorkflowId,
  (input: { id: string }) => {
    const verification = verifySocialPlatformStep(input)
    return new WorkflowResponse(verification)
  }
)
