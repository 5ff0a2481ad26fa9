import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import {
  contentOf,
  type FollowingPart,
  type PostMedia,
  requireAccounts,
  requireFittingContent,
  requireTimeToCome,
} from "../../../publishing/post-content"

export interface ValidateSocialPostStepInput {
  /** The post that changes; absent for a new one. */
  id?: string
  caption?: string
  link?: string | null
  media?: PostMedia[]
  parts?: FollowingPart[]
  account_ids?: string[]
  scheduled_at?: Date | string | null
}

export const validateSocialPostStepId = "validate-social-post"

/** Refuses a post, or a change to one, that its accounts could not take. */
export const validateSocialPostStep = createStep(
  validateSocialPostStepId,
  async (input: ValidateSocialPostStepInput, { container }) => {
    const before = input.id
      ? await socialsModule(container).retrieveSocialPost(input.id, {
          relations: ["publications"],
        })
      : undefined
    const accounts = await requireAccounts(
      container,
      input.account_ids ??
        before?.publications.map(({ account_id }) => account_id) ??
        []
    )
    await requireFittingContent(
      container,
      accounts,
      contentOf({
        caption: input.caption ?? before?.caption ?? "",
        link: input.link === undefined ? (before?.link ?? null) : input.link,
        media: input.media ?? before?.media,
        parts: input.parts ?? before?.parts,
      })
    )
    requireTimeToCome(input.scheduled_at)
    return new StepResponse({
      account_ids: accounts.map(({ id }) => id),
    })
  }
)
