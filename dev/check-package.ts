import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { writeApplication } from "./check-package/application"
import { checkApi, checkDashboard } from "./check-package/http-checks"
import { freePort } from "./ports"
import {
  type Command,
  medusaCommand,
  root,
  runToEnd,
  startServer,
} from "./processes"
import { messageOf, type OnEnd, runProgram, say } from "./program"
import { startServices } from "./services"

/*
 * npm run check:package
 *
 * Packs the plugin, installs the tarball into a new Medusa application, and
 * checks that it migrates, builds and serves there, in production mode and in
 * development mode.
 */

const packageName = "medusa-plugin-social-platforms"
const admin = {
  email: "admin@example.com",
  password: "a-password-for-one-run",
}

/** Scripts for `medusa exec`, with their words. */
const SCRIPT_RUNS = [
  ["encryption-status"],
  ["seal-plaintext", "apply"],
  ["rotate-key", "1", "apply"],
]

async function main(onEnd: OnEnd): Promise<void> {
  const folder = mkdtempSync(
    path.join(os.tmpdir(), "social-platforms-package-")
  )
  onEnd(() => removeInBackground(folder))
  const app = path.join(folder, "app")
  const run = (command: Command) => runToEnd(command, onEnd)

  say("Packing the plugin")
  await run(npm(["pack", "--pack-destination", folder], root))
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))
  assert.ok(tarball, "npm pack made no tarball")

  say("Installing it into a new Medusa application")
  writeApplication(app, root, path.join(folder, tarball))
  const quietly = ["--prefer-offline", "--no-audit", "--no-fund"]
  await run(npm(["install", ...quietly], app))
  checkFiles(path.join(app, "node_modules", packageName))

  say("Starting PostgreSQL and migrating")
  const services = await startServices(["postgres"], onEnd)
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env = {
    ...services.env,
    PORT: String(port),
    NODE_ENV: "development",
    REDIS_URL: "",
    // The sandbox's address in the application's configuration is local.
    SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8,::1",
    SOCIAL_PLATFORMS_SANDBOX: "true",
  }
  const production = { ...env, NODE_ENV: "production" }
  const medusa = (args: string[], variables = env, name = args[0]) =>
    medusaCommand(args, variables, logOf(name), app)
  await run(medusa(["db:migrate"]))
  await run(medusa(["user", "-e", admin.email, "-p", admin.password]))

  say("Building the application")
  await run(medusa(["build"], production))
  const built = path.join(app, ".medusa", "server")
  // Its entries can be imported; `medusa build` has type-checked use-plugin.ts.
  const args = [path.join(built, "use-plugin.js")]
  await run({ ...medusa(["entries"]), name: "use-plugin.js", args })

  say("Starting it in production mode")
  const start = { ...medusa(["start"], production), cwd: built }
  await whileServing(start, url, onEnd, async () => {
    await checkApi(url, admin)
    await checkDashboard(url, path.join(built, "public", "admin", "assets"))
  })

  say("Starting it in development mode")
  await whileServing(medusa(["develop", "--no-lint"]), url, onEnd, () =>
    checkApi(url, admin)
  )

  say("Running its scripts, as docs/migration.md says")
  for (const [script, ...args] of SCRIPT_RUNS) {
    const file = `./node_modules/${packageName}/.medusa/server/src/scripts/${script}.js`
    await run(medusa(["exec", file, ...args], env, script))
  }

  say("Taking its migrations back, and applying them again")
  await run(medusa(["db:rollback", "socials", "encryption"]))
  await run(medusa(["db:migrate"]))
  say("The package installs, migrates, builds and serves")
}

/** The package brings what runs, and nothing of its own development. */
function checkFiles(installed: string): void {
  const present = [
    ".medusa/server/src/modules/encryption/index.js",
    ".medusa/server/src/modules/socials/index.js",
    ".medusa/server/src/workflows/index.js",
    ".medusa/server/src/workflows/index.d.ts",
    ".medusa/server/src/api/middlewares.js",
    ".medusa/server/src/admin/index.mjs",
    ".medusa/server/src/admin/index.js",
  ]
  for (const file of present) {
    assert.ok(
      existsSync(path.join(installed, file)),
      `the package lacks ${file}`
    )
  }
  const files = readdirSync(installed, { recursive: true }) as string[]
  const unwanted = files.filter(
    (file) =>
      /[\\/]__tests__[\\/]|(^|[\\/])\.env/.test(file) ||
      /^\.medusa[\\/]server[\\/](?!src([\\/]|$))/.test(file)
  )
  assert.deepEqual(unwanted, [], "the package brings files of its development")
}

/** How to run the npm that runs this script, wherever it is installed. */
function npm(args: string[], cwd: string): Command {
  const cli = process.env.npm_execpath
  return {
    name: `npm ${args[0]}`,
    command: cli ? process.execPath : "npm",
    args: cli ? [cli, ...args] : args,
    cwd,
    logFile: logOf(args[0]),
  }
}

/** Serves the application, waits until it is healthy, and runs checks on it. */
async function whileServing(
  command: Command,
  url: string,
  onEnd: OnEnd,
  checks: () => Promise<void>
): Promise<void> {
  const server = await startServer(command, { url: `${url}/health` }, onEnd)
  try {
    await checks()
  } catch (error) {
    throw new Error(server.describe(`failed: ${messageOf(error)}`))
  }
  await server.stop()
}

/**
 * Removes the application's 100 000 files, which takes minutes on a slow disk:
 * nobody has to wait for that.
 */
function removeInBackground(folder: string): void {
  if (process.platform === "win32") {
    return rmSync(folder, { recursive: true, force: true })
  }
  spawn("rm", ["-rf", folder], { detached: true, stdio: "ignore" }).unref()
}

function logOf(name: string): string {
  const file = `package-${name.replace(":", "-")}.log`
  return path.join(root, ".data", "logs", file)
}

runProgram(main)
