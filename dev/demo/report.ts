import assert from "node:assert/strict"

/** The steps so far; the last one is under way. */
export const steps: string[] = []

export function step(title: string): void {
  steps.push(title)
  const time = process.uptime().toFixed(1)
  console.log(`\n${steps.length}. ${title} (after ${time} s)`)
}

/** Prints a line of evidence below the step. */
export function show(line: string): void {
  console.log(`   ${line}`)
}

/** Prints what is there. @throws Error unless it is as promised */
export function check(name: string, actual: unknown, promised: unknown): void {
  assert.deepEqual(actual, promised, name)
  show(`${name}: ${JSON.stringify(actual)}`)
}
