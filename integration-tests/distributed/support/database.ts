import { randomBytes } from "node:crypto"
import pg from "pg"

/** A database that one test has to itself. */
export interface TestDatabase {
  url: string
  query: <Row extends pg.QueryResultRow>(
    statement: string,
    parameters?: unknown[]
  ) => Promise<Row[]>
  drop: () => Promise<void>
}

const onServer = async (statement: (name: string) => string, name: string) => {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
  await client.connect()
  try {
    await client.query(statement(client.escapeIdentifier(name)))
  } finally {
    await client.end()
  }
}

/** Creates an empty database on the server that the test run has started. */
export const createTestDatabase = async (): Promise<TestDatabase> => {
  const name = `distributed_${randomBytes(6).toString("hex")}`
  await onServer((quoted) => `create database ${quoted}`, name)

  const url = new URL(process.env.DATABASE_URL!)
  url.pathname = `/${name}`
  const pool = new pg.Pool({ connectionString: url.href, max: 2 })
  // A connection that is still closing when the database goes is told so.
  pool.on("error", () => undefined)
  return {
    url: url.href,
    query: async (statement, parameters = []) =>
      (await pool.query(statement, parameters)).rows,
    drop: async () => {
      await pool.end()
      // A killed worker's connection may linger for a moment.
      await onServer((quoted) => `drop database ${quoted} with (force)`, name)
    },
  }
}
