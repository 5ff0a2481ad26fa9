import { execFileSync, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statfsSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"

/** The account that the server runs under; undefined where it is ours. */
export type Account = { uid: number; gid: number } | undefined

/**
 * PostgreSQL refuses to run as root. A root user's server runs under an account
 * that the machine has already; no account is made.
 *
 * @returns the account to switch to, or undefined to stay who we are
 * @throws Error when root has no such account
 */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) {
    return undefined
  }
  const accounts = readFileSync("/etc/passwd", "utf8")
  for (const name of ["postgres", "nobody"]) {
    const line = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, "m").exec(accounts)
    if (line) {
      return { uid: Number(line[1]), gid: Number(line[2]) }
    }
  }
  throw new Error(
    "PostgreSQL does not run as root, and there is no account `postgres` or " +
      "`nobody` to run it under. Start as another user, or set DATABASE_URL."
  )
}

/** Whether the account may enter a folder, or execute a file. */
export function mayEnter(target: string, account: Account): boolean {
  const args = ["-c", 'test -x "$1"', "sh", target]
  return !account || spawnSync("/bin/sh", args, account).status === 0
}

/** Makes the account the owner of a file, or of a folder and all that is in it. */
export function giveTo(account: Account, target: string): void {
  if (account) {
    execFileSync("chown", ["-R", `${account.uid}:${account.gid}`, target])
  }
}

/**
 * Where data for a project folder lives. A root user's project often lies in a
 * folder that only root may enter; the data goes to the system's place then.
 */
export function dataFolder(wanted: string, account: Account): string {
  mkdirSync(path.dirname(wanted), { recursive: true })
  if (mayEnter(path.dirname(wanted), account)) {
    return wanted
  }
  const project = createHash("sha256").update(wanted).digest("hex").slice(0, 12)
  const folder = path.join("/var/lib/medusa-plugin-social-platforms", project)
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  return path.join(folder, path.basename(wanted))
}

/**
 * Makes a fresh temporary folder that the account may enter: in memory if the
 * machine has a file system there with room for databases and their write-ahead
 * log, for a disk is most of what tests wait for.
 *
 * @throws Error when no temporary folder of the machine lets the account in
 */
export function makeTemporaryFolder(account: Account): string {
  const memory = existsSync("/dev/shm") ? statfsSync("/dev/shm") : undefined
  const hasRoom = memory && memory.bavail * memory.bsize > 2 ** 31
  const places = [os.tmpdir(), "/tmp", "/var/tmp"]
  for (const parent of hasRoom ? ["/dev/shm", ...places] : places) {
    if (mayEnter(parent, account)) {
      const folder = mkdtempSync(path.join(parent, "social-platforms-"))
      chmodSync(folder, account ? 0o711 : 0o700)
      return folder
    }
  }
  throw new Error(`PostgreSQL's account may not enter ${os.tmpdir()}.`)
}
