import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { isServiceError } from "../../errors/service-error"
import { redactText } from "../../secrets/redact-text"
import { accessRules } from "../state/access-rules"
import { getAccessToken } from "../access-token/get-access-token"
import { recordCredentialEvent } from "../state/events"
import { socialsModule } from "../modules"
import { getProvider, listProviders } from "../providers"
import { verifyPlatform } from "../use/test-connection"

/** Platforms that one claim takes on: so many are lost for a while to a worker that dies. */
const BATCH_SIZE = 20

/** How many services are asked at the same time. */
const CONCURRENCY = 5

/** Time after which a claim that came to nothing is due again, in s. */
const CLAIM_SECONDS = 300

/** Time between two probes of one platform, in s. */
const PROBE_INTERVAL_SECONDS = 86_400

/** How long before the end of an access its merchant is warned, in s. */
export const WARNING_SECONDS = 7 * 86_400

export interface MaintenanceReport {
  done: number
  failed: number
}

const loggerOf = (container: MedusaContainer): Logger =>
  container.resolve(ContainerRegistrationKeys.LOGGER)

/**
 * Runs a task over claimed ids, a few at a time; one that fails is logged and
 * counted, for its own row knows why.
 */
const forEachClaimed = async (
  container: MedusaContainer,
  ids: string[],
  what: string,
  task: (id: string) => Promise<void>
): Promise<MaintenanceReport> => {
  const report: MaintenanceReport = { done: 0, failed: 0 }
  const waiting = [...ids]
  const worker = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await task(id)
        report.done += 1
      } catch (error) {
        report.failed += 1
        loggerOf(container).warn(
          `${what} of platform ${id} failed: ${redactText((error as Error).message)}`
        )
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  return report
}

/**
 * Refreshes what expires soon, and keeps alive what would die of idleness.
 * Several workers may run it at once.
 *
 * @param deadline - no batch is begun after it, in ms since the epoch
 */
export const refreshDueTokens = async (
  container: MedusaContainer,
  deadline: number
): Promise<MaintenanceReport> => {
  const total: MaintenanceReport = { done: 0, failed: 0 }
  while (Date.now() < deadline) {
    const ids = await socialsModule(container).claimDueRefreshes(
      BATCH_SIZE,
      CLAIM_SECONDS
    )
    const report = await forEachClaimed(
      container,
      ids,
      "The refresh",
      async (id) => {
        await getAccessToken(container, id, { forceRefresh: true })
      }
    )
    total.done += report.done
    total.failed += report.failed
    if (ids.length < BATCH_SIZE) {
      break
    }
  }
  return total
}

/**
 * Asks services whether credentials that nothing renews still work: nothing else
 * tells that somebody has revoked them.
 */
export const probeCredentials = async (
  container: MedusaContainer
): Promise<MaintenanceReport> => {
  const providers = [...(await listProviders(container)).values()]
  const ids = await socialsModule(container).claimDueProbes(
    providers
      .filter(({ description }) => description.capabilities.verify)
      .map(({ description }) => description.identifier),
    PROBE_INTERVAL_SECONDS,
    BATCH_SIZE
  )
  return forEachClaimed(container, ids, "The probe", async (id) => {
    const row = await socialsModule(container).retrieveSocialPlatform(id)
    const provider = await getProvider(container, row.provider)
    await verifyPlatform(container, row, provider).catch((error) => {
      // What the service said is on the platform; what we did wrong is logged.
      if (!isServiceError(error)) {
        throw error
      }
    })
  })
}

/** Warns once of each access that ends soon and that only a person can renew. */
export const warnOfExpiry = async (
  container: MedusaContainer
): Promise<number> => {
  const expiring = await socialsModule(container).claimExpiryWarnings(
    await accessRules(container),
    WARNING_SECONDS,
    BATCH_SIZE
  )
  for (const { id, deadline } of expiring) {
    await recordCredentialEvent(container, {
      platform_id: id,
      type: "expiry_warning",
      details: { reconnect_before: deadline.toISOString() },
    })
  }
  return expiring.length
}
