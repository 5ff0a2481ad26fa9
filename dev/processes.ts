import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

/** How a process ended: its exit status, or the signal that killed it. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null }

/** A child in a process group of its own. */
export type RunningProcess = {
  name: string
  logFile: string
  exited: Promise<Exit>
  hasExited(): boolean
  stop(): Promise<void>
}

type StartOptions = {
  name: string
  command: string
  args: string[]
  env?: NodeJS.ProcessEnv
  cwd?: string
  logFile: string
}

/** Loads TypeScript in a Node process without a second process around it. */
export const tsxArgs = ["--import", "tsx"]

/** How long a process may take to end by itself before it is killed, in ms. */
const stopTimeoutMs = 15_000

/** How long the system may take to end a killed process, in ms. */
const killTimeoutMs = 5_000

/**
 * Path of the Medusa command line of an application, to be run by Node itself:
 * one process fewer than `npx`, and the same on every platform.
 *
 * @param root folder of the application
 */
export function medusaCli(root: string): string {
  return path.join(root, "node_modules", "@medusajs", "cli", "cli.js")
}

/**
 * Starts a process whose output goes to a log file, replacing the last run's.
 * It leads a process group of its own: Ctrl-C in the terminal reaches only the
 * script, which then stops its children in order.
 */
export function startProcess(options: StartOptions): RunningProcess {
  mkdirSync(path.dirname(options.logFile), { recursive: true })
  const log = openSync(options.logFile, "w")
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["ignore", log, log],
    detached: process.platform !== "win32",
  })
  closeSync(log)

  const exited = exitOf(child)
  let stopped: Promise<void> | undefined
  return {
    name: options.name,
    logFile: options.logFile,
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    // Once only: the number of a group that is gone may belong to another.
    stop: () => (stopped ??= stopGroup(child, exited)),
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
  const { code, signal } = await running.exited
  await running.stop()
  if (code !== 0) {
    throw new Error(failureText(running, `ended with ${code ?? signal}`))
  }
}

/** One message for a failed process: what happened, and what it wrote last. */
export function failureText(running: RunningProcess, what: string): string {
  return [
    `${running.name} ${what}. Its last lines (all of it: ${running.logFile}):`,
    ...lastLines(running.logFile, 20).map((line) => `  | ${line}`),
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
 * Waits until a URL answers with a status below 500.
 *
 * @param timeoutMs how long to wait in all, in milliseconds
 * @param failed    a reason to give up before, or undefined to go on
 * @throws Error when time is up or `failed` names a reason
 */
export async function waitForUrl(
  url: string,
  timeoutMs: number,
  failed: () => string | undefined = () => undefined
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline) {
    const reason = failed()
    if (reason) {
      throw new Error(reason)
    }
    if (await answers(url)) {
      return
    }
    await sleep(250)
  }
  throw new Error(
    `${url} did not answer within ${Math.round(timeoutMs / 1000)} s`
  )
}

async function answers(url: string): Promise<boolean> {
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

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("exit", (code, signal) => resolve({ code, signal }))
  })
}

async function stopGroup(
  child: ChildProcess,
  exited: Promise<Exit>
): Promise<void> {
  if (child.pid === undefined) {
    return
  }
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(child.pid), "/t", "/f"])
    await exited
    return
  }

  // The leader may be gone while processes that it forked live on: ask for the
  // group, not for the leader.
  const group = -child.pid
  const asked = Date.now()
  signalGroup(group, "SIGTERM")
  while (signalGroup(group, 0)) {
    const waited = Date.now() - asked
    if (waited > stopTimeoutMs) {
      signalGroup(group, "SIGKILL")
    }
    if (waited > stopTimeoutMs + killTimeoutMs) {
      // Only the dead are left, which nobody has collected.
      return
    }
    await sleep(100)
  }
}

/** Sends a signal to a process group; false when the group is empty. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(group, signal)
    return true
  } catch {
    return false
  }
}
