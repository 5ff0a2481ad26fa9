import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import type { TestDatabase } from "./database"

export interface RowLock {
  /** Waits until so many statements that write credentials wait for the row. */
  waitForWriters: (count: number) => Promise<void>
  release: () => Promise<void>
}

/** How long a writer may take to come, in ms. */
const PATIENCE_MS = 20_000
const GLANCE_MS = 10

/** Locks a platform's row from outside: whoever writes it must wait. */
export const lockPlatformRow = async (
  database: TestDatabase,
  platform: string
): Promise<RowLock> => {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query("begin")
  await client.query("select 1 from social_platform where id = $1 for update", [
    platform,
  ])
  return {
    waitForWriters: (count) => waitForWriters(database, count),
    release: async () => {
      await client.query("commit")
      await client.end()
    },
  }
}

const waitForWriters = async (
  database: TestDatabase,
  count: number
): Promise<void> => {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const [{ waiting }] = await database.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'
         and query ilike 'update "social_platform"%api_config%'`
    )
    if (waiting === count) {
      return
    }
    if (Date.now() > deadline) {
      throw new Error(`${waiting} writers wait for the row, not ${count}.`)
    }
    await sleep(GLANCE_MS)
  }
}
