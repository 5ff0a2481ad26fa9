import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { parseEnv } from "node:util"

/** Settings of the developer's store that must not reach the demo's. */
const settings =
  /^(ADMIN|COOKIE|DATABASE|DB|DISABLE|ENCRYPTION|JWT|LOG|MEDUSA|REDIS|SANDBOX|SOCIAL_PLATFORMS)_|_CORS$|^(HOST|NODE_ENV|PORT)$/

/**
 * The environment of the demo's store: this machine's, without the settings of
 * the developer's own store.
 *
 * @param root folder of the application, whose `.env` Medusa will read
 * @param own  the demo's settings
 */
export function demoEnvironment(
  root: string,
  own: Record<string, string>
): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !settings.test(name)
  )
  // Medusa adds from .env what the environment lacks: empty counts as there.
  const blanks = namesInEnvFile(path.join(root, ".env")).map((name) => [
    name,
    "",
  ])
  return {
    ...Object.fromEntries([...inherited, ...blanks]),
    ...own,
  }
}

function namesInEnvFile(file: string): string[] {
  return existsSync(file)
    ? Object.keys(parseEnv(readFileSync(file, "utf8")))
    : []
}
