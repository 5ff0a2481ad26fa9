import { rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"

import pg from "pg"

import { startPostgres } from "../dev/postgres"
import { onStopSignal } from "../dev/program"

/** A root user's data lies elsewhere than where it was asked to be. */
async function dataFolderOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ data_directory: string }>(
      "SHOW data_directory"
    )
    return rows[0].data_directory
  } finally {
    await client.end()
  }
}

/** Starts a server with PostgreSQL's own settings; stopping it removes its files. */
async function startThrowAwayPostgres(): Promise<{
  url: string
  stop(): Promise<void>
}> {
  const postgres = await startPostgres({
    dataDir: path.resolve(".data", `bench-${process.pid}`),
  })
  const folder = await dataFolderOf(postgres.url)
  const remove = async () => {
    await postgres.stop()
    for (const suffix of ["", ".password", ".complete", ".log"]) {
      rmSync(`${folder}${suffix}`, { recursive: true, force: true })
    }
  }
  let removed: Promise<void> | undefined
  return {
    url: postgres.url,
    // Once only: a signal asks for it, and then the run that it interrupted.
    stop: () => (removed ??= remove()),
  }
}

/**
 * Runs something with a server of its own, also when it is interrupted.
 *
 * @param use - gets the address of the database
 */
export async function withThrowAwayPostgres<T>(
  use: (url: string) => Promise<T>
): Promise<T> {
  const postgres = await startThrowAwayPostgres()
  onStopSignal(async (signal) => {
    await postgres.stop()
    return 128 + os.constants.signals[signal]
  })
  try {
    return await use(postgres.url)
  } finally {
    await postgres.stop()
  }
}
