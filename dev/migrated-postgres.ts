import { createHash } from "node:crypto"
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs"
import path from "node:path"
import { type Postgres, startPostgres } from "./postgres"
import { medusaCli, runToEnd } from "./processes"

const root = path.resolve(__dirname, "..")
const kept = path.join(root, ".data", "test")
const prefix = "postgres-"

/** What decides how a migrated database looks. */
const SCHEMA_FILES = /(^|[\\/])(migrations|models|links|migration-scripts)[\\/]/

/**
 * Starts a throw-away PostgreSQL whose database Medusa has migrated. Migrating
 * takes longer than most test files: the result is kept in `.data/test`, until
 * a migration, a model, a link or a dependency changes.
 */
export async function startMigratedPostgres(): Promise<Postgres> {
  const folder = path.join(kept, prefix + schemaHash())
  if (!existsSync(folder)) {
    await keepMigrated(folder)
  }
  return startPostgres({ copyOf: folder })
}

async function keepMigrated(folder: string): Promise<void> {
  const postgres = await startPostgres()
  try {
    await runToEnd({
      name: "medusa db:migrate",
      command: process.execPath,
      // Neither scripts nor search indexes: both would load the modules, which
      // leave traces of this run's keys.
      args: [
        medusaCli(root),
        "db:migrate",
        ...["--execute-safe-links", "--skip-scripts", "--skip-search"],
      ],
      cwd: root,
      env: {
        ...process.env,
        DATABASE_URL: postgres.url,
        NODE_ENV: "test",
        REDIS_URL: "",
        MEDUSA_DISABLE_TELEMETRY: "true",
      },
      logFile: path.join(kept, "migrate.log"),
    })
    removeOlder()
    const unfinished = `${folder}.${process.pid}`
    await postgres.save(unfinished)
    try {
      renameSync(unfinished, folder)
    } catch {
      // Another run was faster.
      rmSync(unfinished, { recursive: true, force: true })
    }
  } finally {
    await postgres.stop()
  }
}

function removeOlder(): void {
  mkdirSync(kept, { recursive: true })
  for (const name of readdirSync(kept)) {
    if (new RegExp(`^${prefix}[0-9a-f]+$`).test(name)) {
      rmSync(path.join(kept, name), { recursive: true, force: true })
    }
  }
}

function schemaHash(): string {
  const sources = readdirSync(path.join(root, "src"), { recursive: true })
    .map((name) => path.join("src", String(name)))
    .filter((name) => SCHEMA_FILES.test(name) && name.endsWith(".ts"))
  const hash = createHash("sha256")
  for (const name of [
    "package-lock.json",
    "medusa-config.ts",
    ...sources.sort(),
  ]) {
    hash.update(name).update(readFileSync(path.join(root, name)))
  }
  return hash.digest("hex").slice(0, 16)
}
