import type { MedusaContainer } from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import { collectMetrics } from "../publishing/metrics"
import { publicationEvent } from "../workflows/events"

/** Nothing is begun after it, in ms: the next run takes over. */
const BUDGET_MS = 240_000

/** Reads the figures of posts and accounts that are due. Runs in worker mode. */
const collect = async (container: MedusaContainer): Promise<void> => {
  const eventBus = container.resolve(Modules.EVENT_BUS)
  await collectMetrics(
    container,
    Date.now() + BUDGET_MS,
    async ({ id, post_id }) =>
      eventBus.emit({
        name: publicationEvent("removed_by_network"),
        data: { id, post_id },
      })
  )
}

export default collect

export const config = {
  name: "collect-metrics",
  schedule: "*/5 * * * *",
}
