import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import pg from "pg"
import { startPictureServer } from "../../integration-tests/http/support/pictures"
import { type Services, startServices } from "../services"
import { logIn } from "./admin-api"
import type { CleanUp } from "./clean-up"
import { listTables } from "./database"
import type { Report } from "./report"
import { clientSecret, createSandbox } from "./sandbox"
import { createSecretBook } from "./secret-book"
import type { Stage } from "./stage"
import { createStore, type Store } from "./store"

const email = "admin@example.com"

/**
 * Starts everything that the demo needs, each with data of its own, and
 * registers with `cleanUp` how it ends.
 */
export async function setUp(report: Report, cleanUp: CleanUp): Promise<Stage> {
  const logFolder = makeLogFolder(report, cleanUp)

  const { services, database } = await report.step(
    "A database and a social network of the demo's own start",
    async (show) => {
      const services = await start(cleanUp)
      const database = await connect(services.env.DATABASE_URL, cleanUp)
      const { rows } = await database.query("select version()")
      show(
        `${rows[0].version.split(" on ")[0]} on port ${services.env.DB_PORT}`
      )
      show(`Sandbox network on ${services.env.SANDBOX_URL}`)
      return { services, database }
    }
  )

  const keys = {
    ENCRYPTION_KEY: services.env.ENCRYPTION_KEY,
    ENCRYPTION_KEY_VERSION: "1",
  }
  const store = await createStore({
    logFolder,
    serviceEnv: services.env,
    firstKeys: keys,
    onStart: (running) => cleanUp.add(running.stop),
  })
  await migrate(report, store, database)

  const api = await report.step(
    "Medusa starts with encryption key version 1, and an admin logs in",
    async (show) => {
      const password = randomBytes(12).toString("hex")
      await store.run("user", "-e", email, "-p", password)
      await store.start(keys)
      const api = await logIn(store.url, email, password)
      show(`medusa start: ${store.url}/health answers`)
      show(`POST /auth/user/emailpass: ${email} is logged in`)
      return api
    }
  )

  const picture = await startPictureServer()
  cleanUp.add(picture.close)
  const secrets = createSecretBook()
  secrets.add("encryption key 1", Buffer.from(keys.ENCRYPTION_KEY, "base64"))
  secrets.add("client secret", clientSecret)
  return {
    store,
    api,
    database,
    sandbox: createSandbox(services.env.SANDBOX_URL),
    pictureUrl: picture.url,
    logFolder,
    keys,
    secrets,
    dumps: [],
  }
}

function makeLogFolder(report: Report, cleanUp: CleanUp): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "social-platforms-demo-"))
  cleanUp.add(() => {
    if (report.hasFailed()) {
      console.error(`  The logs are in ${folder}`)
      return
    }
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

async function start(cleanUp: CleanUp): Promise<Services> {
  const starting = startServices(["postgres", "sandbox"])
  // Registered before they run: a Ctrl-C meanwhile waits for them.
  cleanUp.add(async () => {
    const services = await starting.catch(() => undefined)
    await services?.stop()
  })
  return starting
}

async function connect(url: string, cleanUp: CleanUp): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  // A lost connection fails the next query; it must not end the process.
  client.on("error", () => undefined)
  await client.connect()
  cleanUp.add(() => client.end())
  return client
}

async function migrate(
  report: Report,
  store: Store,
  database: pg.Client
): Promise<void> {
  await report.step("medusa db:migrate makes the tables", async (show) => {
    // A new database has no rows that Medusa's own scripts could migrate.
    await store.run("db:migrate", "--execute-safe-links", "--skip-scripts")
    const tables = await listTables(database)
    const own = tables.filter(({ name }) => /^social_|_social_/.test(name))
    show(`${tables.length} tables, of this plugin:`)
    show(own.map(({ name }) => name).join(", "))
  })
}
