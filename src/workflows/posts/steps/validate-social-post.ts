import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { checkedPublication, requireFitting } from "../../../publishing/fitting"
import { readCardFacts } from "../../../publishing/link-card"
import {
  filesOf,
  type FollowingPart,
  type PostMedia,
  requireTimeToCome,
} from "../../../publishing/post-content"
import {
  type Publication,
  type PublicationChoice,
  requireTargets,
} from "../../../publishing/targets"
import { wantedPublications } from "../../../publishing/plan"

export interface ValidateSocialPostStepInput {
  /** The post that changes; absent for a new one. */
  id?: string
  caption?: string
  link?: string | null
  language?: string | null
  media?: PostMedia[]
  parts?: FollowingPart[]
  /** Short for publications of which nothing is special. */
  account_ids?: string[]
  publications?: PublicationChoice[]
  product_ids?: string[]
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
    const targets = await requireTargets(
      container,
      wantedPublications(input, before?.publications as Publication[])
    )
    const link = input.link === undefined ? (before?.link ?? null) : input.link
    const findings = await requireFitting(
      container,
      {
        caption: input.caption ?? before?.caption ?? "",
        link,
        // Some services show a product's title as the post's own.
        card: link ? await readCardFacts(container, input) : undefined,
        media: input.media ?? before?.media,
        parts: input.parts ?? before?.parts,
      },
      targets,
      [
        input,
        ...(input.publications ?? []).map(({ variant }) => variant ?? {}),
      ].flatMap(filesOf)
    )
    requireTimeToCome(input.scheduled_at)
    return new StepResponse({ publications: findings.map(checkedPublication) })
  }
)
