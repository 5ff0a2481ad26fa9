import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../credentials/modules"
import type { CallbackEvent } from "../providers/callbacks"

type PostEvent = Extract<CallbackEvent, { type: `post_${string}` }>

/** A publication that is not to be seen any more. */
export interface RemovedPublication {
  id: string
  post_id: string
}

/**
 * Notes what a service tells of what was published.
 *
 * @param platformIds - whose accounts it may be about
 * @returns what was taken down, and was not known to be
 */
export const notePostEvent = async (
  container: MedusaContainer,
  platformIds: string[],
  event: PostEvent
): Promise<RemovedPublication[]> => {
  const socials = socialsModule(container)
  if (event.type === "post_moved_on") {
    await socials.lookAtAccount(
      platformIds,
      event.account_id,
      event.external_ids
    )
    return []
  }
  const found = await socials.findPublishedParts(
    platformIds,
    event.account_id,
    event.external_ids
  )
  const removed: RemovedPublication[] = []
  for (const { id, post_id, part } of found) {
    const isNews = await socials.noteNetworkState(
      id,
      event.type === "post_removed" ? { part, reason: event.reason } : null,
      {}
    )
    if (isNews) {
      removed.push({ id, post_id })
    }
  }
  return removed
}
