import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import type { NewPublication } from "../../../modules/socials/rows"
import type { FollowingPart, PostMedia } from "../../../publishing/post-content"
import { planned } from "../../../publishing/plan"
import type { CheckedPublication } from "../../../publishing/targets"

export interface CreateSocialPostStepInput {
  caption: string
  link?: string | null
  language?: string | null
  media?: PostMedia[]
  /** What follows: a thread's next entries, or comments. */
  parts?: FollowingPart[]
  publications: CheckedPublication[]
  scheduled_at?: Date | string | null
  created_by?: string
}

export const createSocialPostStepId = "create-social-post"

/** Creates a post with its publications. */
export const createSocialPostStep = createStep(
  createSocialPostStepId,
  async (
    {
      publications,
      media = [],
      parts = [],
      ...input
    }: CreateSocialPostStepInput,
    { container }
  ) => {
    const scheduled_at = input.scheduled_at
      ? new Date(input.scheduled_at)
      : null
    const { id } = await socialsModule(container).insertPost(
      {
        ...input,
        scheduled_at,
        media: media as unknown as Record<string, unknown>,
        parts: parts as unknown as Record<string, unknown>,
        status: scheduled_at ? "scheduled" : "draft",
      },
      publications.map((publication) => ({
        ...(publication as NewPublication),
        ...planned(scheduled_at),
      }))
    )
    return new StepResponse({ id }, id)
  },
  async (id, { container }) => {
    if (!id) {
      return
    }
    await socialsModule(container).deleteSocialPosts([id])
  }
)
