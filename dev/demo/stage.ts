import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import path from "node:path"
import pg from "pg"
import {
  adminWith,
  createAdminUser,
  logIn,
} from "../../integration-tests/e2e/support/admin-user"
import type { Query } from "../../integration-tests/e2e/support/database"
import { dumpTables } from "../../integration-tests/http/support/database"
import { openRows } from "../../integration-tests/http/support/envelopes"
import { startPictureServer } from "../../integration-tests/http/support/pictures"
import * as processes from "../processes"
import type { OnEnd } from "../program"
import { JOBS_AT_ANOTHER_TIME, startServices } from "../services"
import { show, step } from "./report"

/** Encryption keys, by the variables that hand them to Medusa. */
type Keys = Record<string, string>

/** What the parts of the demo share. */
export type Stage = Awaited<ReturnType<typeof setUp>>

/** Medusa's logs, of one run. */
export const logFolder = path.join(processes.root, ".data/logs/demo")

/** Starts everything that the demo needs, each with data of its own. */
export async function setUp(onEnd: OnEnd) {
  step("A database and a social network of the demo's own start")
  const { env } = await startServices(["postgres", "sandbox"], onEnd)
  const { DATABASE_URL: databaseUrl, ENCRYPTION_KEY } = env
  const client = new pg.Client(databaseUrl)
  await client.connect()
  onEnd(() => client.end())
  const query: Query = async (statement, parameters) =>
    (await client.query(statement, parameters)).rows
  show(`PostgreSQL on port ${env.DB_PORT}, the network on ${env.SANDBOX_URL}`)
  // Where the tests' control of the sandbox looks for it.
  process.env.SANDBOX_URL = env.SANDBOX_URL
  const pictures = await startPictureServer()
  onEnd(pictures.close)

  const settings = {
    ...env,
    ...JOBS_AT_ANOTHER_TIME,
    // Reads no .env: the settings of the developer's store are not the demo's.
    NODE_ENV: "test",
    // The demo is the dashboard's stand-in; building one takes long.
    DISABLE_MEDUSA_ADMIN: "true",
    // As talkative as it gets: the logs are searched for secrets.
    LOG_LEVEL: "debug",
    LOG_TOKEN_OPERATIONS: "true",
  }
  const medusa = (args: string[], keys: Keys, log: string) => {
    const logFile = path.join(logFolder, log)
    return processes.medusaCommand(args, { ...settings, ...keys }, logFile)
  }

  step("medusa db:migrate makes the tables")
  const first = { ENCRYPTION_KEY, ENCRYPTION_KEY_VERSION: "1" }
  // A new database has no rows that Medusa's own scripts could migrate.
  const migrate = ["db:migrate", "--execute-safe-links", "--skip-scripts"]
  await processes.runToEnd(medusa(migrate, first, "migrate.log"), onEnd)
  const tables = [...(await dumpTables(query)).keys()]
  const own = tables.filter((name) => name.includes("social_"))
  show(`${tables.length} tables, of this plugin ${own.join(", ")}`)

  step("Medusa starts with encryption key version 1, and an admin logs in")
  const url = `http://localhost:${env.PORT}`
  const ready = { url: `${url}/health` }
  let server: processes.RunningProcess | undefined
  const restart = async (keys: Keys) => {
    await server?.stop()
    // Not `medusa develop`, which restarts when a file of the project changes.
    const log = `start-${keys.ENCRYPTION_KEY_VERSION}.log`
    const command = medusa(["start"], keys, log)
    server = await processes.startServer(command, ready, onEnd)
    show(`medusa start: ${ready.url} answers`)
  }
  await restart(first)
  // Not `medusa user`: for 90 s after it ended, no other key could become active.
  await createAdminUser(url, databaseUrl)
  const responses: string[] = []
  const admin = adminWith(await logIn(url), url, (request, text) => {
    responses.push(text)
    if (request.startsWith("POST")) {
      show(request)
    }
  })
  show("POST /auth/user/emailpass: the admin is logged in")
  return {
    query,
    pictureUrl: pictures.url,
    restart,
    admin,
    /** The text of every response to the admin so far. */
    responses,
    /** The keys that Medusa has at the moment. */
    keys: first as Keys,
    /** The platform that the story is about, once there is one. */
    id: "",
    /** Everything that must be found nowhere. */
    secrets: [
      { name: "encryption key", bytes: Buffer.from(ENCRYPTION_KEY, "base64") },
      { name: "client secret", bytes: Buffer.from("sandbox-secret") },
    ],
    /** The database as text, at moments of the run. */
    dumps: new Map<string, Buffer>(),
  }
}

/**
 * Opens the tokens that the platform's row holds now, and notes them as
 * secrets. To be called after whatever may have replaced them.
 *
 * @returns the row as PostgreSQL holds it; the access token, then the refresh token
 */
export async function collectTokens({ query, secrets, keys, id }: Stage) {
  const [row] = await query("select * from social_platform where id = $1", [id])
  const tokens = await openRows(keys, [row])
  const names = tokens.map(({ name }) => name)
  assert.deepEqual(names, ["access_token", "refresh_token"])
  assert.equal(Object.keys(row.api_config as object).length, names.length)
  for (const { name, value } of tokens) {
    const bytes = Buffer.from(value)
    if (!secrets.some((known) => known.bytes.equals(bytes))) {
      secrets.push({ name, bytes })
    }
  }
  return { row, tokens }
}

/** Tells secrets apart on a screen without showing them. */
export function fingerprint(value: string | Buffer): string {
  return `sha256 ${createHash("sha256").update(value).digest("hex").slice(0, 12)}`
}
