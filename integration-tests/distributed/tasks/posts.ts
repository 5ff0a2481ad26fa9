import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../../../src/credentials/modules"
import { holdingLease, newLease } from "../../../src/publishing/lease"
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

/** Works on what is due of a post, as a worker process does. */
const publishDue = async (
  container: MedusaContainer,
  post: string
): Promise<number> => {
  const socials = socialsModule(container)
  await socials.releaseExpiredLeases()
  let worked = 0
  for (const { id } of await socials.listSocialPublications({
    post_id: post,
  })) {
    const lease = newLease()
    const claimed = await socials.claimPublication(id, lease)
    if (claimed) {
      const outcome = await holdingLease(container, id, lease, () =>
        workOn(container, claimed, lease)
      )
      await socials.settlePublication(id, lease.token, outcome)
      worked += 1
    }
  }
  return worked
}

/** Publishes what is due of a post, and tells how much that was. */
export const publish = (
  { container }: TaskContext,
  { post }: { post: string }
): Promise<number> => publishDue(container, post)

/** Claims what is due of a post, and is at work on it until it is killed. */
export const publishForEver = (
  { container, emit }: TaskContext,
  { post }: { post: string }
): Promise<number> =>
  publishDue(
    withMethod(container, "retrieveSocialPost", () => {
      emit({ kind: "stopped" })
      return new Promise(() => undefined)
    }),
    post
  )
