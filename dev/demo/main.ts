import { setTimeout as sleep } from "node:timers/promises"
import { lastLines } from "../processes"
import { messageOf, onStopSignal } from "../signals"
import { fail, finish } from "./report"
import { rotationStory } from "./rotation-story"
import { searchStory } from "./search-story"
import { setUp } from "./stage"
import { connectStory, publishStory } from "./stories"

/*
 * npm run demo: connect, seal, publish, sync, rotate the key and search for
 * leaks, over real HTTP, in a database and a network of the demo's own. Each
 * step prints its evidence; the exit status is 0 only if every step held.
 */

/** What to stop and remove at the end, whichever way the end comes. */
const undo: (() => unknown)[] = []
let ending: Promise<void> | undefined
let failed = false

/** @throws Error when the end is under way: nothing may be started any more */
function onEnd(task: () => unknown): void {
  undo.push(task)
  if (ending) {
    throw new Error("Stopping")
  }
}

/** The last task first, and all of them even if one fails. */
function end(): Promise<void> {
  ending ??= (async () => {
    for (let task = undo.pop(); task; task = undo.pop()) {
      try {
        await task()
      } catch (error) {
        failed = true
        console.error(messageOf(error))
      }
    }
  })()
  return ending
}

async function main(): Promise<void> {
  const stage = await setUp(onEnd, () => failed)
  try {
    const platform = await connectStory(stage)
    const account = await publishStory(stage, platform)
    await rotationStory(stage, platform, account)
    await searchStory(stage, platform)
  } catch (error) {
    const log = lastLines(stage.logFile(), 12).map((line) => `  | ${line}`)
    throw new Error(
      [messageOf(error), "Medusa's last lines:", ...log].join("\n")
    )
  }
}

onStopSignal(
  async () => {
    console.log("\nStopping")
    await end()
    console.log("Stopped before the end")
  },
  () => 130
)

void main()
  .catch(async (error: unknown) => {
    // A Ctrl-C may have ended a child before it is told to this process.
    await sleep(200)
    if (!ending) {
      failed = true
      fail(messageOf(error))
    }
  })
  .then(async () => {
    if (ending) {
      // After a Ctrl-C the handler ends us, once everything has stopped.
      return
    }
    await end()
    if (!failed) {
      finish()
    }
    process.exit(failed ? 1 : 0)
  })
