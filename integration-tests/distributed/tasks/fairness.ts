import { setTimeout as sleep } from "node:timers/promises"
import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../../../src/credentials/modules"
import { takeDue } from "../../../src/publishing/lanes"
import { workOn } from "../../../src/publishing/publish"
import type { TaskContext } from "../support/protocol"
import { seedDrill } from "./kill-drill"

export { seedDrill }

/** As the job's schedule. */
const JOB_MS = 5_000

/** Publishes what is due for ever, with the lanes that a worker process has. */
export const publishForEver = async (
  { container, signal }: TaskContext,
  _input: null
): Promise<void> => {
  while (!signal.aborted) {
    await takeDue(
      container,
      async (scope: MedusaContainer, publication, lease) => {
        await socialsModule(scope).settlePublication(
          publication,
          await workOn(scope, publication, lease)
        )
      }
    )
    await sleep(JOB_MS, undefined, { signal }).catch(() => undefined)
  }
}
