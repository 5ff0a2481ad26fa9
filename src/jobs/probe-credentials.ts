import type { MedusaContainer } from "@medusajs/framework/types"
import {
  probeCredentials,
  warnOfExpiry,
} from "../credentials/health/maintenance"

/**
 * Asks services whether credentials that nothing renews still work, and warns of
 * grants that only a person can renew. Runs in worker mode.
 */
const probe = async (container: MedusaContainer): Promise<void> => {
  await probeCredentials(container)
  await warnOfExpiry(container)
}

export default probe

export const config = {
  name: "probe-credentials",
  schedule: process.env.SOCIAL_PLATFORMS_PROBE_SCHEDULE || "*/10 * * * *",
}
