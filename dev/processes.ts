import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { messageOf } from "./program"

/** A child in a process group of its own. */
export type RunningProcess = {
  name: string
  logFile: string
  /** How it ended: its exit status, the signal that killed it, or why it never began. */
  exited: Promise<string>
  hasExited(): boolean
  stop(): Promise<void>
}

export type StartOptions = {
  name: string
  /** Node itself unless told. */
  command?: string
  args: string[]
  env?: NodeJS.ProcessEnv
  /** The project unless told. */
  cwd?: string
  logFile: string
  /** The account to run under; ours unless told. */
  account?: { uid: number; gid: number }
  /** What asks it to end; SIGTERM unless told. */
  stopSignal?: NodeJS.Signals
}

/** The project's folder. */
export const root = path.resolve(__dirname, "..")

/** Loads TypeScript in a Node process without a second process around it. */
export const tsxArgs = ["--import", "tsx"]

/** How long a process may take to end by itself before it is killed, in ms. */
const stopTimeoutMs = 20_000

/** How long the system may take to end a killed process, in ms. */
const killTimeoutMs = 5_000

/**
 * Path of an application's Medusa command line, to be run by Node itself: one
 * process fewer than `npx`, and the same on every platform.
 */
export function medusaCli(application: string): string {
  return path.join(application, "node_modules", "@medusajs", "cli", "cli.js")
}

/** How to start a command of Medusa's, such as `["db:migrate"]`. */
export function medusaCommand(
  args: string[],
  env: NodeJS.ProcessEnv,
  logFile: string,
  application = root
): StartOptions {
  return {
    name: `medusa ${args[0]}`,
    args: [medusaCli(application), ...args],
    cwd: application,
    env,
    logFile,
  }
}

/**
 * Starts a process whose output goes to a log file, replacing the last run's.
 * It leads a process group of its own: Ctrl-C in the terminal reaches only the
 * script, which then stops its children in order.
 */
export function startProcess(options: StartOptions): RunningProcess {
  const { name, logFile, stopSignal = "SIGTERM" } = options
  mkdirSync(path.dirname(logFile), { recursive: true })
  const log = openSync(logFile, "w")
  const child = spawn(options.command ?? process.execPath, options.args, {
    ...options.account,
    cwd: options.cwd ?? root,
    env: options.env ?? process.env,
    stdio: ["ignore", log, log],
    detached: process.platform !== "win32",
  })
  closeSync(log)

  let ended = false
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message))
    child.once("exit", (code, signal) => resolve(String(code ?? signal)))
  })
  void exited.then(() => (ended = true))
  let stopped: Promise<void> | undefined
  return {
    name,
    logFile,
    exited,
    hasExited: () => ended,
    // Once only: the number of a group that is gone may belong to another.
    stop: () => (stopped ??= stopGroup(child, exited, stopSignal)),
  }
}

/**
 * Runs a process to its end.
 *
 * @throws Error with the last lines of its log when its exit status is not 0
 */
export async function runToEnd(
  options: StartOptions,
  onStart?: (running: RunningProcess) => void
): Promise<void> {
  const running = startProcess(options)
  onStart?.(running)
  const status = await running.exited
  await running.stop()
  if (status !== "0") {
    throw new Error(failureText(running, `ended with ${status}`))
  }
}

/** One message for a failed process: what happened, and what it wrote last. */
export function failureText(
  { name, logFile }: Pick<RunningProcess, "name" | "logFile">,
  what: string
): string {
  return [
    `${name} ${what}. Its last lines (all of it: ${logFile}):`,
    ...lastLines(logFile, 20).map((line) => `  | ${line}`),
  ].join("\n")
}

/** The last lines of a log file, without terminal colours and stack frames. */
export function lastLines(file: string, count: number): string[] {
  const text = readFileSync(file, "utf8")
  const plain = text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
  return plain
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s+at /.test(line))
    .slice(-count)
}

/**
 * Waits until a child answers at a URL, or says that it is ready to accept
 * connections, as PostgreSQL and Redis do.
 *
 * @param hasFailed whether to give up before the time is up
 * @throws Error with the last lines of its log
 */
export async function waitUntilReady(
  child: RunningProcess,
  timeoutMs: number,
  url?: string,
  hasFailed = child.hasExited
): Promise<void> {
  const saysSo = () =>
    /ready to accept connections/i.test(readFileSync(child.logFile, "utf8"))
  try {
    await waitUntil(
      () => (url ? answers(url) : saysSo()),
      timeoutMs,
      () => child.hasExited() || hasFailed()
    )
  } catch (error) {
    const why = child.hasExited()
      ? `it ended with ${await child.exited}`
      : messageOf(error)
    throw new Error(failureText(child, `did not start: ${why}`))
  }
}

/** @throws Error when time is up or something has failed before */
export async function waitUntil(
  isReady: () => boolean | Promise<boolean>,
  timeoutMs: number,
  hasFailed: () => boolean
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await isReady())) {
    if (hasFailed()) {
      throw new Error("it has ended")
    }
    if (Date.now() > deadline) {
      throw new Error(`it is not ready after ${timeoutMs / 1000} s`)
    }
    await sleep(100)
  }
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

/** Whether there is a process of that number, ours or another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

async function stopGroup(
  { pid }: ChildProcess,
  exited: Promise<string>,
  stopSignal: NodeJS.Signals
): Promise<void> {
  if (pid === undefined) {
    return
  }
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"])
    await exited
    return
  }

  // The leader may be gone while processes that it forked live on: ask for the
  // group, not for the leader.
  const asked = Date.now()
  signalGroup(pid, stopSignal)
  while (signalGroup(pid, 0)) {
    const waited = Date.now() - asked
    if (waited > stopTimeoutMs) {
      signalGroup(pid, "SIGKILL")
    }
    if (waited > stopTimeoutMs + killTimeoutMs) {
      // Only the dead are left, which nobody has collected.
      return
    }
    await sleep(50)
  }
}

/** Sends a signal to a process group; false when the group is empty. */
export function signalGroup(
  leader: number,
  signal: NodeJS.Signals | 0
): boolean {
  try {
    process.kill(-leader, signal)
    return true
  } catch {
    return false
  }
}
