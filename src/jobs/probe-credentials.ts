import type { MedusaContainer } from "@medusajs/framework/types"
import {
  eraseEndedGrants,
  probeCredentials,
  pruneTrail,
  warnOfExpiry,
} from "../credentials/health/maintenance"

/** Nothing is begun after it, in ms: the next run takes over. */
const BUDGET_MS = 540_000

/**
 * Warns of accesses that only a person can prolong, erases the tokens of grants
 * that ended some time ago, prunes the audit trail, and asks services whether credentials that nothing
 * refreshes still work. Runs in worker mode.
 */
const probe = async (container: MedusaContainer): Promise<void> => {
  await warnOfExpiry(container)
  await eraseEndedGrants(container)
  await pruneTrail(container)
  await probeCredentials(container, Date.now() + BUDGET_MS)
}

export default probe

export const config = {
  name: "probe-credentials",
  schedule: process.env.SOCIAL_PLATFORMS_PROBE_SCHEDULE || "*/10 * * * *",
}
