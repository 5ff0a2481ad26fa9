import { type ChildProcess, spawn } from "node:child_process"
import { freePort } from "../../../dev/ports"
import { answers, medusaCli, root, waitUntil } from "../../../dev/processes"
import { messageOf, onStopSignal } from "../../../dev/program"
import { createAdminUser } from "./admin-user"
import { buildDashboard } from "./dashboard"
import { createFront } from "./front"

/*
 * node --import tsx integration-tests/e2e/support/serve-store.ts
 *
 * Runs a store with the plugin and its dashboard on PORT, in the migrated
 * database of DATABASE_URL, until it is told to stop or its parent ends. A program of its
 * own, because the test runner may be killed without a chance to clean up.
 */

const healthyTimeoutMs = 180_000

/** In this process's group, so that whoever ends the group ends them too. */
const children = new Set<ChildProcess>()
let stopping = false

async function main(): Promise<void> {
  const port = Number(process.env.PORT)
  const databaseUrl = process.env.DATABASE_URL
  if (!port || !databaseUrl) {
    throw new Error(
      "PORT and DATABASE_URL say where to run: see npm run test:e2e"
    )
  }

  const [dashboard, medusaPort] = await Promise.all([
    buildDashboard(runNode),
    startMedusa(port, databaseUrl),
  ])
  const front = createFront(dashboard, medusaPort)
  await new Promise<void>((resolve, reject) => {
    front.once("error", reject).listen(port, resolve)
  })
  console.log(`The store is ready on http://localhost:${port}/app`)
}

/** @returns the port that Medusa listens on */
async function startMedusa(port: number, databaseUrl: string): Promise<number> {
  const medusaPort = await freePort()
  const publicUrl = `http://localhost:${port}`
  const env = {
    PORT: String(medusaPort),
    MEDUSA_BACKEND_URL: publicUrl,
    SOCIAL_PLATFORMS_ADMIN_URL: `${publicUrl}/app`,
    DISABLE_MEDUSA_ADMIN: "true",
  }
  const medusa = startNode([medusaCli(root), "start"], { env })
  await waitUntil(
    () => answers(`http://localhost:${medusaPort}/health`),
    healthyTimeoutMs,
    () => medusa.exitCode !== null
  )
  medusa.once("exit", () => {
    if (!stopping) {
      console.error("Medusa ended")
      process.exit(1)
    }
  })
  await createAdminUser(`http://localhost:${medusaPort}`, databaseUrl)
  return medusaPort
}

type NodeOptions = { cwd?: string; env?: NodeJS.ProcessEnv }

function startNode(
  args: string[],
  { cwd = root, env }: NodeOptions
): ChildProcess {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  })
  children.add(child)
  child.once("exit", () => children.delete(child))
  return child
}

function runNode(args: string[], options: NodeOptions): Promise<void> {
  const child = startNode(args, options)
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("exit", (code, signal) =>
      code === 0
        ? resolve()
        : reject(new Error(`${args.join(" ")} ended with ${code ?? signal}`))
    )
  })
}

async function stopChildren(): Promise<void> {
  stopping = true
  await Promise.all(
    [...children].map(
      (child) =>
        new Promise<void>((resolve) => {
          child.once("exit", () => resolve())
          child.kill("SIGTERM")
        })
    )
  )
}

onStopSignal(stopChildren, () => 0)

main().catch(async (error: unknown) => {
  if (stopping) {
    return
  }
  console.error(messageOf(error))
  await stopChildren()
  process.exit(1)
})
