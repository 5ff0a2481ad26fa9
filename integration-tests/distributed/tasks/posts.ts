import { socialsModule } from "../../../src/credentials/modules"
import { publishDuePublications } from "../../../src/publishing/publish-due"
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
    [account.id]
  )
  return id
}

/** Publishes what is due of a post, as the job does. */
export const publish = (
  { container }: TaskContext,
  { post }: { post: string }
): Promise<number> => publishDuePublications(container, post)

/** Claims what is due of a post, and is at work on it until it is killed. */
export const publishForEver = (
  { container, emit }: TaskContext,
  { post }: { post: string }
): Promise<number> =>
  publishDuePublications(
    withMethod(container, "retrieveSocialPost", () => {
      emit({ kind: "stopped" })
      return new Promise(() => undefined)
    }),
    post
  )
