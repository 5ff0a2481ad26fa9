import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import path from "node:path"
import type { AxiosResponse } from "axios"
import {
  ADMIN,
  askAs,
  createAdminUser,
  logIn,
} from "../../integration-tests/e2e/support/admin-user"
import { withDatabase } from "../../integration-tests/e2e/support/database"
import type { Admin } from "../../integration-tests/http/support/application"
import { dumpTables } from "../../integration-tests/http/support/database"
import {
  openRows,
  type StoredValue,
} from "../../integration-tests/http/support/envelopes"
import { startPictureServer } from "../../integration-tests/http/support/pictures"
import { readEnvFile } from "../env-file"
import { freePort } from "../ports"
import * as processes from "../processes"
import type { OnEnd } from "../program"
import { startServices } from "../services"
import { show, step } from "./report"

/** Encryption keys, by the variables that hand them to Medusa. */
export type Keys = Record<string, string>

/** What the parts of the demo share. */
export type Stage = {
  databaseUrl: string
  /** Address of the picture that is published. */
  pictureUrl: string
  logFolder: string
  /** The keys that Medusa has at the moment. */
  keys: Keys
  /** Starts Medusa with these keys. */
  restart: (keys: Keys) => Promise<void>
  /** The platform that the story is about, once there is one. */
  id: string
  admin: Admin
  /** The text of every response to the admin so far. */
  responses: string[]
  /** Everything that must be found nowhere, by name. */
  secrets: Map<string, Buffer>
  /** The database as text, at moments of the run. */
  dumps: Map<string, Buffer>
}

const CLIENT_SECRET = "sandbox-secret"

/** Settings of the developer's store that must not reach the demo's. */
const settings =
  /^(ADMIN|COOKIE|DATABASE|DB|DISABLE|ENCRYPTION|JWT|LOG|MEDUSA|REDIS|SANDBOX|SOCIAL_PLATFORMS)_|_CORS$|^(HOST|NODE_ENV|PORT)$/

/** Where Medusa writes while it seals with a key of this version. */
export const logOf = (folder: string, version: number | string): string =>
  path.join(folder, `start-${version}.log`)

/** Starts everything that the demo needs, each with data of its own. */
export async function setUp(logFolder: string, onEnd: OnEnd): Promise<Stage> {
  step("A database and a social network of the demo's own start")
  const { env } = await startServices(["postgres", "sandbox"], onEnd)
  const databaseUrl = env.DATABASE_URL
  const [{ version }] = await withDatabase(databaseUrl, (query) =>
    query("select version()")
  )
  show(`${String(version).split(" on ")[0]} on port ${env.DB_PORT}`)
  show(`Sandbox network on ${env.SANDBOX_URL}`)
  // Where the tests' control of the sandbox looks for it.
  process.env.SANDBOX_URL = env.SANDBOX_URL

  const url = `http://localhost:${await freePort()}`
  const first = {
    ENCRYPTION_KEY: env.ENCRYPTION_KEY,
    ENCRYPTION_KEY_VERSION: "1",
  }
  const medusa = (args: string[], keys: Keys, log: string) =>
    processes.medusaCommand(args, { ...environment(env, url), ...keys }, log)

  step("medusa db:migrate makes the tables")
  // A new database has no rows that Medusa's own scripts could migrate.
  const migrate = ["db:migrate", "--execute-safe-links", "--skip-scripts"]
  const log = path.join(logFolder, "db-migrate.log")
  await processes.runToEnd(medusa(migrate, first, log), onEnd)
  const tables = await withDatabase(databaseUrl, dumpTables)
  show(`${tables.size} tables, of this plugin:`)
  const names = [...tables.keys()].map((name) => name.replace("public.", ""))
  show(names.filter((name) => /^social_|_social_/.test(name)).join(", "))

  step("Medusa starts with encryption key version 1, and an admin logs in")
  let server: processes.RunningProcess | undefined
  const restart: Stage["restart"] = async (keys) => {
    await server?.stop()
    stage.keys = keys
    const file = logOf(logFolder, keys.ENCRYPTION_KEY_VERSION)
    // Not `medusa develop`, which restarts when a file of the project changes.
    const command = medusa(["start"], keys, file)
    const ready = { url: `${url}/health` }
    server = await processes.startServer(command, ready, onEnd)
  }
  const stage = { databaseUrl, logFolder, restart, id: "" } as Stage
  await restart(first)
  show(`medusa start: ${url}/health answers`)
  // Not `medusa user`: for 90 s after it ended, no other key could become active.
  await createAdminUser(url, databaseUrl)
  const token = await logIn(url)
  show(`POST /auth/user/emailpass: ${ADMIN.email} is logged in`)

  const pictures = await startPictureServer()
  onEnd(pictures.close)
  const responses: string[] = []
  const ask = askAs(token, url, (text) => responses.push(text))
  // What the tests' helpers look at: a response that is no success throws.
  const send = async (method: string, address: string, body?: object) =>
    ({ status: 200, data: await ask(method, address, body) }) as AxiosResponse
  return Object.assign(stage, {
    pictureUrl: pictures.url,
    admin: {
      id: ADMIN.id,
      get: (address: string) => send("GET", address),
      post: (address: string, body?: object) => send("POST", address, body),
      delete: (address: string) => send("DELETE", address),
    },
    responses,
    secrets: new Map([
      ["encryption key 1", Buffer.from(first.ENCRYPTION_KEY, "base64")],
      ["client secret", Buffer.from(CLIENT_SECRET)],
    ]),
    dumps: new Map(),
  })
}

/** What Medusa gets, without the settings of the developer's store. */
function environment(
  services: Record<string, string>,
  url: string
): NodeJS.ProcessEnv {
  const developers = [
    ...Object.keys(process.env).filter((name) => settings.test(name)),
    ...Object.keys(readEnvFile(path.join(processes.root, ".env"))),
  ]
  return {
    // Medusa adds from .env what the environment lacks: empty counts as there.
    ...Object.fromEntries(developers.map((name) => [name, ""])),
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

type Tokens = {
  /** The row as PostgreSQL holds it. */
  row: Record<string, unknown>
  /** The access token, then the refresh token. */
  tokens: StoredValue[]
}

/**
 * Opens the tokens that the platform's row holds now, and notes them as
 * secrets. To be called after whatever may have replaced them.
 */
export async function collectTokens(stage: Stage): Promise<Tokens> {
  const { databaseUrl, secrets, keys, id } = stage
  const [row] = await withDatabase(databaseUrl, (query) =>
    query("select * from social_platform where id = $1", [id])
  )
  const tokens = await openRows(keys, [row])
  const names = tokens.map(({ name }) => name)
  assert.deepEqual(names, ["access_token", "refresh_token"])
  assert.equal(Object.keys(row.api_config as object).length, names.length)
  for (const { name, value } of tokens) {
    if (![...secrets.values()].map(String).includes(value)) {
      const kind = name.replace("_", " ")
      const next = countSecrets(secrets, kind) + 1
      secrets.set(`${kind} ${next}`, Buffer.from(value))
    }
  }
  return { row, tokens }
}

/** How many secrets of a kind are known, such as `access token`. */
export function countSecrets(secrets: Stage["secrets"], kind: string): number {
  const names = [...secrets.keys()]
  return names.filter((name) => name.startsWith(`${kind} `)).length
}

/** Tells secrets apart on a screen without showing them. */
export function fingerprint(value: string | Buffer): string {
  return `sha256 ${createHash("sha256").update(value).digest("hex").slice(0, 12)}`
}
