import { lastLines } from "../processes"
import { messageOf, onStopSignal } from "../signals"
import { createCleanUp } from "./clean-up"
import { connectStory } from "./connect-story"
import { searchStory } from "./search-story"
import { publishStory } from "./publish-story"
import { createReport } from "./report"
import { rotationStory } from "./rotation-story"
import { setUp } from "./set-up"

/*
 * npm run demo: connect, seal, publish, sync, rotate the key and search for
 * leaks, over real HTTP, in a database and a network of the demo's own. Each
 * step prints its evidence; the exit status is 0 only if every step held.
 */

const cleanUp = createCleanUp()
const report = createReport()

async function main(): Promise<void> {
  const stage = await setUp(report, cleanUp)
  try {
    const platform = await connectStory(report, stage)
    const account = await publishStory(report, stage, platform)
    await rotationStory(report, stage, platform, account)
    await searchStory(report, stage, platform)
  } catch (error) {
    const log = lastLines(stage.store.logFile(), 12).map((line) => `  | ${line}`)
    throw new Error(
      [messageOf(error), "Medusa's last lines:", ...log].join("\n")
    )
  }
}

onStopSignal(
  async () => {
    console.log("\nStopping")
    await cleanUp.run()
    console.log("Stopped before the end")
  },
  () => 130
)

main()
  .then(() => cleanUp.run())
  .then(
    () => {
      report.finish()
      process.exit(0)
    },
    async (error: unknown) => {
      if (cleanUp.isRunning()) {
        // What a Ctrl-C interrupted has not failed; the handler ends us.
        return
      }
      report.fail(messageOf(error))
      await cleanUp.run()
      process.exit(1)
    }
  )
