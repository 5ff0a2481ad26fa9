import path from "node:path"
import { loadEnv } from "@medusajs/framework/utils"
import { withDatabase } from "../integration-tests/e2e/support/database"
import { ensureSecrets } from "./env-file"
import { portFromEnv } from "./ports"
import { type Postgres, startPostgres } from "./postgres"
import {
  type Command,
  medusaCommand,
  root,
  type RunningProcess,
  runToEnd,
  startServer,
} from "./processes"
import { type OnEnd, runProgram, say } from "./program"
import { describeSimulators } from "../sandbox/simulators"
import { sandboxCommand } from "./services"

/*
 * npm start: a development store with the plugin, its database, and a social
 * network to try it on. Everything that it makes is in .data/ and .env.
 */

const data = path.join(root, ".data")
const logOf = (name: string) => path.join(data, "logs", `${name}.log`)

async function main(onEnd: OnEnd): Promise<void> {
  const added = ensureSecrets(path.join(root, ".env"))
  if (added.length > 0) {
    say(`Made ${added.join(", ")} in .env: keep that file, it is not in git`)
  }
  loadEnv("development", root)

  const port = await portFromEnv("PORT", 9000)
  const sandboxPort = await portFromEnv("SANDBOX_PORT", 4400)
  const url = `http://localhost:${port}`
  const sandboxUrl = `http://localhost:${sandboxPort}`
  const email = process.env.ADMIN_EMAIL || "admin@example.com"
  const password = process.env.ADMIN_PASSWORD || "social-platforms"

  let embedded: Postgres | undefined
  if (!process.env.DATABASE_URL) {
    say("Starting PostgreSQL")
    const dataDir = path.join(data, "postgres")
    const choosePort = () => portFromEnv("POSTGRES_PORT", 5434)
    embedded = await startPostgres({ dataDir, port: choosePort }, onEnd)
  }
  const databaseUrl = embedded?.url ?? process.env.DATABASE_URL!
  const env: NodeJS.ProcessEnv = {
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    SANDBOX_URL: sandboxUrl,
    // The sandbox network and uploaded images are on this machine.
    SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS:
      process.env.SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS || "127.0.0.0/8,::1",
    MEDUSA_DISABLE_TELEMETRY: "true",
  }
  const runMedusa = (args: string[], name: string) =>
    runToEnd(medusaCommand(args, env, logOf(name)), onEnd)

  say("Migrating the database")
  await runMedusa(["db:migrate", "--execute-safe-links"], "migrate")
  if (!(await adminExists(databaseUrl, email))) {
    say(`Creating the admin user ${email}`)
    await runMedusa(["user", "-e", email, "-p", password], "user")
  }

  say("Starting the sandbox network and Medusa")
  const sandboxData = path.join(data, "sandbox")
  const sandboxed = sandboxCommand(sandboxPort, sandboxData, logOf("sandbox"))
  const network: Command = {
    ...sandboxed,
    env: { ...sandboxed.env, SANDBOX_SIMULATORS: "true" },
  }
  const failure = "Medusa's server ended with"
  const [sandbox, medusa] = await Promise.all([
    startServer(network, { url: sandboxUrl }, onEnd),
    startServer(developCommand(env), { url: `${url}/health`, failure }, onEnd),
  ])

  const shown = process.env.ADMIN_PASSWORD
    ? "the one in ADMIN_PASSWORD"
    : password
  say("Ready. Logs are in .data/logs; Ctrl-C stops everything.")
  console.log(`
  Dashboard        ${url}/app
  Login            ${email}, password: ${shown}
  Sandbox network  ${sandboxUrl}

  Simulated networks. Enter their address in the platform's form: as Server at
  Bluesky, as Address of the instance or the site at Mastodon and WordPress, as
  Address of the API (or the Bot API) everywhere else.
  ${describeSimulators(sandboxPort + 1).join("\n  ")}`)

  const ended = async (child: RunningProcess) =>
    child.describe(`ended with ${await child.exited}`)
  const children = [ended(sandbox), ended(medusa)]
  if (embedded) {
    children.push(embedded.exited.then(() => "PostgreSQL ended"))
  }
  throw new Error(await Promise.race(children))
}

function developCommand(env: NodeJS.ProcessEnv): Command {
  const marker = path.join(root, "dev", "medusa-server-marker.cjs")
  const require = `--require ${JSON.stringify(marker)}`
  const options = `${process.env.NODE_OPTIONS ?? ""} ${require}`
  // Linting takes longer than the start itself, and has its own command.
  const args = ["develop", "--no-lint"]
  return medusaCommand(args, { ...env, NODE_OPTIONS: options }, logOf("medusa"))
}

async function adminExists(url: string, email: string): Promise<boolean> {
  const users = `select 1 from "user" where email = $1 and deleted_at is null`
  const rows = await withDatabase(url, (query) => query(users, [email]))
  return rows.length > 0
}

runProgram(main, () => 0)
