import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import type { SocialPostColumns } from "../../../modules/socials/service"
import type { PostMedia } from "../../../publishing/post-content"

export interface UpdateSocialPostStepInput {
  id: string
  caption?: string
  link?: string | null
  media?: PostMedia[]
  account_ids?: string[]
  /** Null turns a scheduled post back into a draft. */
  scheduled_at?: Date | string | null
}

const toColumns = ({
  caption,
  link,
  media,
  scheduled_at,
}: UpdateSocialPostStepInput): SocialPostColumns => ({
  ...(caption !== undefined && { caption }),
  ...(link !== undefined && { link }),
  ...(media && { media: media as unknown as Record<string, unknown> }),
  ...(scheduled_at !== undefined && {
    scheduled_at: scheduled_at ? new Date(scheduled_at) : null,
    status: scheduled_at ? "scheduled" : "draft",
  }),
})

export const updateSocialPostStepId = "update-social-post"

/** Changes a post, as long as nobody has begun to publish it. */
export const updateSocialPostStep = createStep(
  updateSocialPostStepId,
  async (input: UpdateSocialPostStepInput, { container }) => {
    const socials = socialsModule(container)
    const before = await socials.retrieveSocialPost(input.id, {
      relations: ["publications"],
    })
    const edited = await socials.editPost(
      input.id,
      toColumns(input),
      input.account_ids && [...new Set(input.account_ids)]
    )
    if (!edited) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `A post with the status "${before.status}" cannot be changed: it has gone out, or is about to. Write a new one.`
      )
    }
    return new StepResponse(
      { id: input.id },
      {
        id: input.id,
        columns: {
          caption: before.caption,
          link: before.link,
          media: before.media,
          scheduled_at: before.scheduled_at,
          // Its publications start over, so a post that failed is a draft again.
          status: before.status === "failed" ? "draft" : before.status,
        },
        account_ids: before.publications.map(({ account_id }) => account_id),
      }
    )
  },
  async (compensation, { container }) => {
    if (!compensation) {
      return
    }
    await socialsModule(container).editPost(
      compensation.id,
      compensation.columns,
      compensation.account_ids
    )
  }
)
