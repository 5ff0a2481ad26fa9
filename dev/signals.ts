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

/** What to show a person of something that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
