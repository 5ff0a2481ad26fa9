import pg from "pg"

type Row = Record<string, unknown>
/** Runs a statement, and gives its rows. */
export type Query = (
  statement: string,
  parameters?: unknown[]
) => Promise<Row[]>

/** Runs a task with a connection of its own to the store's database. */
export async function withDatabase<T>(
  databaseUrl: string,
  task: (query: Query) => Promise<T>
): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
  })
  await client.connect()
  try {
    return await task(
      async (statement, parameters) =>
        (await client.query<Row>(statement, parameters)).rows
    )
  } finally {
    await client.end()
  }
}
