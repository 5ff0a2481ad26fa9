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

/**
 * Claims platforms whose token is due for a refresh, the most urgent first.
 *
 * @param lease_seconds - time after which a claim that came to nothing is due again
 * @returns ids of the platforms
 */
export const claimDueRefreshes = async (
  manager: SqlEntityManager,
  limit: number,
  lease_seconds: number
): Promise<string[]> => {
  const rows = await query<{ id: string }>(
    manager,
    `WITH due AS (
       SELECT "id", coalesce("next_refresh_at", "token_expires_at") AS due_at
       FROM "social_platform"
       WHERE ${ALIVE} AND (
         "next_refresh_at" <= now()
         OR ("next_refresh_at" IS NULL AND "auth_type" = 'oauth2'
             AND "token_expires_at" <= now() + ? * interval '1 second'))
       ORDER BY coalesce("token_expires_at", "next_refresh_at") LIMIT ?
       FOR UPDATE SKIP LOCKED
     ), claimed AS (
       UPDATE "social_platform" platform
       SET "next_refresh_at" = now() + ? * interval '1 second'
       FROM due WHERE platform."id" = due."id"
       RETURNING platform."id", due.due_at
     )
     SELECT "id" FROM claimed ORDER BY due_at`,
    [UNPLANNED_SECONDS, limit, lease_seconds]
  )
  return rows.map(({ id }) => id)
}

/**
 * Claims platforms whose credentials nothing renews and that were not tried for
 * some time: nothing but a request tells that somebody has revoked them.
 *
 * @param providers - identifiers of those that can be asked
 * @param interval_seconds - time between two probes of one platform
 */
export const claimDueProbes = async (
  manager: SqlEntityManager,
  providers: string[],
  interval_seconds: number,
  limit: number
): Promise<string[]> => {
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_platform" SET "last_probed_at" = now()
     WHERE "id" IN (
       SELECT "id" FROM "social_platform"
       WHERE ${ALIVE} AND ("token_expires_at" IS NULL OR "next_refresh_at" IS NULL)
         AND "key_version" IS NOT NULL AND "provider" = ANY(?)
         AND greatest("last_probed_at", "last_refreshed_at", "connected_at", "created_at")
             < now() - ? * interval '1 second'
       ORDER BY "last_probed_at" NULLS FIRST LIMIT ?
       FOR UPDATE SKIP LOCKED)
     RETURNING "id"`,
    [providers, interval_seconds, limit]
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
