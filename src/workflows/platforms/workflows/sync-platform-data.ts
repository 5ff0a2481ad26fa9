import {
  createWorkflow,
  transform,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPlatformWorkflowEvents } from "../../events"
import { refreshAccountFactsStep } from "../../accounts/steps/refresh-account-facts"
import { fetchPlatformDataStep } from "../steps/fetch-platform-data"
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
    const data = fetchPlatformDataStep(input)
    const stored = transform({ input, data }, ({ input, data }) => ({
      platform_id: input.platform_id,
      accounts: data.accounts,
      profile: data.profile,
    }))
    const sync = storePlatformDataStep(stored)
    refreshAccountFactsStep(input)

    emitEventStep({
      eventName: SocialPlatformWorkflowEvents.SYNCED,
      data: { id: input.platform_id },
    })
    return new WorkflowResponse(sync)
  }
)
