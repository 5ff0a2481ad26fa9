import {
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPlatformWorkflowEvents } from "../../events"
import { refreshAccountFactsStep } from "../../accounts/steps/refresh-account-facts"
import { storePlatformDataStep } from "../steps/store-platform-data"

export const syncPlatformDataWorkflowId = "sync-platform-data"

/**
 * Brings a platform's accounts and profile up to date with its service.
 *
 * @example
 * const { result } = await syncPlatformDataWorkflow(container).run({
 *   input: { platform_id: "splat_123" },
 * })
 */
export const syncPlatformDataWorkflow = createWorkflow(
  syncPlatformDataWorkflowId,
  (input: { platform_id: string }) => {
    const sync = storePlatformDataStep(input)
    refreshAccountFactsStep(input)

    emitEventStep({
      eventName: SocialPlatformWorkflowEvents.SYNCED,
      data: { id: input.platform_id },
    })
    return new WorkflowResponse(sync)
  }
)
