import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../credentials/modules"
import { holdingLease, newLease } from "./lease"
import { publishPublication, recoverPublication } from "./publish"

/**
 * Publishes what of a post is due, one claim at a time: first it asks about
 * publications whose outcome is unknown, then it publishes the pending ones.
 * Several workers may run it for the same post; each publication is claimed by
 * one, and every outcome is committed by itself.
 *
 * @returns how many publications were tried
 */
export const publishDuePublications = async (
  container: MedusaContainer,
  postId: string
): Promise<number> => {
  const socials = socialsModule(container)
  await socials.releaseExpiredLeases(postId)
  let attempted = 0

  for (;;) {
    const lease = newLease()
    const publication = await socials.claimUnknownPublication(postId, lease)
    if (!publication) {
      break
    }
    const outcome = await holdingLease(container, publication.id, lease, () =>
      recoverPublication(container, publication)
    )
    await socials.settlePublication(publication.id, lease.token, outcome)
    attempted++
  }

  for (;;) {
    const lease = newLease()
    const publication = await socials.claimPublication(postId, lease)
    if (!publication) {
      return attempted
    }
    const outcome = await holdingLease(container, publication.id, lease, () =>
      publishPublication(container, publication, lease)
    )
    await socials.settlePublication(publication.id, lease.token, outcome)
    attempted++
  }
}
