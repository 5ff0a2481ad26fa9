import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { getProvider } from "../../../credentials/providers"
import { requireUsablePlatform } from "../../../credentials/state/usable"
import { PUBLISHABLE_POST_STATUSES } from "../../../modules/socials/sql/posts"
import {
  type PostMedia,
  requireAccounts,
  requireFittingContent,
} from "../../../publishing/post-content"

export const beginPublishingStepId = "begin-publishing"

/**
 * Refuses a post that cannot go out, and otherwise moves it into `publishing`.
 * A post that another call has moved there already passes: its claims decide
 * who publishes what.
 */
export const beginPublishingStep = createStep(
  beginPublishingStepId,
  async ({ id }: { id: string }, { container }) => {
    const socials = socialsModule(container)
    const post = await socials.retrieveSocialPost(id, {
      relations: ["publications"],
    })
    if (post.status === "publishing") {
      return new StepResponse({ id }, null)
    }
    if (
      !(PUBLISHABLE_POST_STATUSES as readonly string[]).includes(post.status)
    ) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `The post has been published already, with the status "${post.status}". Use retry for the accounts where it failed.`
      )
    }

    const accounts = await requireAccounts(
      container,
      post.publications.map(({ account_id }) => account_id)
    )
    await requireFittingContent(container, accounts, {
      caption: post.caption,
      link: post.link,
      media: (post.media ?? []) as unknown as PostMedia[],
    })
    await requireUsablePlatforms(
      container,
      accounts.map(({ platform_id }) => platform_id)
    )

    const begun = await socials.beginPublishing(id, PUBLISHABLE_POST_STATUSES)
    return new StepResponse({ id }, begun ? { id, status: post.status } : null)
  },
  async (compensation, { container }) => {
    if (!compensation) {
      return
    }
    // Only as long as no worker has claimed anything of it.
    await socialsModule(container).cancelPublishing(
      compensation.id,
      compensation.status
    )
  }
)

const requireUsablePlatforms = async (
  container: MedusaContainer,
  platformIds: string[]
): Promise<void> => {
  const platforms = await socialsModule(container).listSocialPlatforms({
    id: platformIds,
  })
  for (const platform of platforms) {
    await requireUsablePlatform(
      container,
      platform,
      await getProvider(container, platform.provider)
    )
  }
}
