const began = Date.now()
let count = 0
let current = "before the first step"
let stepBegan = began

/** Says that the step before held, and begins the next. */
export function step(title: string): void {
  held()
  count += 1
  current = `${count}. ${title}`
  stepBegan = Date.now()
  console.log(`\n${current}`)
}

/** Prints a line of evidence below the step. */
export function show(line: string): void {
  console.log(`   ${line}`)
}

/** Says that every step held. */
export function finish(): void {
  held()
  console.log(`\n✓ All ${count} steps held, in ${secondsSince(began)}.`)
}

/** What to say of a step that did not hold. */
export function failureOf(reason: string): string {
  return ` ✗ ${reason}\n\n✗ Failed: ${current}`
}

function held(): void {
  if (count > 0) {
    console.log(` ✓ ${secondsSince(stepBegan)}`)
  }
}

function secondsSince(time: number): string {
  return `${((Date.now() - time) / 1000).toFixed(1)} s`
}
