import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import type { PostMedia } from "../../../publishing/post-content"

export interface CreateSocialPostStepInput {
  caption: string
  link?: string | null
  media?: PostMedia[]
  account_ids: string[]
  scheduled_at?: Date | string | null
  created_by?: string
}

export const createSocialPostStepId = "create-social-post"

/** Creates a post with one publication for each account. */
export const createSocialPostStep = createStep(
  createSocialPostStepId,
  async (
    { account_ids, media = [], ...input }: CreateSocialPostStepInput,
    { container }
  ) => {
    const { id } = await socialsModule(container).insertPost(
      {
        ...input,
        scheduled_at: input.scheduled_at ? new Date(input.scheduled_at) : null,
        media: media as unknown as Record<string, unknown>,
        status: input.scheduled_at ? "scheduled" : "draft",
      },
      [...new Set(account_ids)]
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
