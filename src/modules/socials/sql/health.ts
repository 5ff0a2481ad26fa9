import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { generateEntityId } from "@medusajs/framework/utils"
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
 * Claims platforms whose credentials never expire and were not tried for some
 * time: nothing but a request tells that somebody has revoked them.
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
       WHERE ${ALIVE} AND "token_expires_at" IS NULL
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
  expires_at: Date
}

/**
 * Claims platforms that only a person can keep alive, and whose end is near:
 * that of the refresh token, or of an access token that cannot be refreshed.
 *
 * @returns each expiry once
 */
export const claimExpiryWarnings = (
  manager: SqlEntityManager,
  within_seconds: number,
  limit: number
): Promise<ExpiringPlatform[]> =>
  query<ExpiringPlatform>(
    manager,
    `UPDATE "social_platform" SET "warned_expiry" = "refresh_token_expires_at"
     WHERE "id" IN (
       SELECT "id" FROM "social_platform"
       WHERE ${ALIVE}
         AND "refresh_token_expires_at" <= now() + ? * interval '1 second'
         AND "warned_expiry" IS DISTINCT FROM "refresh_token_expires_at"
       ORDER BY "refresh_token_expires_at" LIMIT ?
       FOR UPDATE SKIP LOCKED)
     RETURNING "id", "refresh_token_expires_at" AS expires_at`,
    [within_seconds, limit]
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

/** What of a platform's health is decided by its provider, whom rows do not know. */
export interface HealthRules {
  /** The credential, by authentication type, without which a platform can do nothing. */
  key_credentials: Record<string, string>
  /** `<provider>/<authentication type>` of those that need no refresh token to renew themselves. */
  self_renewing: string[]
  /** How far ahead the end of an access is told of, in s. */
  window_seconds: number
}

export type HealthState =
  | "healthy"
  | "expiring"
  | "reconnect"
  | "failing"
  | "not_connected"
  | "inactive"

/** Where a platform has a registration of its own in place of the application's. */
const OWN_REGISTRATION = [
  "client_id",
  "client_secret",
  "client_secret_encrypted",
  "consumer_key",
  "consumer_key_encrypted",
  "consumer_secret",
  "consumer_secret_encrypted",
]

/**
 * Every platform with its state. `deadline` is when a person has to act at the
 * latest; `is_misconfigured` blames the registration that the provider's
 * platforms share.
 */
const STATES = `
  SELECT facts.*, CASE
      WHEN "status" = 'inactive' THEN 'inactive'
      WHEN "token_validity" = 'false' THEN 'reconnect'
      WHEN "status" = 'pending' OR NOT has_key THEN 'not_connected'
      WHEN deadline <= now() THEN 'reconnect'
      WHEN "consecutive_failures" > 0 OR "status" = 'error'
        OR "last_error" ->> 'class' = 'config_error' THEN 'failing'
      WHEN deadline <= now() + ? * interval '1 second' THEN 'expiring'
      ELSE 'healthy'
    END AS state
  FROM (
    SELECT platform."id", platform."name", platform."provider", platform."auth_type",
      platform."status", platform."token_validity", platform."token_expires_at",
      platform."next_refresh_at", platform."consecutive_failures", platform."last_error",
      coalesce(nullif(config ->> (key || '_encrypted'), ''), nullif(config ->> key, ''))
        IS NOT NULL AS has_key,
      CASE WHEN coalesce(config ->> 'refresh_token_encrypted', config ->> 'refresh_token') IS NOT NULL
          OR platform."provider" || '/' || platform."auth_type" = ANY(?::text[])
        THEN platform."refresh_token_expires_at"
        ELSE least(platform."token_expires_at", platform."refresh_token_expires_at")
      END AS deadline,
      platform."last_error" ->> 'class' = 'config_error'
        AND platform."auth_type" IN ('oauth2', 'oauth1')
        AND NOT jsonb_exists_any(config, ARRAY['${OWN_REGISTRATION.join("', '")}'])
        AS is_misconfigured
    FROM "social_platform" platform,
      LATERAL (SELECT coalesce(platform."api_config", '{}') AS config,
                      ?::jsonb ->> platform."auth_type" AS key) read
    WHERE platform."deleted_at" IS NULL
  ) facts`

const parametersOf = (rules: HealthRules): unknown[] => [
  rules.window_seconds,
  rules.self_renewing,
  JSON.stringify(rules.key_credentials),
]

/** Counts the platforms of each state that there is. */
export const countHealthStates = (
  manager: SqlEntityManager,
  rules: HealthRules
): Promise<{ state: HealthState; platforms: number }[]> =>
  query(
    manager,
    `SELECT state, count(*)::int AS platforms FROM (${STATES}) states GROUP BY 1`,
    parametersOf(rules)
  )

export interface StoredFailure {
  class: string
  code: string
  message: string
  at: string
}

/** A platform that somebody should look at. */
export interface UnhealthyPlatform {
  id: string
  name: string
  provider: string
  auth_type: string
  state: Exclude<HealthState, "healthy" | "inactive">
  token_expires_at: Date | null
  /** When a person has to act at the latest. */
  deadline: Date | null
  next_refresh_at: Date | null
  consecutive_failures: number
  last_error: StoredFailure | null
  /** How many there are in all. */
  total: number
}

/**
 * Reads the platforms that somebody should look at, the most urgent first.
 * Those that fail through their provider's registration are not among them:
 * that is one thing to correct, see {@link listProviderHealth}.
 */
export const listUnhealthyPlatforms = (
  manager: SqlEntityManager,
  rules: HealthRules,
  limit: number
): Promise<UnhealthyPlatform[]> =>
  query<UnhealthyPlatform>(
    manager,
    `SELECT "id", "name", "provider", "auth_type", state, "token_expires_at",
       deadline, "next_refresh_at", "consecutive_failures", "last_error",
       count(*) OVER ()::int AS total
     FROM (${STATES}) states
     WHERE state IN ('reconnect', 'failing', 'expiring', 'not_connected')
       AND (state <> 'failing' OR is_misconfigured IS NOT TRUE)
     ORDER BY array_position(
         ARRAY['reconnect', 'failing', 'expiring', 'not_connected'], state),
       deadline NULLS LAST, "consecutive_failures" DESC, "name", "id"
     LIMIT ?`,
    [...parametersOf(rules), limit]
  )

export interface ProviderHealth {
  provider: string
  platforms: number
  /** Platforms whose last failure blames the registration that they share. */
  affected: number
  /** The newest of these, and what its service said. */
  platform_id: string | null
  last_error: StoredFailure | null
}

/** Sums up each provider that has platforms. */
export const listProviderHealth = (
  manager: SqlEntityManager,
  rules: HealthRules
): Promise<ProviderHealth[]> => {
  const newest = (column: string) =>
    `(array_agg(${column} ORDER BY "last_error" ->> 'at' DESC, "id") FILTER (WHERE is_misconfigured AND state = 'failing'))[1]`
  return query<ProviderHealth>(
    manager,
    `SELECT "provider", count(*)::int AS platforms,
       count(*) FILTER (WHERE is_misconfigured AND state = 'failing')::int AS affected,
       ${newest(`"id"`)} AS platform_id, ${newest(`"last_error"`)} AS last_error
     FROM (${STATES}) states GROUP BY 1 ORDER BY affected DESC, 1`,
    parametersOf(rules)
  )
}
