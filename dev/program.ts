import os from "node:os"
import { setTimeout as sleep } from "node:timers/promises"

/**
 * Runs a task once when the program is asked to end: Ctrl-C, a supervisor's
 * SIGTERM, a closed terminal, or the end of its parent (`kill` on npm ends npm
 * and its shell, and tells nobody below). Further signals change nothing: one
 * Ctrl-C often arrives twice, from the terminal and from npm.
 *
 * @param end stops everything, and returns the exit status
 */
export function onStopSignal(
  end: (signal: NodeJS.Signals) => Promise<number>
): void {
  let ending: Promise<number> | undefined
  const handle = async (signal: NodeJS.Signals) => {
    process.exit(await (ending ??= end(signal)))
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
      void handle("SIGTERM")
    }
  }, 500).unref()
}

/** Gets the signal that asks for the end, if one does. */
type EndTask = (signal?: NodeJS.Signals) => unknown

/**
 * Registers what to end, before it begins: throws when the end is under way
 * already, so that nothing is started that nobody would end.
 */
export type OnEnd = (task: EndTask) => void

/**
 * Keeps what has to be ended together: last first, once, all of it even if
 * some fails.
 */
export function createEnding(): {
  onEnd: OnEnd
  end(signal?: NodeJS.Signals): Promise<void>
} {
  const tasks: EndTask[] = []
  let ending: Promise<void> | undefined
  const endAll = async (signal?: NodeJS.Signals) => {
    const failures: string[] = []
    for (const task of tasks.reverse()) {
      await Promise.resolve(signal)
        .then(task)
        .catch((error: unknown) => failures.push(messageOf(error)))
    }
    if (failures.length > 0) {
      throw new Error(failures.join("\n"))
    }
  }
  return {
    onEnd: (task) => {
      if (ending) {
        throw new Error("Stopping")
      }
      tasks.push(task)
    },
    end: (signal) => (ending ??= endAll(signal)),
  }
}

/** The usual exit status of a program that a signal ended. */
export const statusAfter = (signal: NodeJS.Signals): number =>
  128 + os.constants.signals[signal]

/**
 * Runs a program that starts others, and ends what it has registered, whichever
 * way the end comes.
 *
 * @param main   returns the exit status, 0 unless told
 * @param status the exit status after a signal
 */
export function runProgram(
  main: (onEnd: OnEnd) => Promise<number | void>,
  status = statusAfter
): void {
  const { onEnd, end } = createEnding()
  let stopping = false
  let failed = false
  const fail = (error: unknown) => {
    failed = true
    console.error(messageOf(error))
  }

  onStopSignal(async (signal) => {
    stopping = true
    console.log("\nStopping")
    await end(signal).catch(fail)
    console.log("Stopped")
    return failed ? 1 : status(signal)
  })
  const run = async () => {
    const result = await main(onEnd).catch(async (error: unknown) => {
      // A Ctrl-C may have ended a child before it is told to this process:
      // what was interrupted has not failed.
      await sleep(200)
      if (!stopping) {
        fail(error)
      }
    })
    // After a signal its handler ends us, once everything has stopped.
    if (!stopping) {
      await end().catch(fail)
      process.exit(failed ? 1 : (result ?? 0))
    }
  }
  void run()
}

/** Tells a person what happens now. */
export function say(text: string): void {
  console.log(`[${new Date().toTimeString().slice(0, 8)}] ${text}`)
}

/** What to show a person of something that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
