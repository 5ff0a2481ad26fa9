import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { testSocialPlatformStep } from "../steps/test-social-platform"

export const testSocialPlatformWorkflowId = "test-social-platform"

/**
 * Asks a platform's service whether its credentials work.
 *
 * @example
 * const { result } = await testSocialPlatformWorkflow(container).run({
 *   input: { id: "splat_123" },
 * })
 * // { ok: true, message: "The credentials belong to …" }
 */
export const testSocialPlatformWorkflow = createWorkflow(
  testSocialPlatformWorkflowId,
  (input: { id: string }) => {
    const test = testSocialPlatformStep(input)
    return new WorkflowResponse(test)
  }
)
