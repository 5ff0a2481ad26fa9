import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"
import { type ApiConfig, lowestKeyVersion } from "../utils/api-config"

/** Columns that may change in the same statement as the credentials. */
export interface CredentialColumns {
  status?: string
  auth_type?: string
  scopes?: string[] | null
  connected_at?: Date | null
  granted_client_id?: string | null
  token_expires_at?: Date | null
  refresh_token_expires_at?: Date | null
  refresh_token_extended_at?: Date
  next_refresh_at?: Date | null
  refresh_lease_token?: null
  refresh_lease_until?: null
  last_refreshed_at?: Date | null
  token_validity?: string
  grant_ended_at?: Date | null
  last_error?: Record<string, unknown> | null
  consecutive_failures?: number
  profile?: Record<string, unknown> | null
}

/** Columns that tell how a platform fares, without touching its credentials. */
export type HealthColumns = Omit<CredentialColumns, "auth_type" | "scopes"> & {
  last_synced_at?: Date | null
  tested_at?: Date
  last_used_at?: Date
}

/** A list of texts: the driver would spread an array over several placeholders. */
const TEXT_ARRAY =
  "(SELECT array_agg(entry) FROM jsonb_array_elements_text(?::jsonb) AS entry)"

/** How columns whose type the driver does not derive from the value are written. */
const PLACEHOLDERS: Record<string, string> = {
  last_error: "?::jsonb",
  profile: "?::jsonb",
  scopes: TEXT_ARRAY,
}

const assignments = (
  columns: object
): { sql: string[]; parameters: unknown[] } => {
  const entries = Object.entries(columns).filter(
    ([, value]) => value !== undefined
  )
  return {
    sql: entries.map(
      ([column, value]) =>
        `"${column}" = ${value === null ? "?" : (PLACEHOLDERS[column] ?? "?")}`
    ),
    parameters: entries.map(([column, value]) =>
      column in PLACEHOLDERS && value !== null ? JSON.stringify(value) : value
    ),
  }
}

/** A row's credentials as they are stored; always written together. */
export interface CredentialContent {
  /** The whole new value. */
  api_config: ApiConfig
  /** Its blind index, in which the row is found by a credential; null without one. */
  credential_index: string[] | null
}

export interface ApiConfigWrite extends CredentialContent {
  id: string
  /** `credentials_version` of the row that the new value was made from. */
  expected_version: number
  columns?: CredentialColumns
}

/** What the use of a token looks at. */
export interface TokenState {
  id: string
  tenant_id: string | null
  name: string
  provider: string
  auth_type: string
  api_config: Record<string, unknown> | null
  token_validity: string
  token_expires_at: Date | null
  connected_at: Date | null
  last_refreshed_at: Date | null
  next_refresh_at: Date | null
  consecutive_failures: number
}

/** {@link TokenState} with what is going on. */
export interface TokenRow extends TokenState {
  /** Whether a process refreshes it at the moment. */
  is_refreshing: boolean
}

/**
 * Reads what the use of a token looks at: the one read that every user of a
 * token waits for, and which the ORM makes several times as long.
 */
export const readTokenRow = async (
  manager: SqlEntityManager,
  id: string
): Promise<TokenRow | undefined> => {
  const rows = await query<TokenRow>(
    manager,
    `SELECT "id", "tenant_id", "name", "provider", "auth_type", "api_config", "token_validity",
            "token_expires_at", "connected_at", "last_refreshed_at",
            "next_refresh_at", "consecutive_failures",
            coalesce("refresh_lease_until" > now(), FALSE) AS is_refreshing
     FROM "social_platform" WHERE "id" = ? AND "deleted_at" IS NULL`,
    [id]
  )
  return rows[0]
}

/**
 * Reads whom a platform belongs to.
 *
 * @returns undefined when there is no such platform; a deleted one is found too
 */
export const readTenant = async (
  manager: SqlEntityManager,
  id: string
): Promise<{ tenant_id: string | null } | undefined> => {
  const rows = await query<{ tenant_id: string | null }>(
    manager,
    `SELECT "tenant_id" FROM "social_platform" WHERE "id" = ?`,
    [id]
  )
  return rows[0]
}

/** Locks a platform's row until the transaction ends. */
export const lockPlatform = async (
  manager: SqlEntityManager,
  id: string
): Promise<void> => {
  await query(
    manager,
    `SELECT 1 FROM "social_platform" WHERE "id" = ? FOR UPDATE`,
    [id]
  )
}

/**
 * Writes `api_config` whole, if nobody has written it in the meantime.
 *
 * @returns the row's new `credentials_version`, or null when the row has moved
 * on or is gone: read again, then decide again
 */
export const writeApiConfig = async (
  manager: SqlEntityManager,
  {
    id,
    api_config,
    credential_index,
    expected_version,
    columns = {},
  }: ApiConfigWrite
): Promise<number | null> => {
  const { sql, parameters } = assignments(columns)
  const rows = await query<{ credentials_version: number }>(
    manager,
    `UPDATE "social_platform"
     SET ${[
       `"api_config" = ?::jsonb`,
       `"key_version" = ?`,
       `"credential_index" = ${TEXT_ARRAY}`,
       `"credentials_version" = "credentials_version" + 1`,
       `"updated_at" = now()`,
       ...sql,
     ].join(", ")}
     WHERE "id" = ? AND "credentials_version" = ? AND "deleted_at" IS NULL
     RETURNING "credentials_version"`,
    [
      JSON.stringify(api_config),
      lowestKeyVersion(api_config),
      credential_index && JSON.stringify(credential_index),
      ...parameters,
      id,
      expected_version,
    ]
  )
  return rows[0]?.credentials_version ?? null
}

/**
 * Writes health columns whole; JSON ones are replaced, not merged.
 *
 * @param expected_version - writes only while the credentials are still those
 * that the news is about; a reconnect in the meantime makes it old news
 * @returns whether it was written
 */
export const writeHealth = async (
  manager: SqlEntityManager,
  id: string,
  columns: HealthColumns,
  expected_version?: number
): Promise<boolean> => {
  const { sql, parameters } = assignments(columns)
  const fence =
    expected_version === undefined ? "" : `AND "credentials_version" = ?`
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_platform" SET ${[...sql, `"updated_at" = now()`].join(", ")}
     WHERE "id" = ? AND "deleted_at" IS NULL ${fence}
     RETURNING "id"`,
    [
      ...parameters,
      id,
      ...(expected_version === undefined ? [] : [expected_version]),
    ]
  )
  return rows.length > 0
}

/**
 * Marks a platform's access as lost and moves the fence on, so that nobody who
 * began before revives it. It happens once: of many callers whom the service
 * refuses the same token just one brings the news.
 *
 * @param columns - what the loss changes
 * @param expected_version - see {@link writeHealth}
 * @returns false when it was known already, or is old news
 */
export const endAccess = async (
  manager: SqlEntityManager,
  id: string,
  columns: HealthColumns,
  expected_version: number
): Promise<boolean> => {
  const { sql, parameters } = assignments(columns)
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_platform"
     SET ${[
       ...sql,
       `"credentials_version" = "credentials_version" + 1`,
       `"updated_at" = now()`,
     ].join(", ")}
     WHERE "id" = ? AND "credentials_version" = ? AND "token_validity" <> 'false'
       AND "deleted_at" IS NULL
     RETURNING "id"`,
    [...parameters, id, expected_version]
  )
  return rows.length > 0
}

/**
 * The platforms whose row holds just this envelope under this key.
 *
 * @returns their ids; more than one when somebody copied the value
 */
export const findPlatformIdsByEnvelope = async (
  manager: SqlEntityManager,
  key: string,
  envelope: unknown
): Promise<string[]> => {
  const rows = await query<{ id: string }>(
    manager,
    `SELECT "id" FROM "social_platform"
     WHERE "api_config" -> ? = ?::jsonb AND "deleted_at" IS NULL`,
    [key, JSON.stringify(envelope)]
  )
  return rows.map(({ id }) => id)
}

/**
 * The platforms whose blind index has one of the entries.
 *
 * @returns their ids, in order
 */
export const findPlatformIdsByIndex = async (
  manager: SqlEntityManager,
  entries: string[]
): Promise<string[]> => {
  const rows = await query<{ id: string }>(
    manager,
    `SELECT "id" FROM "social_platform"
     WHERE "credential_index" && ${TEXT_ARRAY} AND "deleted_at" IS NULL
     ORDER BY "id"`,
    [JSON.stringify(entries)]
  )
  return rows.map(({ id }) => id)
}
