import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { encryptedKey } from "../utils/api-config"
import { query } from "./manager"

/** What the vault keeps for each tenant, provider and identifier. */
export const VAULT_TOKEN_TYPES = [
  "access_token",
  "refresh_token",
  "api_key",
  "webhook_secret",
] as const
export type VaultTokenType = (typeof VAULT_TOKEN_TYPES)[number]

/** Where the expiry of a token is: in a column of its own, which jobs look at too. */
export const EXPIRY_COLUMNS = {
  access_token: "token_expires_at",
  refresh_token: "refresh_token_expires_at",
} as const

/**
 * The setting with the expiry of a key, which nothing can refresh. It is text of
 * the form 2027-01-31T12:00:00.000Z, whose order is that of time.
 */
export const expirySetting = (type: "api_key" | "webhook_secret"): string =>
  `${type}_expires_at`

/**
 * All platforms of a tenant's provider.
 *
 * @param tenant_id - null for the platforms that belong to no tenant
 */
export const listTenantPlatformIds = async (
  manager: SqlEntityManager,
  tenant_id: string | null,
  provider: string
): Promise<string[]> => {
  const rows = await query<{ id: string }>(
    manager,
    `SELECT "id" FROM "social_platform"
     WHERE "provider" = ? AND "deleted_at" IS NULL AND ${ofTenant(tenant_id)}
     ORDER BY "id"`,
    [provider, ...parametersOf(tenant_id)]
  )
  return rows.map(({ id }) => id)
}

/** NULL equals nothing, and `IS NOT DISTINCT FROM` uses no index. */
const ofTenant = (tenantId: string | null): string =>
  tenantId === null ? `"tenant_id" IS NULL` : `"tenant_id" = ?`

const parametersOf = (tenantId: string | null): string[] =>
  tenantId === null ? [] : [tenantId]

export interface ExpiringCredential {
  platform_id: string
  tenant_id: string | null
  provider: string
  identifier: string | null
  token_type: VaultTokenType
  expires_at: Date
}

const columnText = (column: string): string =>
  `to_char("${column}" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') COLLATE "C"`

/** A person may write anything into a setting; what is no time has no expiry. */
const SETTING_FORM = String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$`

const expiryOf = (
  type: VaultTokenType
): { text: string; isDue: string; bound: (until: Date) => unknown[] } => {
  if (type === "access_token" || type === "refresh_token") {
    const column = EXPIRY_COLUMNS[type]
    return {
      text: columnText(column),
      // The column itself, so that its index serves the sweep.
      isDue: `"${column}" <= ?`,
      bound: (until) => [until],
    }
  }
  const text = `("api_config" ->> '${expirySetting(type)}') COLLATE "C"`
  return {
    text,
    isDue: `${text} <= ? AND ${text} ~ ?`,
    bound: (until) => [until.toISOString(), SETTING_FORM],
  }
}

/**
 * The credentials that end before a time, the most urgent first. Those that
 * have ended already are among them, those that are marked invalid are not.
 *
 * @param tenant_id - null for the platforms that belong to no tenant, undefined
 * for all
 */
export const findExpiringCredentials = async (
  manager: SqlEntityManager,
  tenant_id: string | null | undefined,
  until: Date,
  limit: number
): Promise<ExpiringCredential[]> => {
  const tenant =
    tenant_id === undefined
      ? { sql: "TRUE", parameters: [] }
      : { sql: ofTenant(tenant_id), parameters: parametersOf(tenant_id) }
  const parts = VAULT_TOKEN_TYPES.map((type) => {
    const { text, isDue, bound } = expiryOf(type)
    return {
      sql: `(SELECT "id", "tenant_id", "provider", "identifier",
               '${type}' AS token_type, ${text} AS expires_at
             FROM "social_platform"
             WHERE ${isDue} AND ${tenant.sql}
               AND "token_validity" <> 'false' AND "deleted_at" IS NULL
               AND coalesce("api_config" ->> '${encryptedKey(type)}',
                            "api_config" ->> '${type}') IS NOT NULL)`,
      parameters: [...bound(until), ...tenant.parameters],
    }
  })
  const rows = await query<{
    id: string
    tenant_id: string | null
    provider: string
    identifier: string | null
    token_type: VaultTokenType
    expires_at: string
  }>(
    manager,
    `${parts.map(({ sql }) => sql).join(" UNION ALL ")}
     ORDER BY expires_at, "id", token_type LIMIT ?`,
    [...parts.flatMap(({ parameters }) => parameters), limit]
  )
  return rows.map(({ id, expires_at, ...row }) => ({
    platform_id: id,
    ...row,
    expires_at: new Date(expires_at),
  }))
}
