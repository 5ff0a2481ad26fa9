import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { ADMIN } from "../e2e/support/admin-user"
import manifest from "../../package.json"
import { writeApplication } from "./application"
import { checkDeclarations } from "./declarations"
import { checkApi, checkDashboard } from "./http-checks"
import {
  type Command,
  medusaCommand,
  root,
  runToEnd,
  startServer,
} from "../../dev/processes"
import { messageOf, type OnEnd, runProgram, say } from "../../dev/program"
import { startServices } from "../../dev/services"

/*
 * npm run check:package
 *
 * Packs the plugin, installs the tarball into a new Medusa application, and
 * checks that it migrates, builds and serves there, in production mode and in
 * development mode.
 */

/** Scripts for `medusa exec`, with their words. */
const SCRIPT_RUNS = [
  ["encryption-status"],
  ["seal-plaintext", "apply"],
  ["rotate-key", "1", "apply"],
]

async function main(onEnd: OnEnd): Promise<void> {
  const temporary = path.join(os.tmpdir(), "social-platforms-package-")
  const folder = mkdtempSync(temporary)
  onEnd(() => removeInBackground(folder))
  const app = path.join(folder, "app")
  const run = (command: Command) => runToEnd(command, onEnd)

  say("Packing the plugin")
  await run(npm(["pack", "--pack-destination", folder], root))
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))
  assert.ok(tarball, "npm pack made no tarball")

  say("Installing it into a new Medusa application")
  writeApplication(app, path.join(folder, tarball))
  const quietly = ["--prefer-offline", "--no-audit", "--no-fund"]
  await run(npm(["install", ...quietly], app))
  checkFiles(path.join(app, "node_modules", manifest.name))
  checkDeclarations(app)

  say("Starting PostgreSQL and migrating")
  const services = await startServices(["postgres"], onEnd)
  const env = {
    ...services.env,
    NODE_ENV: "development",
    SOCIAL_PLATFORMS_SANDBOX: "true",
  }
  const production = { ...env, NODE_ENV: "production" }
  const url = `http://localhost:${services.env.PORT}`
  const medusa = (args: string[], variables = env, name = args[0]) =>
    medusaCommand(args, variables, logOf(name), app)
  await run(medusa(["db:migrate"]))
  await run(medusa(["user", "-e", ADMIN.email, "-p", ADMIN.password]))

  say("Building the application")
  await run(medusa(["build"], production))
  const built = path.join(app, ".medusa", "server")
  // Its entries can be imported; `medusa build` has type-checked use-plugin.ts.
  const args = [path.join(built, "use-plugin.js")]
  await run({ ...medusa(["entries"]), name: "use-plugin.js", args })

  say("Starting it in production mode")
  const start = { ...medusa(["start"], production), cwd: built }
  await whileServing(start, url, onEnd, async () => {
    await checkApi(url)
    await checkDashboard(url, path.join(built, "public", "admin", "assets"))
  })

  say("Starting it in development mode")
  const develop = medusa(["develop", "--no-lint"])
  await whileServing(develop, url, onEnd, () => checkApi(url))

  say("Running its scripts, as docs/migration.md says")
  for (const [script, ...words] of SCRIPT_RUNS) {
    const file = `./node_modules/${manifest.name}/.medusa/server/src/scripts/${script}.js`
    await run(medusa(["exec", file, ...words], env, script))
  }

  say("Taking its migrations back, and applying them again")
  await run(medusa(["db:rollback", "socials", "encryption"]))
  await run(medusa(["db:migrate"]))
  say("The package installs, migrates, builds and serves")
}

/** The package brings what runs, and nothing of its own development. */
function checkFiles(installed: string): void {
  const targets = Object.values<string | Record<string, string>>(
    manifest.exports
  )
    .flatMap((entry) =>
      typeof entry === "string" ? [entry] : Object.values(entry)
    )
    .filter((file) => !file.includes("*"))
  for (const file of [...targets, ".medusa/server/src/api/middlewares.js"]) {
    const isThere = existsSync(path.join(installed, file))
    assert.ok(isThere, `the package lacks ${file}`)
  }
  const files = readdirSync(installed, { recursive: true }) as string[]
  const unwanted = files.filter(
    (file) =>
      /[\\/]__tests__[\\/]|(^|[\\/])\.env/.test(file) ||
      /^\.medusa[\\/]server[\\/](?!src([\\/]|$))/.test(file)
  )
  assert.deepEqual(unwanted, [], "the package brings files of its development")
}

function npm(args: string[], cwd: string): Command {
  const [name] = args
  return {
    name: `npm ${name}`,
    command: "npm",
    args,
    cwd,
    logFile: logOf(name),
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
  const remove = "fs.rmSync(process.argv[1], { recursive: true, force: true })"
  const args = ["-e", remove, folder]
  spawn(process.execPath, args, { detached: true, stdio: "ignore" }).unref()
}

function logOf(name: string): string {
  const file = `package-${name.replace(":", "-")}.log`
  return path.join(root, ".data", "logs", file)
}

runProgram(main)
