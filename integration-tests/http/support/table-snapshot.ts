import type pg from "pg"

/** Puts all tables back to what they were. */
export type Restore = () => Promise<void>

/** How long a restore waits for a transaction that a test has left open, in ms. */
const LOCK_TIMEOUT_MS = 10_000

/**
 * Remembers the rows of all tables. Going back takes some milliseconds, a tenth
 * of what a copy of the database takes, and leaves connections alone.
 *
 * The way back removes tables and functions that were added meanwhile, with
 * their triggers.
 *
 * @returns how to go back; it throws when a table's columns were changed
 */
export const takeSnapshot = async (client: pg.Client): Promise<Restore> => {
  const tables = await tablesOf(client)
  const statements = [
    "begin",
    `set local lock_timeout = ${LOCK_TIMEOUT_MS}`,
    // Neither foreign keys nor triggers may have a say.
    "set local session_replication_role = replica",
    ...tables.map(({ name }) => `delete from ${name}`),
  ]
  for (const { name, columns } of tables) {
    const { rows } = await client.query<{ row: string }>(
      `select t::text as row from ${name} as t`
    )
    if (rows.length > 0) {
      const texts = rows.map(({ row }) => client.escapeLiteral(row)).join(", ")
      statements.push(
        `insert into ${name} (${columns}) overriding system value
         select ${columns} from (
           select (r).* from (
             select unnest(array[${texts}])::${name} as r offset 0
           ) as texts
         ) as rows`
      )
    }
  }
  statements.push(...(await sequencesOf(client)), "commit")
  const backToTheRows = statements.join(";\n")
  const known = tables.map(({ name }) => name)
  const functions = await functionsOf(client)

  return async () => {
    await removeAdded(client, { known, functions })
    try {
      await client.query(backToTheRows)
    } catch (error) {
      await client.query("rollback")
      throw error
    }
  }
}

interface Table {
  /** Quoted, with its schema. */
  name: string
  /** Those that can be written, quoted and separated by commas. */
  columns: string
}

const tablesOf = async (client: pg.Client): Promise<Table[]> => {
  const { rows } = await client.query<Table>(
    `select format('%I.%I', n.nspname, c.relname) as name,
            string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid
      where n.nspname = 'public' and c.relkind = 'r'
        and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      group by 1 order by 1`
  )
  return rows
}

const functionsOf = async (client: pg.Client): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `select oid::regprocedure::text as name from pg_proc
      where pronamespace = 'public'::regnamespace`
  )
  return rows.map(({ name }) => name)
}

/** Statements that make the sequences count from where they are now. */
const sequencesOf = async (client: pg.Client): Promise<string[]> => {
  const { rows } = await client.query<{ statement: string }>(
    `select format('select setval(%L, %s, %L)',
              format('%I.%I', schemaname, sequencename),
              coalesce(last_value, start_value), last_value is not null
            ) as statement
       from pg_sequences where schemaname = 'public'`
  )
  return rows.map(({ statement }) => statement)
}

const removeAdded = async (
  client: pg.Client,
  before: { known: string[]; functions: string[] }
): Promise<void> => {
  const now = await tablesOf(client)
  const isNew = (name: string, known: string[]) => !known.includes(name)
  for (const { name } of now) {
    if (isNew(name, before.known)) {
      await client.query(`drop table ${name} cascade`)
    }
  }
  for (const name of await functionsOf(client)) {
    if (isNew(name, before.functions)) {
      await client.query(`drop function ${name} cascade`)
    }
  }
}
