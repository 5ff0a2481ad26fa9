import os from "node:os"
import { setTimeout as sleep } from "node:timers/promises"

const parentCheckMs = 500

/**
 * Runs a task once when the program is asked to end: Ctrl-C, a supervisor's
 * SIGTERM, a closed terminal, or the end of its parent (`kill` on npm ends npm
 * and its shell, and tells nobody below). Further signals change nothing: one
 * Ctrl-C often arrives twice, from the terminal and from npm.
 *
 * @param cleanUp what to stop; its failure is printed and makes the status 1
 * @param status  the program's exit status after a clean end
 */
export function onStopSignal(
  cleanUp: (signal: NodeJS.Signals) => Promise<void>,
  status: (signal: NodeJS.Signals) => number
): void {
  let received = false
  const handle = (signal: NodeJS.Signals) => {
    if (received) {
      return
    }
    received = true
    cleanUp(signal).then(
      () => process.exit(status(signal)),
      (error: unknown) => {
        console.error(messageOf(error))
        process.exit(1)
      }
    )
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, handle)
  }

  // A closed terminal takes our output away; that must not stop the clean-up.
  process.stdout.on("error", () => undefined)
  process.stderr.on("error", () => undefined)

  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) {
      handle("SIGTERM")
    }
  }, parentCheckMs).unref()
}

/** Gets the signal that asks for the end, if one does. */
type EndTask = (signal?: NodeJS.Signals) => unknown

/** Registers what to end; throws when the end is under way already. */
export type OnEnd = (task: EndTask) => void

/**
 * Runs a program that starts others. What it registers is ended last first,
 * all of it even if some fails, whichever way the end comes.
 *
 * @param main   returns the exit status, 0 unless told
 * @param status the exit status after a signal; by default the usual 128 + its number
 */
export function runProgram(
  main: (onEnd: OnEnd) => Promise<number | void>,
  status = (signal: NodeJS.Signals) => 128 + os.constants.signals[signal]
): void {
  const tasks: EndTask[] = []
  let ending: Promise<void> | undefined
  let failed = false
  const fail = (error: unknown) => {
    failed = true
    console.error(messageOf(error))
  }
  const endAll = async (signal?: NodeJS.Signals) => {
    for (let task = tasks.pop(); task; task = tasks.pop()) {
      await Promise.resolve(signal).then(task).catch(fail)
    }
  }
  const end = (signal?: NodeJS.Signals) => (ending ??= endAll(signal))

  onStopSignal(
    async (signal) => {
      console.log("\nStopping")
      await end(signal)
      console.log("Stopped")
    },
    (signal) => (failed ? 1 : status(signal))
  )
  const onEnd: OnEnd = (task) => {
    tasks.push(task)
    if (ending) {
      throw new Error("Stopping")
    }
  }
  void main(onEnd)
    .catch(async (error: unknown) => {
      // A Ctrl-C may have ended a child before it is told to this process:
      // what was interrupted has not failed.
      await sleep(200)
      if (!ending) {
        fail(error)
      }
    })
    .then(async (ended) => {
      // After a signal its handler ends us, once everything has stopped.
      if (!ending) {
        await end()
        process.exit(failed ? 1 : (ended ?? 0))
      }
    })
}

/** Tells a person what happens now. */
export function say(text: string): void {
  console.log(`[${new Date().toTimeString().slice(0, 8)}] ${text}`)
}

/** What to show a person of something that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
