import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { isAlive } from "./processes"

const stopTimeoutMs = 20_000

/** What this process holds. In a container a killed run may have had its number. */
const claimed = new Set<string>()

/** The process that uses a data directory, so that a second one is refused. */
function ownerFile(dataDir: string): string {
  return `${dataDir}.owner`
}

/**
 * Claims a data directory for this process. What a killed run left is cleared
 * away: a server that still runs is stopped, a lock file without one removed.
 *
 * @throws Error when another run that is alive uses it
 */
export async function claimDataDir(dataDir: string): Promise<void> {
  const owner = readPid(ownerFile(dataDir))
  const server = readPid(path.join(dataDir, "postmaster.pid"))
  const serves = server !== undefined && (await isServerOf(dataDir))
  const ownerLives =
    owner === process.pid
      ? claimed.has(dataDir)
      : owner !== undefined && isAlive(owner)
  if (serves && ownerLives) {
    throw new Error(
      `The data in ${dataDir} is in use by another run (process ${owner}). ` +
        "Stop that one first."
    )
  }

  if (serves) {
    await stopServer(server)
  }
  // Only a stale lock is left. PostgreSQL itself keeps one whose process number
  // some other program has now, and would not start.
  rmSync(path.join(dataDir, "postmaster.pid"), { force: true })
  writeFileSync(ownerFile(dataDir), String(process.pid))
  claimed.add(dataDir)
}

/** Gives a data directory back. */
export function releaseDataDir(dataDir: string): void {
  rmSync(ownerFile(dataDir), { force: true })
  claimed.delete(dataDir)
}

function readPid(file: string): number | undefined {
  if (!existsSync(file)) {
    return undefined
  }
  const pid = Number(readFileSync(file, "utf8").split("\n")[0])
  return Number.isInteger(pid) && pid > 1 ? pid : undefined
}

/** Asks whoever listens on the lock file's port which data it serves. */
async function isServerOf(dataDir: string): Promise<boolean> {
  const lock = readFileSync(path.join(dataDir, "postmaster.pid"), "utf8")
  const passwordFile = `${dataDir}.password`
  const port = Number(lock.split("\n")[3])
  if (!existsSync(passwordFile) || !port) {
    return false
  }
  const client = new pg.Client({
    host: "localhost",
    port,
    user: "postgres",
    password: readFileSync(passwordFile, "utf8").trim(),
    database: "postgres",
    connectionTimeoutMillis: 5_000,
  })
  try {
    await client.connect()
    const { rows } = await client.query("show data_directory")
    await client.end()
    return path.resolve(rows[0].data_directory) === path.resolve(dataDir)
  } catch {
    return false
  }
}

async function stopServer(pid: number): Promise<void> {
  process.kill(pid, "SIGINT")
  const deadline = Date.now() + stopTimeoutMs
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new Error(
        `The PostgreSQL server of an earlier run (process ${pid}) does not stop.`
      )
    }
    await sleep(100)
  }
}
