import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import {
  deletePersonalData,
  withdrawAccess,
} from "../../../credentials/callbacks/withdrawn"
import { socialsModule } from "../../../credentials/modules"
import type { CallbackEvent } from "../../../providers/callbacks"
import {
  notePostEvent,
  type RemovedPublication,
} from "../../../publishing/callbacks"

export const handleCallbackStepId = "handle-callback"

/**
 * Does what follows from what a service has told. What is begun a second time,
 * after a crash, ends as it would have. There is no compensation: the service has
 * told it, and it stays true.
 */
export const handleCallbackStep = createStep(
  { name: handleCallbackStepId, noCompensation: true },
  async ({ id }: { id: string }, { container }) => {
    const socials = socialsModule(container)
    const callback = await socials.claimCallback(id)
    if (!callback) {
      return new StepResponse({ handled: false, removed: [] })
    }
    const { platform_ids, told_at } = callback
    const removed: RemovedPublication[] = []
    for (const event of callback.events as CallbackEvent[]) {
      if ("user_id" in event) {
        const { user_id } = event
        const withdrawal = { user_id, platform_ids, told_at }
        await (event.type === "data_deletion"
          ? deletePersonalData(container, withdrawal)
          : withdrawAccess(container, withdrawal))
      } else {
        removed.push(...(await notePostEvent(container, platform_ids, event)))
      }
    }
    await socials.finishCallback(id)
    return new StepResponse({ handled: true, removed })
  }
)
