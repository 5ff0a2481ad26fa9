import { setTimeout as sleep } from "node:timers/promises"
import { lastLines } from "../processes"
import { messageOf, onStopSignal } from "../signals"
import { createCleanUp } from "./clean-up"
import { connectStory } from "./connect-story"
import { publishStory } from "./publish-story"
import { createReport } from "./report"
import { rotationStory } from "./rotation-story"
import { searchStory } from "./search-story"
import { setUp } from "./set-up"

/*
 * npm run demo: connect, seal, publish, sync, rotate the key and search for
 * leaks, over real HTTP, in a database and a network of the demo's own. Each
 * step prints its evidence; the exit status is 0 only if every step held.
 */

const cleanUp = createCleanUp()
const report = createReport()
let interrupted = false

async function main(): Promise<void> {
  const stage = await setUp(report, cleanUp)
  try {
    const platform = await connectStory(report, stage)
    const account = await publishStory(report, stage, platform)
    await rotationStory(report, stage, platform, account)
    await searchStory(report, stage, platform)
  } catch (error) {
    const log = lastLines(stage.store.logFile(), 12).map(
      (line) => `  | ${line}`
    )
    throw new Error(
      [messageOf(error), "Medusa's last lines:", ...log].join("\n")
    )
  }
}

async function runToTheEnd(): Promise<number> {
  try {
    await main()
  } catch (error) {
    // A Ctrl-C may have ended a child before it is told to this process.
    await sleep(200)
    if (!interrupted) {
      report.fail(messageOf(error))
    }
  }
  await cleanUp.run()
  if (report.hasFailed()) {
    return 1
  }
  if (!interrupted) {
    report.finish()
  }
  return 0
}

onStopSignal(
  async () => {
    interrupted = true
    console.log("\nStopping")
    await cleanUp.run()
    console.log("Stopped before the end")
  },
  () => 130
)

runToTheEnd().then(
  (status) => {
    // After a Ctrl-C the handler ends us, once everything has stopped.
    if (!interrupted) {
      process.exit(status)
    }
  },
  (error: unknown) => {
    console.error(messageOf(error))
    process.exit(1)
  }
)
