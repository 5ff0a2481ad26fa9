import { messageOf, type OnEnd, runProgram } from "../program"
import { show, steps } from "./report"
import { searchForSecrets } from "./search"
import { setUp } from "./stage"
import { connect, publishAndSync, rotateKey } from "./story"

/*
 * npm run demo: connect, seal, publish, sync, rotate the key and search for
 * leaks, over real HTTP, in a database and a network of the demo's own. Each
 * step prints its evidence; the exit status is 0 only if every step held.
 */

async function main(onEnd: OnEnd): Promise<void> {
  try {
    const stage = await setUp(onEnd)
    await connect(stage)
    await publishAndSync(stage)
    await rotateKey(stage)
    await searchForSecrets(stage)
    console.log(`\n✓ All ${steps.length} steps held.`)
  } catch (error) {
    show(`✗ ${messageOf(error)}`)
    const failed = `${steps.length}. ${steps.at(-1)}`
    throw new Error(`\n✗ Failed: ${failed}\n  The logs are in .data/logs/demo`)
  }
}

runProgram(main)
