import { createHash } from "node:crypto"
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import { newSecret } from "./env-file"
import { freePort } from "./ports"
import { type Postgres, startPostgres } from "./postgres"
import {
  medusaCommand,
  root,
  type RunningProcess,
  runToEnd,
  startProcess,
  tsxArgs,
  waitUntilReady,
} from "./processes"
import type { OnEnd } from "./program"

export const serviceNames = [
  "postgres",
  "migrated-postgres",
  "sandbox",
  "redis",
] as const
export type ServiceName = (typeof serviceNames)[number]

/** Throw-away services, and the environment that leads a program to them. */
export type Services = {
  env: Record<string, string>
  /** What each of several workers has to itself: a port, and a sandbox. */
  workers: Record<string, string>[]
  /** Stops all of them; nothing of theirs is left. */
  stop(): Promise<void>
}

type Server = { url: string; stop(): Promise<void> }

const startTimeoutMs = 60_000

/**
 * Starts throw-away services on free ports. Each run has secrets of its own.
 *
 * @param onEnd - is told how to stop them before they start: the end waits for them
 * @param workerCount - how many programs use them at once
 * @throws Error when one does not start; those that did are stopped
 */
export async function startServices(
  names: readonly ServiceName[],
  onEnd: OnEnd = () => undefined,
  workerCount = 1
): Promise<Services> {
  let starting: Promise<Services> | undefined = undefined
  onEnd(async () => (await starting?.catch(() => undefined))?.stop())
  starting = startAll(names, workerCount)
  return starting
}

async function startAll(
  names: readonly ServiceName[],
  workerCount: number
): Promise<Services> {
  const env: Record<string, string> = {
    ENCRYPTION_KEY: newSecret(),
    JWT_SECRET: newSecret(),
    COOKIE_SECRET: newSecret(),
    MEDUSA_DISABLE_TELEMETRY: "true",
  }
  const workers: Record<string, string>[] = []
  const started: Pick<Server, "stop">[] = []
  let stopped: Promise<unknown> | undefined
  const stop = async () => {
    stopped ??= Promise.all(started.map((service) => service.stop()))
    await stopped
  }
  const keep = <T extends Pick<Server, "stop">>(service: T): T => {
    started.push(service)
    return service
  }

  try {
    const migrated = names.includes("migrated-postgres")
    if (migrated || names.includes("postgres")) {
      const postgres = keep(
        await (migrated ? startMigratedPostgres() : startPostgres())
      )
      env.DB_HOST = postgres.host
      env.DB_PORT = String(postgres.port)
      env.DB_USERNAME = postgres.user
      env.DB_PASSWORD = postgres.password
      env.DATABASE_URL = postgres.url
    }
    for (let worker = 0; worker < workerCount; worker++) {
      // Absolute addresses, of uploaded images for one, name the port.
      workers.push({ PORT: String(await freePort()) })
      if (names.includes("sandbox")) {
        const { url } = keep(await startThrowAwaySandbox())
        workers[worker].SANDBOX_URL = url
        env.SANDBOX_URL ??= url
      }
    }
    if (names.includes("redis")) {
      env.REDIS_URL = keep(await startRedis()).url
    }
    return { env, workers, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * Starts the sandbox network.
 *
 * @param dataDir where its data stays
 */
export function startSandbox(
  port: number | string,
  dataDir: string,
  logFile: string,
  env = process.env
): RunningProcess {
  return startProcess({
    name: "The sandbox network",
    args: [...tsxArgs, path.join(root, "sandbox", "main.ts")],
    env: { ...env, SANDBOX_PORT: String(port), SANDBOX_DATA_DIR: dataDir },
    logFile,
  })
}

function startThrowAwaySandbox(): Promise<Server> {
  return startInFolder("sandbox", (folder, port, logFile) => ({
    url: `http://localhost:${port}`,
    server: startSandbox(port, path.join(folder, "data"), logFile),
  }))
}

/** Redis comes with the system: no npm package brings it. */
function startRedis(): Promise<Server> {
  const host = "127.0.0.1"
  return startInFolder("redis", (folder, port, logFile) => ({
    url: `redis://${host}:${port}`,
    server: startProcess({
      name: "Redis (on Debian and Ubuntu: apt-get install redis-server)",
      command: "redis-server",
      args: [
        ...["--bind", host, "--port", String(port)],
        ...["--dir", folder, "--save", "", "--appendonly", "no"],
      ],
      cwd: folder,
      logFile,
    }),
  }))
}

/** Starts a server on a free port, in a folder that is removed when it stops. */
async function startInFolder(
  name: string,
  start: (
    folder: string,
    port: number,
    logFile: string
  ) => { url: string; server: RunningProcess }
): Promise<Server> {
  const port = await freePort()
  const folder = mkdtempSync(
    path.join(os.tmpdir(), `social-platforms-${name}-`)
  )
  const { url, server } = start(folder, port, path.join(folder, `${name}.log`))
  const stop = async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const answering = url.startsWith("http") ? url : undefined
    await waitUntilReady(server, startTimeoutMs, answering)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
}

const migratedFolder = path.join(root, ".data", "test")

/**
 * Starts a throw-away PostgreSQL whose database Medusa has migrated. Migrating
 * takes longer than most test files: the result is kept in `.data/test`, until
 * a migration, a model, a link or a dependency changes.
 */
async function startMigratedPostgres(): Promise<Postgres> {
  const folder = path.join(migratedFolder, `postgres-${schemaHash()}`)
  if (!existsSync(folder)) {
    await keepMigrated(folder)
  }
  return startPostgres({ copyOf: folder })
}

async function keepMigrated(folder: string): Promise<void> {
  const postgres = await startPostgres()
  try {
    // Neither scripts nor search indexes: both would load the modules, which
    // leave traces of this run's keys.
    const without = ["--skip-scripts", "--skip-search"]
    const env = {
      ...process.env,
      DATABASE_URL: postgres.url,
      NODE_ENV: "test",
      REDIS_URL: "",
      MEDUSA_DISABLE_TELEMETRY: "true",
    }
    await runToEnd(
      medusaCommand(
        ["db:migrate", "--execute-safe-links", ...without],
        env,
        path.join(migratedFolder, "migrate.log")
      )
    )
    for (const name of readdirSync(migratedFolder)) {
      if (/^postgres-[0-9a-f]+$/.test(name)) {
        rmSync(path.join(migratedFolder, name), { recursive: true })
      }
    }
    const unfinished = `${folder}.${process.pid}`
    await postgres.save(unfinished)
    try {
      renameSync(unfinished, folder)
    } catch {
      // Another run was faster.
      rmSync(unfinished, { recursive: true, force: true })
    }
  } finally {
    await postgres.stop()
  }
}

/** Of all that decides how a migrated database looks. */
function schemaHash(): string {
  const folders = /(^|[\\/])(migrations|models|links|migration-scripts)[\\/]/
  const sources = readdirSync(path.join(root, "src"), { recursive: true })
    .map((name) => path.join("src", String(name)))
    .filter((name) => folders.test(name) && name.endsWith(".ts"))
    .sort()
  const hash = createHash("sha256")
  for (const name of ["package-lock.json", "medusa-config.ts", ...sources]) {
    hash.update(name).update(readFileSync(path.join(root, name)))
  }
  return hash.digest("hex").slice(0, 16)
}
