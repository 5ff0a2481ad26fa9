/** Prints a line of evidence below the step. */
export type Show = (line: string) => void

const began = Date.now()
let steps = 0
let current = "before the first step"

/** Runs one step: prints its title, its evidence, and a tick once it held. */
export async function step<T>(
  title: string,
  task: (show: Show) => Promise<T>
): Promise<T> {
  steps += 1
  current = `${steps}. ${title}`
  const stepBegan = Date.now()
  console.log(`\n${current}`)
  const result = await task((line) => console.log(`   ${line}`))
  console.log(` ✓ ${secondsSince(stepBegan)}`)
  return result
}

/** Says that every step held. */
export function finish(): void {
  console.log(`\n✓ All ${steps} steps held, in ${secondsSince(began)}.`)
}

/** Says which step did not hold, and why. */
export function fail(reason: string): void {
  console.error(` ✗ ${reason}`)
  console.error(`\n✗ Failed: ${current}`)
}

function secondsSince(time: number): string {
  return `${((Date.now() - time) / 1000).toFixed(1)} s`
}
