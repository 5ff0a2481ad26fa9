import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import type pg from "pg"

type Table = { schema: string; name: string }

/** Every row of every table as text, at one moment. */
export type Dump = { when: string; text: Buffer; tables: number; rows: number }

/** A platform as PostgreSQL holds it. */
export type PlatformRow = {
  api_config: Record<string, unknown>
  key_version: number | null
}

/** The tables of the database, except PostgreSQL's own. */
export async function listTables(database: pg.Client): Promise<Table[]> {
  const { rows } = await database.query<Table>(
    `select n.nspname as schema, c.relname as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'm')
        and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
      order by 1, 2`
  )
  return rows
}

/**
 * Reads the whole database, as a backup would.
 *
 * @param when names the moment, for the report
 */
export async function dumpDatabase(
  database: pg.Client,
  when: string
): Promise<Dump> {
  const tables = await listTables(database)
  const lines: string[] = []
  for (const { schema, name } of tables) {
    const table = [schema, name].map(database.escapeIdentifier).join(".")
    const { rows } = await database.query<{ line: string }>(
      `select whole_row::text as line from ${table} as whole_row`
    )
    lines.push(...rows.map(({ line }) => `${name}\t${line}`))
  }
  return {
    when,
    text: Buffer.from(lines.join("\n")),
    tables: tables.length,
    rows: lines.length,
  }
}

/** @throws Error when there is no such platform */
export async function readPlatformRow(
  database: pg.Client,
  id: string
): Promise<PlatformRow> {
  const { rows } = await database.query<PlatformRow>(
    "select api_config, key_version from social_platform where id = $1",
    [id]
  )
  if (!rows[0]) {
    throw new Error(`There is no row ${id} in social_platform`)
  }
  return rows[0]
}

/**
 * Has the server write out what it holds in memory, and reads its files: the
 * tables with deleted rows too, indexes, statistics, and the write-ahead log,
 * in which each write of the run stands.
 */
export async function* readServerFiles(
  database: pg.Client
): AsyncGenerator<Buffer> {
  await database.query("checkpoint")
  const { rows } = await database.query<{ data_directory: string }>(
    "show data_directory"
  )
  const folder = rows[0].data_directory
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((each) => each.isFile())) {
    const content = readUnlessGone(path.join(entry.parentPath, entry.name))
    if (content) {
      yield content
    }
  }
}

/** The server may remove a file of its own meanwhile. */
function readUnlessGone(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined
    }
    throw error
  }
}
