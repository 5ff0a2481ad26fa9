import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { newSecret } from "./env-file"
import { startMigratedPostgres } from "./migrated-postgres"
import { freePort } from "./ports"
import { startPostgres } from "./postgres"
import { failureText, startProcess, tsxArgs, waitForUrl } from "./processes"
import { startRedis } from "./redis"

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

const root = path.resolve(__dirname, "..")
const sandboxTimeoutMs = 60_000

/**
 * Starts throw-away services on free ports. Each run has secrets of its own.
 *
 * @param workerCount - how many programs use them at once
 * @throws Error when one does not start; those that did are stopped
 */
export async function startServices(
  names: readonly ServiceName[],
  workerCount = 1
): Promise<Services> {
  const env: Record<string, string> = {
    ENCRYPTION_KEY: newSecret(),
    JWT_SECRET: newSecret(),
    COOKIE_SECRET: newSecret(),
    MEDUSA_DISABLE_TELEMETRY: "true",
  }
  const workers: Record<string, string>[] = []
  const started: (() => Promise<void>)[] = []
  const stop = async () => {
    await Promise.all(started.splice(0).map((stopService) => stopService()))
  }

  try {
    const migrated = names.includes("migrated-postgres")
    if (migrated || names.includes("postgres")) {
      const postgres = await (migrated
        ? startMigratedPostgres()
        : startPostgres())
      started.push(postgres.stop)
      Object.assign(env, {
        DB_HOST: postgres.host,
        DB_PORT: String(postgres.port),
        DB_USERNAME: postgres.user,
        DB_PASSWORD: postgres.password,
        DATABASE_URL: postgres.url,
      })
    }
    for (let worker = 0; worker < workerCount; worker++) {
      // Absolute addresses, of uploaded images for one, name the port.
      workers.push({ PORT: String(await freePort()) })
      if (names.includes("sandbox")) {
        const sandbox = await startSandbox()
        started.push(sandbox.stop)
        workers[worker].SANDBOX_URL = sandbox.url
        env.SANDBOX_URL ??= sandbox.url
      }
    }
    if (names.includes("redis")) {
      const redis = await startRedis()
      started.push(redis.stop)
      env.REDIS_URL = redis.url
    }
    return { env, workers, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * Starts the sandbox network with data of its own.
 *
 * @returns its address, and how to stop it
 */
async function startSandbox(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort()
  const folder = mkdtempSync(
    path.join(os.tmpdir(), "social-platforms-sandbox-")
  )
  const sandbox = startProcess({
    name: "The sandbox network",
    command: process.execPath,
    args: [...tsxArgs, path.join(root, "sandbox", "main.ts")],
    cwd: root,
    env: {
      ...process.env,
      SANDBOX_PORT: String(port),
      SANDBOX_DATA_DIR: path.join(folder, "data"),
    },
    logFile: path.join(folder, "sandbox.log"),
  })
  const stop = async () => {
    await sandbox.stop()
    rmSync(folder, { recursive: true, force: true })
  }

  const url = `http://localhost:${port}`
  try {
    await waitForUrl(url, sandboxTimeoutMs, () =>
      sandbox.hasExited() ? failureText(sandbox, "did not start") : undefined
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
}
