import type { Options, Result } from "execa"
import { freePort } from "../../../dev/ports"
import { answers, medusaCli, root, waitUntil } from "../../../dev/processes"
import { type OnEnd, runProgram } from "../../../dev/program"
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

async function main(onEnd: OnEnd): Promise<void> {
  const port = Number(process.env.PORT)
  const databaseUrl = process.env.DATABASE_URL
  if (!port || !databaseUrl) {
    throw new Error(
      "PORT and DATABASE_URL say where to run: see npm run test:e2e"
    )
  }

  const medusaPort = await freePort()
  const publicUrl = `http://localhost:${port}`
  const [dashboard, medusa] = await Promise.all([
    buildDashboard(async (args, options) => {
      const { ended } = await startNode(args, options, onEnd)
      const { failed, shortMessage } = await ended
      if (failed) {
        throw new Error(shortMessage)
      }
    }),
    startNode(
      [medusaCli(root), "start"],
      {
        env: {
          PORT: String(medusaPort),
          MEDUSA_BACKEND_URL: publicUrl,
          SOCIAL_PLATFORMS_ADMIN_URL: `${publicUrl}/app`,
          DISABLE_MEDUSA_ADMIN: "true",
        },
      },
      onEnd
    ),
  ])
  const medusaUrl = `http://localhost:${medusaPort}`
  await Promise.race([
    medusa.ended,
    waitUntil(() => answers(`${medusaUrl}/health`), healthyTimeoutMs),
  ])
  await createAdminUser(medusaUrl, databaseUrl)

  const front = createFront(dashboard, medusaPort)
  await new Promise<void>((resolve, reject) => {
    front.once("error", reject).listen(port, resolve)
  })
  console.log(`The store is ready on http://localhost:${port}/app`)
  await medusa.ended
  throw new Error("Medusa ended")
}

/** In this process's group, so that whoever ends the group ends it too. */
async function startNode(
  args: string[],
  options: Pick<Options, "cwd" | "env">,
  onEnd: OnEnd
): Promise<{ ended: Promise<Result> }> {
  const { execa } = await import("execa")
  const child = execa(process.execPath, args, {
    cwd: root,
    ...options,
    stdio: ["ignore", "inherit", "inherit"],
    reject: false,
  })
  onEnd(async () => {
    child.kill()
    await child
  })
  return { ended: child }
}

runProgram(main, () => 0)
