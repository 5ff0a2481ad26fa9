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
      ELSE 'healthy'
    END AS state
  FROM (${ACCESS}) access`

const parametersOf = (rules: HealthRules): unknown[] => [
  rules.window_seconds,
  ...accessParameters(rules),
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

/** How long a platform's access lasts; see {@link ACCESS}. */
export interface AccessEnd {
  id: string
  renews_itself: boolean
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
    `SELECT "id", renews_itself, deadline FROM (${ACCESS}) access
     WHERE "id" = ANY(?)`,
    [...accessParameters(rules), ids]
  )
