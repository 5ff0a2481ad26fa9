import { randomBytes } from "node:crypto"
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs"

/** The secrets that a development installation cannot do without. */
const secrets = ["ENCRYPTION_KEY", "JWT_SECRET", "COOKIE_SECRET"] as const

/** A fresh 32-byte secret in base64, the form an encryption key has. */
export function newSecret(): string {
  return randomBytes(32).toString("base64")
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
  const text = existsSync(file) ? readFileSync(file, "utf8") : ""
  const missing = secrets.filter(
    (name) => !process.env[name] && !hasValue(text, name)
  )
  // A primary key that is read from a file is a key too.
  const keyInFile =
    Boolean(process.env.ENCRYPTION_KEY_FILE) ||
    hasValue(text, "ENCRYPTION_KEY_FILE")
  const added = missing.filter(
    (name) => name !== "ENCRYPTION_KEY" || !keyInFile
  )
  if (added.length === 0) {
    return []
  }

  const separator = text === "" || text.endsWith("\n") ? "" : "\n"
  const lines = added.map((name) => `${name}=${newSecret()}\n`).join("")
  const kept = added.reduce(withoutEmpty, text)
  writeFileSync(file, kept + separator + lines, { mode: 0o600 })
  chmodSync(file, 0o600)
  return added
}

function hasValue(text: string, name: string): boolean {
  return new RegExp(`^\\s*(export\\s+)?${name}\\s*=\\s*\\S`, "m").test(text)
}

/** Drops `NAME=` without a value, as a copied template has it. */
function withoutEmpty(text: string, name: string): string {
  return text.replace(new RegExp(`^\\s*${name}\\s*=[ \\t]*\\r?\\n?`, "m"), "")
}
