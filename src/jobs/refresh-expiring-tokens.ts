import type { MedusaContainer } from "@medusajs/framework/types"
import { refreshDueTokens } from "../credentials/health/maintenance"

/** Nothing is begun after it, in ms: the next run takes over. */
const BUDGET_MS = 50_000

/** Refreshes tokens before anybody has to wait for it. Runs in worker mode. */
const refreshExpiringTokens = async (
  container: MedusaContainer
): Promise<void> => {
  await refreshDueTokens(container, Date.now() + BUDGET_MS)
}

export default refreshExpiringTokens

export const config = {
  name: "refresh-expiring-tokens",
  schedule: process.env.SOCIAL_PLATFORMS_REFRESH_SCHEDULE || "* * * * *",
}
