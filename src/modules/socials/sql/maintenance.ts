import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { generateEntityId } from "@medusajs/framework/utils"
import { ACCESS, accessParameters, type AccessRules } from "./access"
import { query } from "./manager"

/*
 * What the jobs that keep tokens alive take on. Each claim is one statement
 * that also moves the row's date on, so that of several workers one gets it,
 * and a row of a worker that dies comes back by itself.
 */

/** A platform that may be kept alive: in use, and not known to be lost. */
const ALIVE = `"deleted_at" IS NULL AND "status" IN ('active', 'error')
       AND "token_validity" <> 'false'`

/** Before its expiry, for a row that another release or an import has left without a date. */
const UNPLANNED_SECONDS = 900

const IS_DUE = `${ALIVE} AND (
         "next_refresh_at" <= now()
         OR ("next_refresh_at" IS NULL AND "auth_type" = 'oauth2'
             AND "token_expires_at" <= now() + ${UNPLANNED_SECONDS} * interval '1 second'))`

/** The providers of the platforms whose token is due for a refresh. */
export const listProvidersDueForRefresh = async (
  manager: SqlEntityManager
): Promise<string[]> => {
  const rows = await query<{ provider: string }>(
    manager,
    `SELECT DISTINCT "provider" FROM "social_platform" WHERE ${IS_DUE}`,
    []
  )
  return rows.map(({ provider }) => provider)
}

/**
 * Claims platforms of a provider whose token is due for a refresh, the most
 * urgent first: those that have never failed, then by the end of their token.
 *
 * @param lease_seconds - time after which a claim that came to nothing is due again
 * @returns ids of the platforms
 */
export const claimDueRefreshes = async (
  manager: SqlEntityManager,
  provider: string,
  limit: number,
  lease_seconds: number
): Promise<string[]> => {
  const rows = await query<{ id: string }>(
    manager,
    `WITH due AS (
       SELECT "id", "consecutive_failures" > 0 AS has_failed,
         coalesce("token_expires_at", "next_refresh_at") AS ends_at
       FROM "social_platform"
       WHERE "provider" = ? AND ${IS_DUE}
       ORDER BY 2, 3 LIMIT ?
       FOR UPDATE SKIP LOCKED
     ), claimed AS (
       UPDATE "social_platform" platform
       SET "next_refresh_at" = now() + ? * interval '1 second'
       FROM due WHERE platform."id" = due."id"
       RETURNING platform."id", due.has_failed, due.ends_at
     )
     SELECT "id" FROM claimed ORDER BY has_failed, ends_at`,
    [provider, limit, lease_seconds]
  )
  return rows.map(({ id }) => id)
}

/**
 * Makes the refreshes of a provider due that have failed for the application's
 * registration: it works again.
 */
export const retryMisconfiguredRefreshes = async (
  manager: SqlEntityManager,
  provider: string
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_platform" SET "next_refresh_at" = now()
     WHERE ${ALIVE} AND "provider" = ? AND "next_refresh_at" > now()
       AND "last_error" ->> 'class' = 'config_error'`,
    [provider]
  )
}

/** Who may be asked whether credentials still work that nothing refreshes. */
const IS_UNTRIED = `${ALIVE}
         AND ("token_expires_at" IS NULL OR "next_refresh_at" IS NULL)
         AND "key_version" IS NOT NULL
         AND greatest("last_probed_at", "tested_at", "last_refreshed_at", "connected_at", "created_at")
             < now() - ? * interval '1 second'`

/** The providers of the platforms that {@link claimDueProbes} would claim. */
export const listProvidersDueForProbe = async (
  manager: SqlEntityManager,
  interval_seconds: number
): Promise<string[]> => {
  const rows = await query<{ provider: string }>(
    manager,
    `SELECT DISTINCT "provider" FROM "social_platform" WHERE ${IS_UNTRIED}`,
    [interval_seconds]
  )
  return rows.map(({ provider }) => provider)
}

/**
 * Claims platforms of a provider whose credentials nothing refreshes and that
 * were not tried for some time: nothing but a request tells that somebody has
 * revoked them.
 *
 * @param interval_seconds - time between two probes of one platform
 */
export const claimDueProbes = async (
  manager: SqlEntityManager,
  provider: string,
  interval_seconds: number,
  limit: number
): Promise<string[]> => {
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_platform" SET "last_probed_at" = now()
     WHERE "id" IN (
       SELECT "id" FROM "social_platform"
       WHERE "provider" = ? AND ${IS_UNTRIED}
       ORDER BY "last_probed_at" NULLS FIRST LIMIT ?
       FOR UPDATE SKIP LOCKED)
     RETURNING "id"`,
    [provider, interval_seconds, limit]
  )
  return rows.map(({ id }) => id)
}

/**
 * The platforms whose grant the token endpoint has called ended for so long
 * that nobody has found it to be a mistake.
 */
export const listEndedGrants = async (
  manager: SqlEntityManager,
  grace_seconds: number,
  limit: number
): Promise<string[]> => {
  const rows = await query<{ id: string }>(
    manager,
    `SELECT "id" FROM "social_platform"
     WHERE "deleted_at" IS NULL AND "token_validity" = 'false'
       AND "grant_ended_at" <= now() - ? * interval '1 second'
     ORDER BY "grant_ended_at" LIMIT ?`,
    [grace_seconds, limit]
  )
  return rows.map(({ id }) => id)
}

export interface ExpiringPlatform {
  id: string
  /** When a person has to act at the latest. */
  deadline: Date
}

/**
 * Claims platforms that only a person can keep alive, and whose end is near:
 * that of the refresh token, or of an access token that cannot be refreshed.
 *
 * @returns each end once
 */
export const claimExpiryWarnings = (
  manager: SqlEntityManager,
  rules: AccessRules,
  within_seconds: number,
  limit: number
): Promise<ExpiringPlatform[]> =>
  query<ExpiringPlatform>(
    manager,
    `WITH ending AS (
       SELECT "id", deadline FROM (${ACCESS}) access
       WHERE ${ALIVE} AND has_access
         -- Both columns have an index; the deadline is one of them.
         AND ("token_expires_at" <= now() + ? * interval '1 second'
           OR "refresh_token_expires_at" <= now() + ? * interval '1 second')
         AND deadline <= now() + ? * interval '1 second'
         AND "warned_expiry" IS DISTINCT FROM deadline
       ORDER BY deadline LIMIT ?
       FOR UPDATE SKIP LOCKED
     )
     UPDATE "social_platform" platform SET "warned_expiry" = ending.deadline
     FROM ending WHERE platform."id" = ending."id"
     RETURNING platform."id", ending.deadline`,
    [
      ...accessParameters(rules),
      within_seconds,
      within_seconds,
      within_seconds,
      limit,
    ]
  )

/**
 * Claims the alarm about a provider's configuration.
 *
 * @param seconds - how long one alarm stands for all that follow
 * @returns whether this is the first
 */
export const claimAlarm = async (
  manager: SqlEntityManager,
  provider: string,
  seconds: number
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `INSERT INTO "social_configuration_alarm" ("id", "provider", "raised_at")
     VALUES (?, ?, now())
     ON CONFLICT ("provider") WHERE "deleted_at" IS NULL
     DO UPDATE SET "raised_at" = now()
     WHERE "social_configuration_alarm"."raised_at" < now() - ? * interval '1 second'
     RETURNING "id"`,
    [generateEntityId(undefined, "scal"), provider, seconds]
  )
  return rows.length > 0
}
