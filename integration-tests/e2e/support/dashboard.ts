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

const root = path.resolve(__dirname, "../../..")
const admin = path.join(root, "src", "admin")
/** What the pages import from outside their own folder. */
const sharedWithDashboard = [
  path.join(root, "src", "credentials", "imports"),
  path.join(root, "src", "shared"),
]
const script = path.join(__dirname, "build-dashboard.mjs")
const cache = path.join(root, ".data", "e2e")

/** Runs a Node program to its end; rejects when it fails. */
export type RunNode = (
  args: string[],
  options: { cwd: string }
) => Promise<void>

/**
 * Builds the dashboard with the plugin's pages, as a production store serves
 * it. A build of the same sources is used again: it takes most of a minute.
 *
 * @returns the folder with its index.html
 */
export async function buildDashboard(runNode: RunNode): Promise<string> {
  const built = path.join(cache, `dashboard-${sourcesHash()}`)
  if (existsSync(path.join(built, "index.html"))) {
    return built
  }

  const workshop = path.join(cache, `build-${process.pid}`)
  mkdirSync(workshop, { recursive: true })
  try {
    // Most of the bundler's time is collecting young garbage.
    const args = ["--max-semi-space-size=256", script, admin, "out"]
    await runNode(args, { cwd: workshop })
    for (const name of readdirSync(cache)) {
      if (name.startsWith("dashboard-")) {
        rmSync(path.join(cache, name), { recursive: true, force: true })
      }
    }
    renameSync(path.join(workshop, "out"), built)
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
  return built
}

function sourcesHash(): string {
  const hash = createHash("sha256")
  const files = [admin, ...sharedWithDashboard]
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
    )
    .filter(
      (entry) => entry.isFile() && !entry.parentPath.includes("__tests__")
    )
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
  for (const file of [...files, script, path.join(root, "package-lock.json")]) {
    hash.update(path.relative(root, file)).update("\0")
    hash.update(readFileSync(file)).update("\0")
  }
  return hash.digest("hex").slice(0, 16)
}
