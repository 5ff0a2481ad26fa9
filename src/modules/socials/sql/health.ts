import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import type { HealthState } from "../../../shared/api-types"
import { ACCESS, accessParameters, type AccessRules } from "./access"
import { query } from "./manager"

export interface HealthRules extends AccessRules {
  /** How far ahead the end of an access is told of, in s. */
  window_seconds: number
}

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
 * Every platform with its state, and whether its last failure blames the
 * registration that the provider's platforms share.
 */
const STATES = `
  SELECT "id", "name", "provider", "auth_type", "status", "token_expires_at",
    "next_refresh_at", "consecutive_failures", "last_error", deadline,
    "last_error" ->> 'class' = 'config_error'
      AND "auth_type" IN ('oauth2', 'oauth1')
      AND NOT jsonb_exists_any(coalesce("api_config", '{}'),
                               ARRAY['${OWN_REGISTRATION.join("', '")}'])
      AS is_misconfigured,
    CASE
      WHEN "status" = 'inactive' THEN 'inactive'
      WHEN "token_validity" = 'false' THEN 'reconnect'
      WHEN NOT has_access OR ("status" = 'pending' AND NOT gets_its_own)
        THEN 'not_connected'
      WHEN deadline <= now() THEN 'reconnect'
      WHEN "consecutive_failures" > 0 OR "status" = 'error'
        OR "last_error" ->> 'class' = 'config_error' THEN 'failing'
      WHEN deadline <= now() + ? * interval '1 second' THEN 'expiring'
      WHEN "token_validity" = 'unknown' THEN 'not_tested'
      ELSE 'healthy'
    END AS state
  FROM (${ACCESS}) access`

const parametersOf = (rules: HealthRules): unknown[] => [
  rules.window_seconds,
  ...accessParameters(rules),
]

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
}

export interface ProviderHealth {
  provider: string
  platforms: number
  /** Platforms whose last failure blames the registration that they share. */
  affected: number
  /** The newest of these, and what its service said. */
  platform_id: string | null
  last_error: StoredFailure | null
}

/** How all platforms fare, as one reading of them tells. */
export interface PlatformsHealth {
  /** Platforms by state; a state that none is in is missing. */
  counts: Partial<Record<HealthState, number>>
  providers: ProviderHealth[]
  /**
   * Those that somebody should look at, the most urgent first. Those that fail
   * through their provider's registration are not among them: that is one thing
   * to correct.
   */
  unhealthy: UnhealthyPlatform[]
  /** How many unhealthy ones there are, listed or not. */
  total: number
}

/** Of a provider's platforms that blame its registration, the last to meet it comes first. */
const NEWEST = `"last_error" ->> 'at' DESC, "id"`

/** States in which somebody should look at a platform, the most urgent first. */
const URGENT =
  "ARRAY['reconnect', 'failing', 'expiring', 'not_tested', 'not_connected']"

/**
 * Reads how all platforms fare. Only those that are not well are looked at
 * twice: what is left of the totals is well or switched off.
 *
 * @param limit - most unhealthy platforms to list
 */
export const readHealth = async (
  manager: SqlEntityManager,
  rules: HealthRules,
  limit: number
): Promise<PlatformsHealth> => {
  const [health] = await query<PlatformsHealth>(
    manager,
    `WITH unhealthy AS MATERIALIZED (
       SELECT *, (is_misconfigured AND state = 'failing') IS TRUE AS is_blamed
       FROM (${STATES}) named WHERE state = ANY(${URGENT})
     ), totals AS MATERIALIZED (
       SELECT "provider", count(*) AS platforms,
         count(*) FILTER (WHERE "status" = 'inactive') AS inactive
       FROM "social_platform" WHERE "deleted_at" IS NULL GROUP BY 1
     ), blamed AS (
       SELECT "provider", count(*) AS affected,
         (array_agg("id" ORDER BY ${NEWEST}))[1] AS platform_id,
         (array_agg("last_error" ORDER BY ${NEWEST}))[1] AS last_error
       FROM unhealthy WHERE is_blamed GROUP BY 1
     ), urgent AS (SELECT * FROM unhealthy WHERE NOT is_blamed)
     SELECT
       (SELECT jsonb_object_agg(state, platforms) FROM (
          SELECT state, count(*) AS platforms FROM unhealthy GROUP BY 1
          UNION ALL SELECT 'inactive', coalesce(sum(inactive), 0) FROM totals
          UNION ALL SELECT 'healthy', coalesce(sum(platforms - inactive), 0)
            - (SELECT count(*) FROM unhealthy) FROM totals
        ) counted) AS counts,
       (SELECT coalesce(jsonb_agg(summed ORDER BY affected DESC, "provider"), '[]') FROM (
          SELECT "provider", platforms, coalesce(affected, 0) AS affected, platform_id, last_error
          FROM totals LEFT JOIN blamed USING ("provider")) summed) AS providers,
       (SELECT coalesce(jsonb_agg(listed), '[]') FROM (
          SELECT * FROM urgent
          ORDER BY array_position(${URGENT}, state), deadline NULLS LAST,
            "consecutive_failures" DESC, "name", "id"
          LIMIT ?) listed) AS unhealthy,
       (SELECT count(*)::int FROM urgent) AS total`,
    [...parametersOf(rules), limit]
  )
  return { ...health, unhealthy: health.unhealthy.map(withTimes) }
}

/** Times travel as text within JSON. */
const withTimes = (row: UnhealthyPlatform): UnhealthyPlatform => ({
  ...row,
  token_expires_at: toDate(row.token_expires_at),
  deadline: toDate(row.deadline),
  next_refresh_at: toDate(row.next_refresh_at),
})

const toDate = (time: Date | string | null): Date | null =>
  time === null ? null : new Date(time)

/** How long a platform's access lasts; see {@link ACCESS}. */
export interface AccessEnd {
  id: string
  refreshes_itself: boolean
  deadline: Date | null
}

/** Reads how long the access of some platforms lasts. */
export const listAccessEnds = (
  manager: SqlEntityManager,
  rules: AccessRules,
  ids: string[]
): Promise<AccessEnd[]> =>
  query(
    manager,
    `SELECT "id", refreshes_itself, deadline FROM (${ACCESS}) access
     WHERE "id" = ANY(?)`,
    [...accessParameters(rules), ids]
  )
