import { randomBytes } from "node:crypto"
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { parseEnv } from "node:util"

/** A fresh 32-byte secret in base64, the form an encryption key has. */
export function newSecret(): string {
  return randomBytes(32).toString("base64")
}

/** What a `.env` file sets; nothing when there is no such file. */
export function readEnvFile(file: string): NodeJS.Dict<string> {
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {}
}

/**
 * Adds the secrets that neither the environment nor the file has. A value that
 * is there is never changed: replacing an encryption key would make everything
 * sealed with it unreadable. The file is readable by its owner only.
 *
 * @param file path of the `.env` file, made when it does not exist
 * @returns names of the variables that were added, never their values
 */
export function ensureSecrets(file: string): string[] {
  const inFile = readEnvFile(file)
  const has = (name: string) => Boolean(process.env[name] || inFile[name])
  // A key that is read from a file is a key too.
  const hasKey = has("ENCRYPTION_KEY") || has("ENCRYPTION_KEY_FILE")
  const added = [
    ...(hasKey ? [] : ["ENCRYPTION_KEY"]),
    ...["JWT_SECRET", "COOKIE_SECRET"].filter((name) => !has(name)),
  ]
  if (added.length === 0) {
    return []
  }

  const text = existsSync(file) ? readFileSync(file, "utf8") : ""
  const separator = text === "" || text.endsWith("\n") ? "" : "\n"
  // The last line of a name counts: an empty one of a template may stay.
  const lines = added.map((name) => `${name}=${newSecret()}\n`).join("")
  writeFileSync(file, text + separator + lines, { mode: 0o600 })
  chmodSync(file, 0o600)
  return added
}
