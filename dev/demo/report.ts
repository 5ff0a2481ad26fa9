/** Prints a line of evidence below the step. */
export type Show = (line: string) => void

/** The demo's output. */
export type Report = {
  /** Runs one step: prints its title, its evidence, and a tick once it held. */
  step<T>(title: string, task: (show: Show) => Promise<T>): Promise<T>
  /** Says that every step held. */
  finish(): void
  /** Says which step did not hold, and why. */
  fail(reason: string): void
  hasFailed(): boolean
}

/** @returns a report on the terminal, whose clock starts now */
export function createReport(): Report {
  const start = Date.now()
  let count = 0
  let current = ""
  let failed = false

  return {
    async step(title, task) {
      count += 1
      current = `${count}. ${title}`
      const stepStart = Date.now()
      console.log(`\n${current}`)
      const result = await task((line) => console.log(`   ${line}`))
      console.log(` ✓ ${secondsSince(stepStart)}`)
      return result
    },
    finish() {
      console.log(`\n✓ All ${count} steps held, in ${secondsSince(start)}.`)
    },
    fail(reason) {
      failed = true
      console.error(` ✗ ${reason}`)
      console.error(`\n✗ Failed: ${current || "before the first step"}`)
    },
    hasFailed: () => failed,
  }
}

/**
 * Compares what is with what was promised.
 *
 * @param what the thing in words, for the message
 * @throws Error with both values when they differ
 */
export function expectEqual<T>(what: string, actual: T, expected: T): void {
  const [is, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== wanted) {
    throw new Error(`${what}: expected ${wanted}, but it is ${is}`)
  }
}

/**
 * @param promise what should hold, for the message
 * @throws Error when it does not
 */
export function expectThat(promise: string, holds: boolean): void {
  if (!holds) {
    throw new Error(`It does not hold that ${promise}`)
  }
}

function secondsSince(time: number): string {
  return `${((Date.now() - time) / 1000).toFixed(1)} s`
}
