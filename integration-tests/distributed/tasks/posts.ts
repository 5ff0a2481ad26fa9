import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../../../src/credentials/modules"
import { holdingLease, LEASE_MS } from "../../../src/publishing/lease"
import { workOn } from "../../../src/publishing/publish"
import type { TaskContext } from "../support/protocol"
import { withMethod } from "../support/write-hooks"

/** Makes a post that is due on an account of a platform. */
export const seedPost = async (
  { container }: TaskContext,
  { platform, text }: { platform: string; text: string }
): Promise<string> => {
  const socials = socialsModule(container)
  const account = await socials.createSocialAccounts({
    platform_id: platform,
    external_id: "board",
    kind: "board",
    name: "Board",
  })
  const { id } = await socials.insertPost(
    { caption: text, status: "publishing" },
    [{ account_id: account.id, next_attempt_at: new Date() }]
  )
  return id
}

/** Works on what is due, as a worker process does. */
const publishDue = async (container: MedusaContainer): Promise<number> => {
  const socials = socialsModule(container)
  await socials.releaseExpiredLeases()
  const claimed = await socials.claimPublications({
    limit: 1,
    perProvider: 1,
    busy: {},
    leaseMs: LEASE_MS,
  })
  for (const publication of claimed) {
    const { id, lease_token: token } = publication
    const lease = { token, ms: LEASE_MS }
    const outcome = await holdingLease(container, id, lease, () =>
      workOn(container, publication, lease)
    )
    await socials.settlePublication(publication, outcome)
  }
  return claimed.length
}

/** Publishes what is due, and tells how much that was. */
export const publish = (
  { container }: TaskContext,
  _input: null
): Promise<number> => publishDue(container)

/** Claims what is due, and is at work on it until it is killed. */
export const publishForEver = (
  { container, emit }: TaskContext,
  _input: null
): Promise<number> =>
  publishDue(
    withMethod(container, "readPost", () => {
      emit({ kind: "stopped" })
      return new Promise(() => undefined)
    })
  )
