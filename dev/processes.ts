import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { stripVTControlCharacters } from "node:util"
import type { Options } from "execa"
import type { OnEnd } from "./program"

/** What to run, Node itself unless told, in the project's folder unless told. */
export type Command = {
  /** What people call it. */
  name: string
  command?: string
  args: string[]
  /** Where its output goes, replacing the last run's; without it, to ours. */
  logFile?: string
  /** What asks it to end; SIGTERM unless told. */
  stopSignal?: NodeJS.Signals
  // `env` is added to our own environment; undefined takes a variable away.
} & Pick<Options, "cwd" | "env" | "uid" | "gid">

export type RunningProcess = {
  /** How it ended: its exit status, the signal that killed it, or why it never began. */
  exited: Promise<string>
  stop(): Promise<void>
  /** One message: what happened to it, and what it wrote last. */
  describe(what: string): string
}

/** How to know that a server is ready. */
type Readiness = {
  /** Where it answers. Without it, its log says when it is ready, as PostgreSQL's and Redis' do. */
  url?: string
  /** What its log says when waiting any longer is in vain. */
  failure?: string
}

/** The project's folder. */
export const root = path.resolve(__dirname, "..")

/** Loads TypeScript in a Node process without a second process around it. */
export const tsxArgs = ["--import", "tsx"]

/** Path of an application's Medusa command line, to be run by Node itself. */
export function medusaCli(application: string): string {
  return path.join(application, "node_modules", "@medusajs", "cli", "cli.js")
}

/** A command of Medusa's, such as `["db:migrate"]`. */
export function medusaCommand(
  args: string[],
  env: NodeJS.ProcessEnv,
  logFile: string,
  application = root
): Command {
  const name = `medusa ${args[0]}`
  const cwd = application
  return { name, args: [medusaCli(application), ...args], cwd, env, logFile }
}

/**
 * Starts a process that leads a group of its own: Ctrl-C in the terminal
 * reaches only the script, which then stops its children in order.
 */
export async function startProcess(
  { name, command, args, logFile, stopSignal, ...options }: Command,
  onEnd?: OnEnd
): Promise<RunningProcess> {
  // An ES module only, which a script that Node takes for CommonJS must import so.
  const { execa } = await import("execa")
  if (logFile) {
    mkdirSync(path.dirname(logFile), { recursive: true })
  }
  let leader: number | undefined = undefined
  let stopped: Promise<void> | undefined
  // Once only: the number of a group that is gone may belong to another.
  const stop = () => (stopped ??= endGroup(leader, stopSignal))
  onEnd?.(stop)
  // A file, not a pipe through us, which forked processes would keep open. Any
  // descriptor will do, though execa's types name those up to 9 only.
  const log = logFile ? (openSync(logFile, "w") as 9) : "inherit"
  const child = execa(command ?? process.execPath, args, {
    cwd: root,
    ...options,
    stdio: ["ignore", log, log],
    detached: process.platform !== "win32",
    reject: false,
  })
  leader = child.pid
  if (log !== "inherit") {
    closeSync(log)
  }
  return {
    exited: child.then(({ exitCode, signal, code }) =>
      String(exitCode ?? signal ?? code)
    ),
    stop,
    describe: (what) =>
      logFile
        ? `${name} ${what}. Its last lines (all of it: ${logFile}):${lastLines(logFile)}`
        : `${name} ${what}.`,
  }
}

/**
 * Runs a process to its end.
 *
 * @throws Error with the last lines of its log when its exit status is not 0
 */
export async function runToEnd(command: Command, onEnd?: OnEnd): Promise<void> {
  const running = await startProcess(command, onEnd)
  const status = await running.exited
  await running.stop()
  if (status !== "0") {
    throw new Error(running.describe(`ended with ${status}`))
  }
}

/**
 * Starts a server and waits until it can be used.
 *
 * @throws Error with the last lines of its log when it does not start; it is
 *   stopped then
 */
export async function startServer(
  command: Command,
  { url, failure }: Readiness = {},
  onEnd?: OnEnd
): Promise<RunningProcess> {
  const server = await startProcess(command, onEnd)
  const log = () => readFileSync(command.logFile ?? "", "utf8")
  let ended: string | undefined
  void server.exited.then((status) => (ended = `it ended with ${status}`))
  let ready = false
  const isDecided = async () => {
    ready = url
      ? await answers(url)
      : /ready to accept connections/i.test(log())
    return ready || ended || (failure && log().includes(failure))
  }
  // The build of a dashboard may be part of it.
  await waitUntil(isDecided, 300_000)
  if (!ready || ended) {
    await server.stop()
    const why = ended ?? "it does not answer"
    throw new Error(server.describe(`did not start: ${why}`))
  }
  return server
}

/** The last lines of a log file, without terminal colours and stack frames. */
function lastLines(file: string): string {
  return stripVTControlCharacters(readFileSync(file, "utf8"))
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s+at /.test(line))
    .slice(-20)
    .map((line) => `\n  | ${line}`)
    .join("")
}

/** Waits until something is so. @returns false when the time is up before */
export async function waitUntil(
  isSo: () => unknown,
  timeoutMs: number
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (!(await isSo())) {
    if (Date.now() > deadline) {
      return false
    }
    await sleep(50)
  }
  return true
}

/** Whether a URL answers with a status below 500. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      signal: AbortSignal.timeout(5_000),
    })
    await response.body?.cancel()
    return response.status < 500
  } catch {
    return false
  }
}

/**
 * Ends a process group. The leader may be gone while processes that it forked
 * live on: it asks for the group, not for the leader.
 */
export async function endGroup(
  leader: number | undefined,
  signal: NodeJS.Signals = "SIGTERM"
): Promise<void> {
  if (leader === undefined) {
    return
  }
  if (process.platform === "win32") {
    const { execa } = await import("execa")
    const args = ["/pid", String(leader), "/t", "/f"]
    await execa("taskkill", args, { reject: false })
    return
  }
  const isGone = () => !signalGroup(leader, 0)
  signalGroup(leader, signal)
  if (!(await waitUntil(isGone, 20_000))) {
    signalGroup(leader, "SIGKILL")
    // After that only the dead are left, which nobody has collected.
    await waitUntil(isGone, 5_000)
  }
}

/** Sends a signal to a process group; false when the group is empty. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal)
    return true
  } catch {
    return false
  }
}
