import { createHash, randomUUID } from "node:crypto"
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import { newSecret } from "./env-file"
import { freePort } from "./ports"
import { startPostgres } from "./postgres"
import {
  type Command,
  medusaCommand,
  root,
  runToEnd,
  startServer,
  tsxArgs,
} from "./processes"
import { createEnding, type OnEnd } from "./program"

export const serviceNames = [
  "postgres",
  "migrated-postgres",
  "sandbox",
  "redis",
] as const
export type ServiceName = (typeof serviceNames)[number]

type Variables = Record<string, string>

/** Throw-away services, and the environment that leads a program to them. */
export type Services = {
  env: Variables
  /** What each of several workers has to itself: a port, and a sandbox. */
  workers: Variables[]
  /** Stops all of them; nothing of theirs is left. */
  stop(): Promise<void>
}

/** Half a day from now, as a cron expression. */
const halfADayOff = (): string => {
  const time = new Date(Date.now() + 12 * 3_600_000)
  return `${time.getMinutes()} ${time.getHours()} * * *`
}

/** A job that runs by the clock would take what a test has laid out for another. */
export const JOBS_AT_ANOTHER_TIME = {
  SOCIAL_PLATFORMS_REFRESH_SCHEDULE: halfADayOff(),
  SOCIAL_PLATFORMS_PROBE_SCHEDULE: halfADayOff(),
}

/**
 * Starts throw-away services on free ports. Each run has secrets of its own.
 *
 * @param workerCount - how many programs use them at once
 * @throws Error when one does not start; those that did are stopped
 */
export async function startServices(
  names: readonly ServiceName[],
  onEnd?: OnEnd,
  workerCount = 1
): Promise<Services> {
  const own = createEnding()
  onEnd?.(own.end)
  try {
    const env: Variables = {
      ENCRYPTION_KEY: newSecret(),
      JWT_SECRET: newSecret(),
      COOKIE_SECRET: newSecret(),
      MEDUSA_DISABLE_TELEMETRY: "true",
      // A Redis of the machine's own is nobody's business.
      REDIS_URL: names.includes("redis") ? await startRedis(own.onEnd) : "",
      // The services are on this machine.
      SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8,::1",
    }
    const migrated = names.includes("migrated-postgres")
    if (migrated || names.includes("postgres")) {
      const copyOf = migrated ? await migratedDatabase(own.onEnd) : undefined
      const { url } = await startPostgres({ copyOf }, own.onEnd)
      env.DATABASE_URL = url
      // Medusa's test runner reads the parts.
      const { hostname, port, username, password } = new URL(url)
      env.DB_HOST = hostname
      env.DB_PORT = port
      env.DB_USERNAME = username
      env.DB_PASSWORD = password
    }
    const workers: Variables[] = []
    for (let worker = 0; worker < workerCount; worker++) {
      workers.push({
        // Absolute addresses, of uploaded images for one, name the port.
        PORT: String(await freePort()),
        ...(names.includes("sandbox") && {
          SANDBOX_URL: await startThrowAwaySandbox(own.onEnd),
        }),
      })
    }
    return { env: { ...env, ...workers[0] }, workers, stop: own.end }
  } catch (error) {
    await own.end()
    throw error
  }
}

/**
 * The sandbox network.
 *
 * @param dataDir where its data stays
 */
export function sandboxCommand(
  port: number | string,
  dataDir: string,
  logFile: string
): Command {
  return {
    name: "The sandbox network",
    args: [...tsxArgs, path.join(root, "sandbox", "main.ts")],
    env: { SANDBOX_PORT: String(port), SANDBOX_DATA_DIR: dataDir },
    logFile,
  }
}

/** @returns its address */
async function startThrowAwaySandbox(onEnd: OnEnd): Promise<string> {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const folder = throwAwayFolder("sandbox", onEnd)
  const logFile = path.join(folder, "sandbox.log")
  const command = sandboxCommand(port, path.join(folder, "data"), logFile)
  await startServer(command, { url }, onEnd)
  return url
}

/** Redis comes with the system: no npm package brings it. @returns its address */
async function startRedis(onEnd: OnEnd): Promise<string> {
  const host = "127.0.0.1"
  const port = String(await freePort())
  const folder = throwAwayFolder("redis", onEnd)
  await startServer(
    {
      name: "Redis (on Debian and Ubuntu: apt-get install redis-server)",
      command: "redis-server",
      args: [
        ...["--bind", host, "--port", port],
        ...["--dir", folder, "--save", "", "--appendonly", "no"],
      ],
      logFile: path.join(folder, "redis.log"),
    },
    {},
    onEnd
  )
  return `redis://${host}:${port}`
}

/** Where a server may write; its log file makes it, the end removes it. */
function throwAwayFolder(name: string, onEnd: OnEnd): string {
  const unique = `social-platforms-${name}-${randomUUID()}`
  const folder = path.join(os.tmpdir(), unique)
  onEnd(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const migratedFolder = path.join(root, ".data", "test")

/**
 * Where the files of a database are that Medusa has migrated. Migrating takes
 * longer than most test files: the result is kept in `.data/test`, until a
 * migration, a model, a link or a dependency changes.
 */
async function migratedDatabase(onEnd: OnEnd): Promise<string> {
  const folder = path.join(migratedFolder, `postgres-${schemaHash()}`)
  if (existsSync(folder)) {
    return folder
  }
  const postgres = await startPostgres({}, onEnd)
  // Neither scripts nor search indexes: both would load the modules, which
  // leave traces of this run's keys.
  const without = ["--skip-scripts", "--skip-search"]
  const env = {
    DATABASE_URL: postgres.url,
    NODE_ENV: "test",
    REDIS_URL: "",
    MEDUSA_DISABLE_TELEMETRY: "true",
  }
  const args = ["db:migrate", "--execute-safe-links", ...without]
  const logFile = path.join(migratedFolder, "migrate.log")
  await runToEnd(medusaCommand(args, env, logFile), onEnd)
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
  await postgres.stop()
  return folder
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
