import type { MedusaContainer } from "@medusajs/framework/types"
import { sql } from "./application"

/** A platform's row as PostgreSQL holds it, as far as tests look at it. */
export interface StoredPlatform {
  id: string
  name: string
  status: string
  api_config: Record<string, unknown>
  key_version: number | null
  token_validity: string
  last_error: { class: string; code: string; message: string } | null
  consecutive_failures: number
  connected_at: Date | null
  token_expires_at: Date | null
  grant_ended_at: Date | null
  last_used_at: Date | null
  last_refreshed_at: Date | null
  deleted_at: Date | null
}

/**
 * Reads a platform's row past the API.
 *
 * @param id - the platform; a soft-deleted one is found too
 */
export const storedPlatform = async (
  container: MedusaContainer,
  id: string
): Promise<StoredPlatform> => {
  const [row] = await sql(
    container,
    "select * from social_platform where id = ?",
    [id]
  )
  return row as StoredPlatform
}

/** Puts another `api_config` into a row, as somebody with access to the database would. */
export const overwriteApiConfig = async (
  container: MedusaContainer,
  id: string,
  apiConfig: Record<string, unknown>
): Promise<void> => {
  await sql(
    container,
    "update social_platform set api_config = ?::jsonb where id = ?",
    [JSON.stringify(apiConfig), id]
  )
}

/** How many rows a table has, soft-deleted ones included. */
export const countRows = async (
  container: MedusaContainer,
  table: string
): Promise<number> => {
  const [{ count }] = await sql(
    container,
    "select count(*)::int as count from ??",
    [table]
  )
  return count
}

/** What the audit trail says of a platform, oldest first. */
export const auditTrail = (
  container: MedusaContainer,
  platformId: string
): Promise<Record<string, unknown>[]> =>
  sql(
    container,
    `select type, actor_id, details from social_credential_event
     where platform_id = ? order by created_at, id`,
    [platformId]
  )

/** Every row of every table of the database as text, by table. */
export const dumpDatabase = (
  container: MedusaContainer
): Promise<Map<string, string[]>> =>
  dumpTables((statement) => sql(container, statement))

/** The same, past the application. */
export const dumpTables = async (
  query: (statement: string) => Promise<Record<string, unknown>[]>
): Promise<Map<string, string[]>> => {
  const tables = await query(
    `select format('%I.%I', table_schema, table_name) as name
     from information_schema.tables
     where table_type = 'BASE TABLE'
       and table_schema not in ('pg_catalog', 'information_schema')
     order by 1`
  )
  const dump = new Map<string, string[]>()
  for (const { name } of tables) {
    const rows = await query(`select t::text as line from ${name} as t`)
    dump.set(
      String(name),
      rows.map(({ line }) => String(line))
    )
  }
  return dump
}

/**
 * Keeps every version of every row from now on, in a table that
 * {@link dumpDatabase} reads too: a secret must not be stored for a moment.
 */
export const keepHistory = async (
  container: MedusaContainer
): Promise<void> => {
  await sql(container, "create table row_history (line text not null)")
  await sql(
    container,
    `create function keep_row() returns trigger language plpgsql as $$
     begin
       insert into row_history values (tg_table_name || ': ' || new::text);
       return new;
     end $$`
  )
  const tables = await sql(
    container,
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'
       and table_name <> 'row_history'`
  )
  for (const { name } of tables) {
    await sql(
      container,
      `create trigger keep_row after insert or update on ??
       for each row execute function keep_row()`,
      [name]
    )
  }
}
