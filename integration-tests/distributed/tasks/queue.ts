import { setTimeout as sleep } from "node:timers/promises"
import { Modules } from "@medusajs/framework/utils"
import publishDuePosts from "../../../src/jobs/publish-due-posts"
import publicationsDue from "../../../src/subscribers/publications-due"
import { PUBLICATIONS_DUE } from "../../../src/workflows/events"
import type { TaskContext } from "../support/protocol"
import { seedDrill } from "./kill-drill"

export { seedDrill }

/** As the job's schedule. */
const JOB_MS = 5_000

/** Takes its share of what is due whenever the event bus wakes it, and runs the job. */
export const workForEver = async (
  { container, signal, emit }: TaskContext,
  _input: null
): Promise<void> => {
  container.resolve(Modules.EVENT_BUS).subscribe(
    PUBLICATIONS_DUE,
    async () => {
      emit({ kind: "woken" })
      await publicationsDue({ container } as never)
    },
    { subscriberId: "social-publications-due" }
  )
  while (!signal.aborted) {
    await publishDuePosts(container)
    await sleep(JOB_MS, undefined, { signal }).catch(() => undefined)
  }
}
