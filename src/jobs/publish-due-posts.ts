import type { MedusaContainer } from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import { LOOK_AHEAD_MS } from "../publishing/lanes"
import { recordBacklog } from "../telemetry/metrics"
import { PUBLICATIONS_DUE } from "../workflows/events"

/** What one worker process is expected to take of a long backlog. */
const SHARE = 100

/** Wakes at most so many processes at a time; those that are awake go on by themselves. */
const MAX_WAKES = 10

/**
 * Takes back what workers that died have held, and wakes worker processes when
 * something is due. The event bus spreads the events over them, and each takes
 * as much as it has room for.
 */
const publishDuePosts = async (container: MedusaContainer): Promise<void> => {
  const socials = socialsModule(container)
  await socials.releaseExpiredLeases()
  const { due: overdue, oldest_due_at } = await socials.readBacklog()
  recordBacklog(overdue, oldest_due_at)
  const due = await socials.countDue(LOOK_AHEAD_MS)
  if (!due) {
    return
  }
  const wakes = Math.min(Math.ceil(due / SHARE), MAX_WAKES)
  const eventBus = container.resolve(Modules.EVENT_BUS)
  await eventBus.emit(
    Array.from({ length: wakes }, () => ({ name: PUBLICATIONS_DUE, data: {} }))
  )
}

export default publishDuePosts

export const config = {
  name: "publish-due-posts",
  // With the look-ahead of each process no post waits for the job to come by.
  schedule: "*/5 * * * * *",
}
