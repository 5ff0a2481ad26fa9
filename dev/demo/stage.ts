import assert from "node:assert/strict"
import { createHash, randomBytes } from "node:crypto"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { parseEnv } from "node:util"
import pg from "pg"
import { startPictureServer } from "../../integration-tests/http/support/pictures"
import { freePort } from "../ports"
import {
  failureText,
  medusaCli,
  type RunningProcess,
  runToEnd,
  startProcess,
  waitForUrl,
} from "../processes"
import { startServices } from "../services"
import { step } from "./report"

/** Encryption keys, by the variables that hand them to Medusa. */
export type Keys = Record<string, string>

/** What the parts of the demo share. */
export type Stage = {
  database: pg.Client
  sandboxUrl: string
  /** Address of the picture that is published. */
  pictureUrl: string
  logFolder: string
  /** The log of the Medusa process that was started last. */
  logFile: () => string
  /** The keys that Medusa has at the moment. */
  keys: Keys
  /** Starts Medusa with other keys. */
  restart: (keys: Keys) => Promise<void>
  /** Asks the store as its admin. */
  get: <T>(path: string) => Promise<T>
  post: <T>(path: string, body?: object) => Promise<T>
  /** The text of every answer to the admin so far. */
  answers: string[]
  /** Everything that must be found nowhere, by name. */
  secrets: Map<string, Buffer>
  /** The database as text, at moments of the run. */
  dumps: Map<string, Buffer>
}

export const CLIENT_SECRET = "sandbox-secret"

const root = path.resolve(__dirname, "..", "..")
const readyTimeoutMs = 120_000
const email = "admin@example.com"

/** Settings of the developer's store that must not reach the demo's. */
const settings =
  /^(ADMIN|COOKIE|DATABASE|DB|DISABLE|ENCRYPTION|JWT|LOG|MEDUSA|REDIS|SANDBOX|SOCIAL_PLATFORMS)_|_CORS$|^(HOST|NODE_ENV|PORT)$/

/**
 * Starts everything that the demo needs, each with data of its own.
 *
 * @param onEnd - told how to end what was started
 * @param hasFailed - whether the logs are kept
 */
export async function setUp(
  onEnd: (task: () => unknown) => void,
  hasFailed: () => boolean
): Promise<Stage> {
  const logFolder = mkdtempSync(
    path.join(os.tmpdir(), "social-platforms-demo-")
  )
  onEnd(() =>
    hasFailed()
      ? console.error(`  The logs are in ${logFolder}`)
      : rmSync(logFolder, { recursive: true, force: true })
  )
  const { env, database } = await step(
    "A database and a social network of the demo's own start",
    async (show) => {
      const starting = startServices(["postgres", "sandbox"])
      // Registered before they run: a Ctrl-C meanwhile waits for them.
      onEnd(async () => (await starting.catch(() => undefined))?.stop())
      const { env } = await starting
      const database = new pg.Client({ connectionString: env.DATABASE_URL })
      // A lost connection fails the next query; it must not end the process.
      database.on("error", () => undefined)
      await database.connect()
      onEnd(() => database.end())
      const { rows } = await database.query("select version()")
      show(`${rows[0].version.split(" on ")[0]} on port ${env.DB_PORT}`)
      show(`Sandbox network on ${env.SANDBOX_URL}`)
      return { env, database }
    }
  )

  const port = String(await freePort())
  const url = `http://localhost:${port}`
  let logFile = ""
  const medusa = (name: string, args: string[], keys: Keys) => {
    logFile = path.join(logFolder, `${name}.log`)
    return {
      name: `medusa ${args[0]}`,
      command: process.execPath,
      args: [medusaCli(root), ...args],
      cwd: root,
      env: { ...environment(env, url), ...keys },
      logFile,
    }
  }
  const keep = (running: RunningProcess) => onEnd(running.stop)

  const keys = {
    ENCRYPTION_KEY: env.ENCRYPTION_KEY,
    ENCRYPTION_KEY_VERSION: "1",
  }
  await step("medusa db:migrate makes the tables", async (show) => {
    // A new database has no rows that Medusa's own scripts could migrate.
    const args = ["db:migrate", "--execute-safe-links", "--skip-scripts"]
    await runToEnd(medusa("db-migrate", args, keys), keep)
    const tables = await listTables(database)
    const own = tables.filter((name) => /^social_|_social_/.test(name))
    show(`${tables.length} tables, of this plugin:`)
    show(own.join(", "))
  })

  let server: RunningProcess | undefined
  let starts = 0
  const restart = async (withKeys: Keys) => {
    await server?.stop()
    starts += 1
    // Not `medusa develop`, which restarts when a file of the repository changes.
    const started = startProcess(medusa(`start-${starts}`, ["start"], withKeys))
    server = started
    keep(started)
    await waitForUrl(`${url}/health`, readyTimeoutMs, () =>
      started.hasExited() ? failureText(started, "did not start") : undefined
    )
  }
  const answers: string[] = []
  const admin = await step(
    "Medusa starts with encryption key version 1, and an admin logs in",
    async (show) => {
      const password = randomBytes(12).toString("hex")
      const args = ["user", "-e", email, "-p", password]
      await runToEnd(medusa("user", args, keys), keep)
      await restart(keys)
      show(`medusa start: ${url}/health answers`)
      const admin = await logIn(url, password, answers)
      show(`POST /auth/user/emailpass: ${email} is logged in`)
      return admin
    }
  )

  const picture = await startPictureServer()
  onEnd(picture.close)
  return {
    database,
    sandboxUrl: env.SANDBOX_URL,
    pictureUrl: picture.url,
    logFolder,
    logFile: () => logFile,
    keys,
    restart,
    ...admin,
    answers,
    secrets: new Map([
      ["encryption key 1", Buffer.from(keys.ENCRYPTION_KEY, "base64")],
      ["client secret", Buffer.from(CLIENT_SECRET)],
    ]),
    dumps: new Map(),
  }
}

/** This machine's environment, without the settings of the developer's store. */
function environment(
  services: Record<string, string>,
  url: string
): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !settings.test(name)
  )
  // Medusa adds from .env what the environment lacks: empty counts as there.
  const file = path.join(root, ".env")
  const inFile = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {}
  const blanks = Object.keys(inFile).map((name) => [name, ""])
  return {
    ...Object.fromEntries([...inherited, ...blanks]),
    ...services,
    NODE_ENV: "development",
    PORT: new URL(url).port,
    MEDUSA_BACKEND_URL: url,
    SOCIAL_PLATFORMS_ADMIN_URL: `${url}/app`,
    SOCIAL_PLATFORMS_BACKEND_URL: url,
    SANDBOX_CLIENT_SECRET: CLIENT_SECRET,
    // The network and the pictures are on this machine.
    SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8,::1",
    // The demo is the dashboard's stand-in; building one takes long.
    DISABLE_MEDUSA_ADMIN: "true",
    // As talkative as it gets: the logs are searched for secrets.
    LOG_LEVEL: "debug",
    LOG_TOKEN_OPERATIONS: "true",
  }
}

async function logIn(
  url: string,
  password: string,
  answers: string[]
): Promise<Pick<Stage, "get" | "post">> {
  const headers: Record<string, string> = { "content-type": "application/json" }
  const send = async <T>(method: string, path: string, body?: object) => {
    const response = await fetch(url + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    })
    const text = await response.text()
    answers.push(text)
    assert.ok(
      response.ok,
      `${method} ${path} answered ${response.status}: ${text}`
    )
    return JSON.parse(text) as T
  }
  const { token } = await send<{ token: string }>(
    "POST",
    "/auth/user/emailpass",
    { email, password }
  )
  headers.authorization = `Bearer ${token}`
  return {
    get: (path) => send("GET", path),
    post: (path, body = {}) => send("POST", path, body),
  }
}

/** The tables of the database, except PostgreSQL's own. */
async function listTables(database: pg.Client): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema = 'public' order by 1`
  )
  return rows.map(({ name }) => name)
}

/** Every row of every table as text, as a backup would hold it. */
export async function dumpDatabase(database: pg.Client): Promise<Buffer> {
  const lines: string[] = []
  for (const name of await listTables(database)) {
    const table = database.escapeIdentifier(name)
    const { rows } = await database.query<{ line: string }>(
      `select whole_row::text as line from ${table} as whole_row`
    )
    lines.push(...rows.map(({ line }) => `${name}\t${line}`))
  }
  return Buffer.from(lines.join("\n"))
}

/** Tells secrets apart on a screen without showing them. */
export function fingerprint(value: string | Buffer): string {
  return `sha256 ${createHash("sha256").update(value).digest("hex").slice(0, 12)}`
}
