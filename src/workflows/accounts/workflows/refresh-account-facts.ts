import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import {
  refreshAccountFactsStep,
  type RefreshAccountFactsStepInput,
} from "../steps/refresh-account-facts"

export const refreshAccountFactsWorkflowId = "refresh-account-facts"

/**
 * Reads anew what decides what accounts take, such as an instance's limits.
 *
 * @example
 * await refreshAccountFactsWorkflow(container).run({
 *   input: { platform_id: "splat_123", account_ids: ["sacc_123"] },
 * })
 */
export const refreshAccountFactsWorkflow = createWorkflow(
  refreshAccountFactsWorkflowId,
  (input: RefreshAccountFactsStepInput) =>
    new WorkflowResponse(refreshAccountFactsStep(input))
)
