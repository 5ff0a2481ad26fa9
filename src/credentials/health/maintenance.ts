import { setTimeout as sleep } from "node:timers/promises"
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { isServiceError } from "../../errors/service-error"
import { redactText } from "../../secrets/redact-text"
import { accessRules } from "../state/access-rules"
import { CIRCUIT_OPEN } from "../access-token/circuit-breaker"
import { getAccessToken } from "../access-token/get-access-token"
import { recordCredentialEvent } from "../state/events"
import { socialsModule } from "../modules"
import { getProvider, listProviders } from "../providers"
import { grantErased } from "../state/transitions"
import { changeCredentials } from "../storage/write"
import { testPlatform } from "../use/test-connection"

/** How many platforms of one provider are asked about at the same time. */
const CONCURRENCY = 5

/** Platforms that one claim takes on: so many are lost for a while to a worker that dies. */
const BATCH_SIZE = 2 * CONCURRENCY

/** Time after which a claim that came to nothing is due again, in s. */
const CLAIM_SECONDS = 300

/** Time between two probes of one platform, in s. */
const PROBE_INTERVAL_SECONDS = 86_400

/** Rows of the audit trail that one statement deletes. */
const PRUNED_AT_ONCE = 1_000

/** Ended grants whose tokens one run erases. */
const ERASED_AT_ONCE = 500

/** How long before the end of an access its merchant is warned, in s. */
export const WARNING_SECONDS = 7 * 86_400

export interface MaintenanceReport {
  done: number
  failed: number
}

const loggerOf = (container: MedusaContainer): Logger =>
  container.resolve(ContainerRegistrationKeys.LOGGER)

interface Lane {
  /** Takes on some more; none when nothing is due any more. */
  claim: () => Promise<string[]>
  task: (id: string) => Promise<void>
  /** The task, for the log. */
  what: string
}

/**
 * Runs a task over everything that is due, a few at a time, and claims more as
 * places become free. One that fails is logged and counted, for its own row
 * knows why.
 *
 * @param deadline - nothing is claimed after it, in ms since the epoch
 * @param report - counts as it goes: a service that hangs may keep it from ending
 */
const drain = async (
  container: MedusaContainer,
  { claim, task, what }: Lane,
  deadline: number,
  report: MaintenanceReport
): Promise<void> => {
  const claimed: string[] = []
  let claiming: Promise<boolean> | undefined
  const claimMore = async (): Promise<boolean> => {
    const ids = Date.now() < deadline ? await claim() : []
    claimed.push(...ids)
    return ids.length > 0
  }
  const next = async (): Promise<string | undefined> => {
    let hasMore = true
    while (!claimed.length && hasMore) {
      claiming ??= claimMore().finally(() => (claiming = undefined))
      hasMore = await claiming
    }
    return claimed.shift()
  }
  const worker = async (): Promise<void> => {
    for (let id = await next(); id !== undefined; id = await next()) {
      try {
        await task(id)
        report.done += 1
      } catch (error) {
        report.failed += 1
        // Nothing was sent: what has opened the circuit is in the log.
        if (!isServiceError(error) || error.code !== CIRCUIT_OPEN) {
          loggerOf(container).warn(
            `${what} of platform ${id} failed: ${redactText((error as Error).message)}`
          )
        }
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}

/**
 * Drains the lanes of several providers side by side, so that none waits for
 * another one's service.
 *
 * @returns what was done, once all is, or at the deadline: a service that hangs
 * holds up nobody, and what it was asked for goes on without being waited for
 */
const drainAll = async (
  container: MedusaContainer,
  lanes: Lane[],
  deadline: number
): Promise<MaintenanceReport> => {
  const total: MaintenanceReport = { done: 0, failed: 0 }
  const all = Promise.all(
    lanes.map((lane) => drain(container, lane, deadline, total))
  )
  const timeIsUp = new AbortController()
  await Promise.race([
    all,
    sleep(Math.max(0, deadline - Date.now()), undefined, {
      signal: timeIsUp.signal,
    }).catch(() => undefined),
  ])
  timeIsUp.abort()
  all.catch((error: Error) =>
    loggerOf(container).error(
      `Maintenance ended early: ${redactText(error.message)}`
    )
  )
  return { ...total }
}

/**
 * Refreshes what expires soon, and keeps alive what would die of idleness, until
 * nothing is due any more. Several workers may run it at once.
 *
 * @param deadline - nothing is begun after it, in ms since the epoch
 */
export const refreshDueTokens = async (
  container: MedusaContainer,
  deadline: number
): Promise<MaintenanceReport> => {
  const socials = socialsModule(container)
  const providers = await socials.listProvidersDueForRefresh()
  return drainAll(
    container,
    providers.map((provider) => ({
      what: "The refresh",
      claim: () =>
        socials.claimDueRefreshes(provider, BATCH_SIZE, CLAIM_SECONDS),
      task: async (id) => {
        await getAccessToken(container, id, { forceRefresh: true })
      },
    })),
    deadline
  )
}

/**
 * Asks services whether credentials that nothing refreshes still work: nothing
 * else tells that somebody has revoked them.
 *
 * @param deadline - nothing is begun after it, in ms since the epoch
 */
export const probeCredentials = async (
  container: MedusaContainer,
  deadline: number
): Promise<MaintenanceReport> => {
  const socials = socialsModule(container)
  const known = await listProviders(container)
  const due = await socials.listProvidersDueForProbe(PROBE_INTERVAL_SECONDS)
  return drainAll(
    container,
    due
      .filter((provider) => known.get(provider)?.verify)
      .map((provider) => ({
        what: "The probe",
        claim: () =>
          socials.claimDueProbes(provider, PROBE_INTERVAL_SECONDS, BATCH_SIZE),
        task: (id) => probe(container, id),
      })),
    deadline
  )
}

const probe = async (container: MedusaContainer, id: string): Promise<void> => {
  const row = await socialsModule(container).retrieveSocialPlatform(id)
  const provider = await getProvider(container, row.provider)
  await testPlatform(container, row, provider).catch((error) => {
    // What the service said is on the platform; what we did wrong is logged.
    if (!isServiceError(error)) {
      throw error
    }
  })
}

/** Warns once of each access that ends soon and that only a person can prolong. */
export const warnOfExpiry = async (
  container: MedusaContainer
): Promise<void> => {
  const rules = await accessRules(container)
  for (;;) {
    const expiring = await socialsModule(container).claimExpiryWarnings(
      rules,
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
    if (!expiring.length) {
      return
    }
  }
}

/**
 * Erases the tokens of grants that ended some time ago, where the operator wants
 * that. Until then a mistake can be undone: a wrong client id, for one, is
 * answered like a grant that is gone.
 */
export const eraseEndedGrants = async (
  container: MedusaContainer
): Promise<void> => {
  const socials = socialsModule(container)
  const { auto_clear_invalid_tokens, invalid_token_grace_days } =
    await socials.getOptions()
  if (!auto_clear_invalid_tokens) {
    return
  }
  const ids = await socials.listEndedGrants(
    invalid_token_grace_days * 86_400,
    ERASED_AT_ONCE
  )
  for (const id of ids) {
    try {
      await eraseEndedGrant(container, id)
    } catch (error) {
      loggerOf(container).error(
        `The tokens of platform ${id} were not erased: ${redactText((error as Error).message)}`
      )
    }
  }
}

/** Deletes the part of the audit trail that is older than the operator keeps it. */
export const pruneTrail = async (container: MedusaContainer): Promise<void> => {
  const socials = socialsModule(container)
  const { credential_event_retention_days: days } = await socials.getOptions()
  if (days === null) {
    return
  }
  while ((await socials.pruneCredentialEvents(days, PRUNED_AT_ONCE)) > 0) {
    // Until nothing is left; each statement is short.
  }
}

const eraseEndedGrant = async (
  container: MedusaContainer,
  id: string
): Promise<void> => {
  const erased = ["access_token", "refresh_token"]
  const version = await changeCredentials(container, id, async (row) =>
    row.grant_ended_at
      ? {
          sealed: Object.fromEntries(erased.map((name) => [name, null])),
          columns: grantErased(),
        }
      : null
  )
  if (version !== null) {
    await socialsModule(container).deleteAccountCredentials(id)
    await recordCredentialEvent(container, {
      platform_id: id,
      type: "updated",
      details: { credentials: erased, erased, reason: "invalid_grant" },
    })
  }
}
