import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { getProvider } from "../../../credentials/providers"
import { requireUsablePlatform } from "../../../credentials/state/usable"
import { PUBLISHABLE_POST_STATUSES } from "../../../modules/socials/sql/posts"
import { requireFitting } from "../../../publishing/fitting"
import { type Publication, requireTargets } from "../../../publishing/targets"

export const beginPublishingStepId = "begin-publishing"

/**
 * Refuses a post that cannot go out, and otherwise hands it to the workers. A
 * post that another call has handed to them already passes: the claims decide
 * who publishes what. There is nothing to undo: a worker may have it already.
 */
export const beginPublishingStep = createStep(
  { name: beginPublishingStepId, noCompensation: true },
  async ({ id }: { id: string }, { container }) => {
    const socials = socialsModule(container)
    const post = await socials.retrieveSocialPost(id, {
      relations: ["publications"],
    })
    if (post.status === "publishing") {
      await socials.publishNow(id, ["publishing"])
      return new StepResponse({ id, status: "publishing" })
    }
    const isOverdue =
      post.status === "needs_attention" &&
      post.publications.some(({ state }) => state === "overdue")
    const statuses: readonly string[] = isOverdue
      ? ["needs_attention"]
      : PUBLISHABLE_POST_STATUSES
    if (!statuses.includes(post.status)) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `The post has been published already, with the status "${post.status}". Use retry for the accounts where it failed.`
      )
    }

    const targets = await requireTargets(
      container,
      post.publications as Publication[]
    )
    await requireFitting(container, post, targets)
    await requireUsablePlatforms(
      container,
      targets.map(({ account }) => account.platform_id)
    )

    await socials.publishNow(id, statuses)
    return new StepResponse({ id, status: "publishing" })
  }
)

/**
 * Refuses a post whose platforms are all of no use. Where some are, it goes out
 * on those, and fails on the others where the merchant looks.
 *
 * @throws {MedusaError} NOT_ALLOWED with what the first one says
 */
const requireUsablePlatforms = async (
  container: MedusaContainer,
  platformIds: string[]
): Promise<void> => {
  const platforms = await socialsModule(container).listSocialPlatforms({
    id: platformIds,
  })
  const refusals = await Promise.all(
    platforms.map(async (platform) => {
      const provider = await getProvider(container, platform.provider)
      return requireUsablePlatform(container, platform, provider).then(
        () => null,
        (error: unknown) => error
      )
    })
  )
  if (refusals.every((refusal) => refusal !== null)) {
    throw refusals[0]
  }
}
