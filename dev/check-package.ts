import assert from "node:assert/strict"
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { writeApplication } from "./check-package/application"
import { checkApi, checkDashboard } from "./check-package/http-checks"
import { freePort } from "./ports"
import {
  failureText,
  medusaCli,
  runToEnd,
  startProcess,
  waitForUrl,
} from "./processes"
import { startServices } from "./services"
import { messageOf, onStopSignal } from "./signals"

/*
 * npm run check:package
 *
 * Packs the plugin, installs the tarball into a new Medusa application, and
 * checks that it migrates, builds and serves there, in production mode and in
 * development mode.
 */

const root = path.resolve(__dirname, "..")
const packageName = "medusa-plugin-social-platforms"
const email = "admin@example.com"
const password = "a-password-for-one-run"
const readyTimeoutMs = 120_000

/** Scripts for `medusa exec`, with their words. */
const SCRIPT_RUNS = [
  ["encryption-status"],
  ["seal-plaintext", "apply"],
  ["rotate-key", "1", "apply"],
]

/** What to undo at the end, in the order in which it was done. */
const undo: (() => Promise<void> | void)[] = []
let stopping = false

async function main(): Promise<void> {
  const folder = mkdtempSync(
    path.join(os.tmpdir(), "social-platforms-package-")
  )
  onEnd(() => removeInBackground(folder))
  const app = path.join(folder, "app")

  say("Packing the plugin")
  await npm("pack", ["pack", "--pack-destination", folder], root)
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))
  assert.ok(tarball, "npm pack made no tarball")

  say("Installing it into a new Medusa application")
  writeApplication(app, root, path.join(folder, tarball))
  const quietly = ["--prefer-offline", "--no-audit", "--no-fund"]
  await npm("install", ["install", ...quietly], app)
  checkFiles(path.join(app, "node_modules", packageName))

  say("Starting PostgreSQL and migrating")
  const starting = startServices(["postgres"])
  onEnd(async () => {
    const services = await starting.catch(() => undefined)
    await services?.stop()
  })
  const { env: serviceEnv } = await starting
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env = {
    ...process.env,
    ...serviceEnv,
    PORT: String(port),
    NODE_ENV: "development",
    REDIS_URL: "",
    // The sandbox's address in the application's configuration is local.
    SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8,::1",
    SOCIAL_PLATFORMS_SANDBOX: "true",
  }
  await medusa("db:migrate", app, env, ["db:migrate"])
  await medusa("user", app, env, ["user", "-e", email, "-p", password])

  say("Building the application")
  const production = { ...env, NODE_ENV: "production" }
  await medusa("build", app, production, ["build"])
  const built = path.join(app, ".medusa", "server")
  checkEntries(app, built, env)

  say("Starting it in production mode")
  await whileServing(
    "start",
    app,
    built,
    production,
    ["start"],
    url,
    async () => {
      await checkApi(url, email, password)
      await checkDashboard(url, path.join(built, "public", "admin", "assets"))
    }
  )

  say("Starting it in development mode")
  const develop = ["develop", "--no-lint"]
  await whileServing("develop", app, app, env, develop, url, () =>
    checkApi(url, email, password)
  )

  say("Running its scripts, as docs/migration.md says")
  for (const [script, ...args] of SCRIPT_RUNS) {
    const file = `./node_modules/${packageName}/.medusa/server/src/scripts/${script}.js`
    await medusa(script, app, env, ["exec", file, ...args])
  }

  say("Taking its migrations back, and applying them again")
  await medusa("db:rollback", app, env, [
    "db:rollback",
    "socials",
    "encryption",
  ])
  await medusa("db:migrate", app, env, ["db:migrate"])
  await undoAll()
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

/** Code of the application can import the package's entries, types included. */
function checkEntries(
  app: string,
  built: string,
  env: NodeJS.ProcessEnv
): void {
  // `medusa build` has type-checked use-plugin.ts; this runs what it made.
  const { status, stderr } = spawnSync(
    process.execPath,
    ["-e", `require(${JSON.stringify(path.join(built, "use-plugin.js"))})`],
    { cwd: app, env, encoding: "utf8" }
  )
  assert.equal(status, 0, `the package's entries cannot be imported: ${stderr}`)
}

async function npm(name: string, args: string[], cwd: string): Promise<void> {
  // The npm that runs this script, wherever it is installed.
  const cli = process.env.npm_execpath
  const [command, first] = cli ? [process.execPath, [cli]] : ["npm", []]
  await run(
    name,
    `npm ${args[0]}`,
    command,
    [...first, ...args],
    cwd,
    process.env
  )
}

function medusa(
  name: string,
  app: string,
  env: NodeJS.ProcessEnv,
  args: string[]
): Promise<void> {
  const command = [medusaCli(app), ...args]
  return run(name, `medusa ${args[0]}`, process.execPath, command, app, env)
}

function run(
  logName: string,
  name: string,
  command: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv
): Promise<void> {
  const logFile = logOf(logName)
  return runToEnd({ name, command, args, cwd, env, logFile }, (running) =>
    onEnd(running.stop)
  )
}

/** Serves the application, waits until it is healthy, and runs checks on it. */
async function whileServing(
  name: string,
  app: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  args: string[],
  url: string,
  checks: () => Promise<void>
): Promise<void> {
  const server = startProcess({
    name: `medusa ${args[0]}`,
    command: process.execPath,
    args: [medusaCli(app), ...args],
    cwd,
    env,
    logFile: logOf(name),
  })
  onEnd(server.stop)
  try {
    await waitForUrl(`${url}/health`, readyTimeoutMs, () =>
      server.hasExited() ? "it has ended" : undefined
    )
    await checks()
  } catch (error) {
    throw new Error(failureText(server, `failed: ${messageOf(error)}`))
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
  return path.join(
    root,
    ".data",
    "logs",
    `package-${name.replace(":", "-")}.log`
  )
}

function onEnd(step: () => Promise<void> | void): void {
  undo.push(step)
}

async function undoAll(): Promise<void> {
  for (const step of undo.splice(0).reverse()) {
    await step()
  }
}

function say(text: string): void {
  console.log(`[${new Date().toTimeString().slice(0, 8)}] ${text}`)
}

onStopSignal(
  () => {
    stopping = true
    return undoAll()
  },
  () => 130
)

main().then(
  () => process.exit(0),
  async (error: unknown) => {
    if (stopping) {
      // What was interrupted has not failed; the handler above ends us.
      return
    }
    console.error(`\n${messageOf(error)}`)
    await undoAll()
    process.exit(1)
  }
)
