import type { MedusaContainer } from "@medusajs/framework/types"
import { collectMetrics } from "../publishing/metrics"

/** Nothing is begun after it, in ms: the next run takes over. */
const BUDGET_MS = 240_000

/** Reads the figures of posts and accounts that are due. Runs in worker mode. */
const collect = async (container: MedusaContainer): Promise<void> => {
  await collectMetrics(container, Date.now() + BUDGET_MS)
}

export default collect

export const config = {
  name: "collect-metrics",
  schedule: "*/5 * * * *",
}
