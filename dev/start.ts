import path from "node:path"
import { loadEnv } from "@medusajs/framework/utils"
import { ensureSecrets } from "./env-file"
import { portFromEnv } from "./ports"
import { type Postgres, query, startPostgres } from "./postgres"
import {
  type Command,
  medusaCommand,
  root,
  type RunningProcess,
  runToEnd,
  startServer,
} from "./processes"
import { type OnEnd, runProgram, say } from "./program"
import { sandboxCommand } from "./services"

/*
 * npm start: a development store with the plugin, its database, and a social
 * network to try it on. Everything that it makes is in .data/ and .env.
 */

const data = path.join(root, ".data")
const logFile = (name: string) => path.join(data, "logs", `${name}.log`)

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

  const embedded = process.env.DATABASE_URL
    ? undefined
    : await startOwnPostgres(onEnd)
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
    runToEnd(medusaCommand(args, env, logFile(name)), onEnd)

  say("Migrating the database")
  await runMedusa(["db:migrate", "--execute-safe-links"], "migrate")
  if (!(await adminExists(databaseUrl, email))) {
    say(`Creating the admin user ${email}`)
    if (embedded) {
      await removeHalfAdmin(databaseUrl, email)
    }
    await runMedusa(["user", "-e", email, "-p", password], "user")
  }

  say("Starting the sandbox network and Medusa")
  const [sandbox, medusa] = await Promise.all([
    startServer(
      sandboxCommand(
        sandboxPort,
        path.join(data, "sandbox"),
        logFile("sandbox")
      ),
      { url: sandboxUrl },
      onEnd
    ),
    startServer(
      developCommand(env),
      { url: `${url}/health`, failure: "Medusa's server ended with" },
      onEnd
    ),
  ])

  const shown = process.env.ADMIN_PASSWORD
    ? "the one in ADMIN_PASSWORD"
    : password
  say("Ready. Logs are in .data/logs; Ctrl-C stops everything.")
  console.log(`
  Dashboard        ${url}/app
  Login            ${email}, password: ${shown}
  Sandbox network  ${sandboxUrl}`)

  const ended = async (child: RunningProcess) =>
    child.describe(`ended with ${await child.exited}`)
  const failure = await Promise.race([
    ended(sandbox),
    ended(medusa),
    ...(embedded ? [embedded.exited.then(() => "PostgreSQL ended")] : []),
  ])
  throw new Error(failure)
}

async function startOwnPostgres(onEnd: OnEnd): Promise<Postgres> {
  say("Starting PostgreSQL")
  const port = () => portFromEnv("POSTGRES_PORT", 5434)
  return startPostgres({ dataDir: path.join(data, "postgres"), port }, onEnd)
}

function developCommand(env: NodeJS.ProcessEnv): Command {
  const marker = path.join(root, "dev", "medusa-server-marker.cjs")
  const options = [
    process.env.NODE_OPTIONS,
    `--require ${JSON.stringify(marker)}`,
  ]
  return medusaCommand(
    // Linting takes longer than the start itself, and has its own command.
    ["develop", "--no-lint"],
    { ...env, NODE_OPTIONS: options.filter(Boolean).join(" ") },
    logFile("medusa")
  )
}

/** Whether there is a user, and an identity with a password that belongs to it. */
async function adminExists(url: string, email: string): Promise<boolean> {
  const rows = await query(
    url,
    `select 1
       from "user" u
       join provider_identity p
         on p.entity_id = u.email and p.provider = 'emailpass'
       join auth_identity a
         on a.id = p.auth_identity_id and a.app_metadata->>'user_id' = u.id
      where u.email = $1 and u.deleted_at is null`,
    [email]
  )
  return rows.length > 0
}

/**
 * Removes what an interrupted `medusa user` left: half an admin can neither log
 * in nor be created again. For the embedded development database only.
 */
async function removeHalfAdmin(url: string, email: string): Promise<void> {
  await query(
    url,
    `delete from auth_identity where id in
       (select auth_identity_id from provider_identity
         where entity_id = $1 and provider = 'emailpass')`,
    [email]
  )
  await query(url, `delete from "user" where email = $1`, [email])
}

runProgram(main, () => 0)
