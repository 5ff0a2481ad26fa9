import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import path from "node:path"
import pg from "pg"
import {
  ADMIN,
  createAdminUser,
} from "../../integration-tests/e2e/support/admin-user"
import { startPictureServer } from "../../integration-tests/http/support/pictures"
import {
  isEnvelopeV2,
  openV2,
} from "../../src/modules/encryption/envelope/format-2"
import { environmentKeySource } from "../../src/modules/encryption/key-sources/environment"
import { createKeyring } from "../../src/modules/encryption/keys/keyring"
import type { EnvelopeV2 } from "../../src/modules/encryption/types"
import { platformContext } from "../../src/modules/socials/utils/token-helpers"
import { readEnvFile } from "../env-file"
import { freePort } from "../ports"
import {
  medusaCommand,
  root,
  type RunningProcess,
  runToEnd,
  startProcess,
  waitUntilReady,
} from "../processes"
import type { OnEnd } from "../program"
import { startServices } from "../services"
import { show, step } from "./report"

/** Encryption keys, by the variables that hand them to Medusa. */
export type Keys = Record<string, string>

export type Account = Record<
  "id" | "external_id" | "kind" | "name" | "username",
  string
>

/** What the store responds, as far as the demo looks at it. */
type StoreResponse = {
  token: string
  location: string
  social_platform: {
    id: string
    status: string
    connection: string
    key_version: number | null
    token_expires_at: string
    last_refreshed_at: string | null
    last_synced_at: string | null
    profile: { username: string; name: string } | null
  }
  social_accounts: Account[]
  social_post: {
    id: string
    status: string
    publications: {
      external_id: string | null
      external_url: string | null
      last_error: { message: string } | null
    }[]
  }
  sync: { accounts: Record<string, number> }
}

/** What the parts of the demo share. */
export type Stage = {
  database: pg.Client
  sandboxUrl: string
  /** Address of the picture that is published. */
  pictureUrl: string
  logFolder: string
  /** Where Medusa writes, whichever keys it has. */
  logFile: string
  /** The keys that Medusa has at the moment. */
  keys: Keys
  /** Starts Medusa with these keys. */
  restart: (keys: Keys) => Promise<void>
  /** Asks the store as its admin. */
  get: (path: string) => Promise<StoreResponse>
  post: (path: string, body?: object) => Promise<StoreResponse>
  /** The text of every response to the admin so far. */
  responses: string[]
  /** Everything that must be found nowhere, by name. */
  secrets: Map<string, Buffer>
  /** The database as text, at moments of the run. */
  dumps: Map<string, Buffer>
}

const CLIENT_SECRET = "sandbox-secret"
const readyTimeoutMs = 120_000

/** Settings of the developer's store that must not reach the demo's. */
const settings =
  /^(ADMIN|COOKIE|DATABASE|DB|DISABLE|ENCRYPTION|JWT|LOG|MEDUSA|REDIS|SANDBOX|SOCIAL_PLATFORMS)_|_CORS$|^(HOST|NODE_ENV|PORT)$/

/** Starts everything that the demo needs, each with data of its own. */
export async function setUp(logFolder: string, onEnd: OnEnd): Promise<Stage> {
  step("A database and a social network of the demo's own start")
  const { env } = await startServices(["postgres", "sandbox"], onEnd)
  const database = new pg.Client({ connectionString: env.DATABASE_URL })
  // A lost connection fails the next query; it must not end the process.
  database.on("error", () => undefined)
  await database.connect()
  onEnd(() => database.end())
  const { rows } = await database.query("select version()")
  show(`${rows[0].version.split(" on ")[0]} on port ${env.DB_PORT}`)
  show(`Sandbox network on ${env.SANDBOX_URL}`)
  // Where the tests' control of the sandbox looks for it.
  process.env.SANDBOX_URL = env.SANDBOX_URL

  const url = `http://localhost:${await freePort()}`
  const keys = {
    ENCRYPTION_KEY: env.ENCRYPTION_KEY,
    ENCRYPTION_KEY_VERSION: "1",
  }
  const medusa = (args: string[], withKeys: Keys, name = args[0]) =>
    medusaCommand(
      args,
      { ...environment(env, url), ...withKeys },
      path.join(logFolder, `${name.replace(":", "-")}.log`)
    )
  const keep = ({ stop }: RunningProcess) => onEnd(stop)

  step("medusa db:migrate makes the tables")
  // A new database has no rows that Medusa's own scripts could migrate.
  const migrate = ["db:migrate", "--execute-safe-links", "--skip-scripts"]
  await runToEnd(medusa(migrate, keys), keep)
  const tables = await listTables(database)
  show(`${tables.length} tables, of this plugin:`)
  show(tables.filter((name) => /^social_|_social_/.test(name)).join(", "))

  const responses: string[] = []
  let server: RunningProcess | undefined
  const stage: Stage = {
    database,
    sandboxUrl: env.SANDBOX_URL,
    pictureUrl: "",
    logFolder,
    logFile: "",
    keys,
    restart: async (withKeys) => {
      await server?.stop()
      const name = `start-${withKeys.ENCRYPTION_KEY_VERSION}`
      // Not `medusa develop`, which restarts when a file of the project changes.
      server = startProcess(medusa(["start"], withKeys, name))
      keep(server)
      Object.assign(stage, { keys: withKeys, logFile: server.logFile })
      await waitUntilReady(server, readyTimeoutMs, `${url}/health`)
    },
    ...adminOf(url, responses),
    responses,
    secrets: new Map([
      ["encryption key 1", Buffer.from(keys.ENCRYPTION_KEY, "base64")],
      ["client secret", Buffer.from(CLIENT_SECRET)],
    ]),
    dumps: new Map(),
  }

  step("Medusa starts with encryption key version 1, and an admin logs in")
  await stage.restart(keys)
  // Not `medusa user`: for 90 s after it ended, no other key could become active.
  await createAdminUser(url, env.DATABASE_URL)
  const { email, password } = ADMIN
  show(`medusa start: ${url}/health answers`)
  const { token } = await stage.post("/auth/user/emailpass", {
    email,
    password,
  })
  Object.assign(stage, adminOf(url, responses, token))
  show(`POST /auth/user/emailpass: ${email} is logged in`)

  const pictures = await startPictureServer()
  onEnd(pictures.close)
  stage.pictureUrl = pictures.url
  return stage
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
  const inFile = Object.keys(readEnvFile(path.join(root, ".env")))
  return {
    ...Object.fromEntries(inherited),
    ...Object.fromEntries(inFile.map((name) => [name, ""])),
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

/** How to ask the store, keeping each response. */
function adminOf(
  url: string,
  responses: string[],
  token?: string
): Pick<Stage, "get" | "post"> {
  const send = async (method: string, path: string, body?: object) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    })
    const text = await response.text()
    responses.push(text)
    assert.ok(response.ok, `${method} ${path}: ${response.status}, ${text}`)
    return JSON.parse(text) as StoreResponse
  }
  return {
    get: (path) => send("GET", path),
    post: (path, body = {}) => send("POST", path, body),
  }
}

export const tokenNames = ["access_token", "refresh_token"] as const
type TokenName = (typeof tokenNames)[number]

type Tokens = {
  /** The row as PostgreSQL holds it. */
  row: { api_config: Record<string, EnvelopeV2>; key_version: number | null }
  sealed: Record<TokenName, EnvelopeV2>
  opened: Record<TokenName, string>
}

/**
 * Opens the tokens that a platform's row holds now, and notes them as secrets.
 * To be called after whatever may have replaced them.
 *
 * @throws AssertionError when the row holds anything but two envelopes
 */
export async function collectTokens(
  { database, keys, secrets }: Stage,
  id: string
): Promise<Tokens> {
  const { rows } = await database.query<Tokens["row"]>(
    "select api_config, key_version from social_platform where id = $1",
    [id]
  )
  const tokens = { row: rows[0], sealed: {}, opened: {} } as Tokens
  const { api_config } = tokens.row
  assert.equal(Object.keys(api_config).length, tokenNames.length)
  for (const name of tokenNames) {
    const value = api_config[`${name}_encrypted`]
    assert.ok(isEnvelopeV2(value), `${name}_encrypted is an envelope`)
    const token = await openToken(keys, value, id, name)
    tokens.sealed[name] = value
    tokens.opened[name] = token
    if (![...secrets.values()].map(String).includes(token)) {
      const kind = name.replace("_", " ")
      const next = countSecrets(secrets, kind) + 1
      secrets.set(`${kind} ${next}`, Buffer.from(token))
    }
  }
  return tokens
}

/** How many secrets of a kind are known, such as `access token`. */
export function countSecrets(secrets: Stage["secrets"], kind: string): number {
  return [...secrets.keys()].filter((name) => name.startsWith(`${kind} `))
    .length
}

/**
 * Opens a sealed token in this process, with the plugin's own code.
 *
 * @throws EncryptionError when it does not open with these keys for this row
 */
export async function openToken(
  keys: Keys,
  envelope: EnvelopeV2,
  id: string,
  name: TokenName
): Promise<string> {
  const keyring = createKeyring(await environmentKeySource(keys).load())
  return openV2(keyring, envelope, platformContext(id, name))
}

/** Whether the network knows a token as valid (RFC 7662). */
export async function isLive(
  { sandboxUrl }: Stage,
  token: string
): Promise<boolean> {
  const client = Buffer.from(`medusa:${CLIENT_SECRET}`).toString("base64")
  const response = await fetch(`${sandboxUrl}/token/introspection`, {
    method: "POST",
    headers: { authorization: `Basic ${client}` },
    body: new URLSearchParams({ token }),
  })
  return ((await response.json()) as { active: boolean }).active
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
