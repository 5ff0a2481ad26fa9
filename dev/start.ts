import { readFileSync, statSync } from "node:fs"
import path from "node:path"
import { loadEnv } from "@medusajs/framework/utils"
import { adminExists, removeHalfAdmin } from "./admin-user"
import { ensureSecrets } from "./env-file"
import { assertPortFree, portFromEnv } from "./ports"
import { type Postgres, startPostgres } from "./postgres"
import {
  failureText,
  isAlive,
  medusaCli,
  type RunningProcess,
  runToEnd,
  startProcess,
  tsxArgs,
  waitForUrl,
} from "./processes"
import { messageOf, onStopSignal } from "./signals"

/*
 * npm start: a development store with the plugin, its database, and a social
 * network to try it on. Everything that it makes is in .data/ and .env.
 */

const root = path.resolve(__dirname, "..")
const data = path.join(root, ".data")
const logFile = (name: string) => path.join(data, "logs", `${name}.log`)

const readyTimeoutMs = 180_000

/** The most that a new server takes to begin after the last one ended. */
const restartMs = 5_000

/** What to stop at the end, in the order of its start. */
const running: { stop(): Promise<void> }[] = []
let stopping = false

async function main(): Promise<void> {
  const envFile = path.join(root, ".env")
  const added = ensureSecrets(envFile)
  if (added.length > 0) {
    say(`Made ${added.join(", ")} in .env: keep that file, it is not in git`)
  }
  loadEnv("development", root)

  const port = portFromEnv("PORT", 9000)
  const sandboxPort = portFromEnv("SANDBOX_PORT", 4400)
  const email = process.env.ADMIN_EMAIL || "admin@example.com"
  const password = process.env.ADMIN_PASSWORD || "social-platforms"
  await assertPortFree(port, "PORT")
  await assertPortFree(sandboxPort, "SANDBOX_PORT")

  const embedded = process.env.DATABASE_URL ? undefined : await ownPostgres()
  const databaseUrl = embedded?.url ?? process.env.DATABASE_URL!
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    SANDBOX_URL: `http://localhost:${sandboxPort}`,
    // The sandbox network and uploaded images are on this machine.
    SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS:
      process.env.SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS || "127.0.0.0/8,::1",
    MEDUSA_DISABLE_TELEMETRY: "true",
  }

  say("Migrating the database")
  await runMedusa("migrate", ["db:migrate", "--execute-safe-links"], env)
  if (!(await adminExists(databaseUrl, email))) {
    say(`Creating the admin user ${email}`)
    if (embedded) {
      await removeHalfAdmin(databaseUrl, email)
    }
    await runMedusa("user", ["user", "-e", email, "-p", password], env)
  }

  say("Starting the sandbox network and Medusa")
  const sandbox = keep(
    startProcess({
      name: "The sandbox network",
      command: process.execPath,
      args: [...tsxArgs, path.join(root, "sandbox", "main.ts")],
      cwd: root,
      env: {
        ...env,
        SANDBOX_PORT: String(sandboxPort),
        SANDBOX_DATA_DIR: path.join(data, "sandbox"),
      },
      logFile: logFile("sandbox"),
    })
  )
  const medusa = keep(startMedusa(env))
  await Promise.all([
    waitUntilReady(sandbox, `http://localhost:${sandboxPort}`, () => false),
    waitUntilReady(medusa, `http://localhost:${port}/health`, () =>
      serverEnded(medusa)
    ),
  ])

  const shown = process.env.ADMIN_PASSWORD
    ? "the one in ADMIN_PASSWORD"
    : password
  say("Ready. Logs are in .data/logs; Ctrl-C stops everything.")
  console.log("")
  console.log(`  Dashboard        http://localhost:${port}/app`)
  console.log(`  Login            ${email}, password: ${shown}`)
  console.log(`  Sandbox network  http://localhost:${sandboxPort}`)

  await Promise.race([
    failWhenEnded(sandbox),
    failWhenEnded(medusa),
    ...(embedded ? [embedded.exited.then(() => fail("PostgreSQL ended"))] : []),
  ])
}

async function ownPostgres(): Promise<Postgres> {
  say("Starting PostgreSQL")
  const starting = startPostgres({
    dataDir: path.join(data, "postgres"),
    port: portFromEnv("POSTGRES_PORT", 5434),
  })
  // Kept before it runs: a Ctrl-C meanwhile waits for it, then stops it.
  keep({
    stop: async () => {
      const postgres = await starting.catch(() => undefined)
      await postgres?.stop()
    },
  })
  return starting
}

/** Runs a Medusa command to its end. */
async function runMedusa(
  name: string,
  args: string[],
  env: NodeJS.ProcessEnv
): Promise<void> {
  await runToEnd(
    {
      name: `medusa ${args[0]}`,
      command: process.execPath,
      args: [medusaCli(root), ...args],
      cwd: root,
      env,
      logFile: logFile(name),
    },
    keep
  )
}

function startMedusa(env: NodeJS.ProcessEnv): RunningProcess {
  const marker = path.join(root, "dev", "medusa-server-marker.cjs")
  const options = [
    process.env.NODE_OPTIONS,
    `--require ${JSON.stringify(marker)}`,
  ]
  return startProcess({
    name: "Medusa",
    command: process.execPath,
    // Linting takes longer than the start itself, and has its own command.
    args: [medusaCli(root), "develop", "--no-lint"],
    cwd: root,
    env: { ...env, NODE_OPTIONS: options.filter(Boolean).join(" ") },
    logFile: logFile("medusa"),
  })
}

/** Waits until a child answers; a failure shows what it wrote last. */
async function waitUntilReady(
  child: RunningProcess,
  url: string,
  hasFailed: () => boolean
): Promise<void> {
  try {
    await waitForUrl(url, readyTimeoutMs, () =>
      child.hasExited() || hasFailed() ? "it has ended" : undefined
    )
  } catch (error) {
    throw new Error(failureText(child, `did not start: ${messageOf(error)}`))
  }
}

/**
 * Whether the server that `medusa develop` forked has ended for good: after a
 * file was saved, another one begins at once.
 */
function serverEnded(medusa: RunningProcess): boolean {
  const log = readFileSync(medusa.logFile, "utf8")
  const servers = [...log.matchAll(/^Medusa's server is process (\d+)$/gm)]
  const latest = servers.at(-1)
  const quietMs = Date.now() - statSync(medusa.logFile).mtimeMs
  return (
    latest !== undefined && quietMs > restartMs && !isAlive(Number(latest[1]))
  )
}

async function failWhenEnded(child: RunningProcess): Promise<void> {
  const { code, signal } = await child.exited
  fail(failureText(child, `ended with ${code ?? signal}`))
}

function fail(message: string): never {
  throw new Error(message)
}

/** Remembers what to stop at the end. */
function keep<T extends { stop(): Promise<void> }>(started: T): T {
  if (stopping) {
    void started.stop()
    fail("Stopping")
  }
  running.push(started)
  return started
}

async function stopAll(): Promise<void> {
  stopping = true
  for (const started of running.splice(0).reverse()) {
    await started.stop()
  }
}

function say(text: string): void {
  console.log(`[${new Date().toTimeString().slice(0, 8)}] ${text}`)
}

onStopSignal(
  async () => {
    console.log("")
    say("Stopping")
    await stopAll()
    say("Stopped")
  },
  () => 0
)

main().catch(async (error: unknown) => {
  if (stopping) {
    // What was interrupted by Ctrl-C has not failed; the handler ends us.
    return
  }
  console.error(`\n${messageOf(error)}`)
  await stopAll()
  process.exit(1)
})
