import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import type {
  NewPublication,
  SocialPostColumns,
} from "../../../modules/socials/rows"
import { planned } from "../../../publishing/plan"
import type { FollowingPart, PostMedia } from "../../../publishing/post-content"
import type { CheckedPublication } from "../../../publishing/targets"

export interface UpdateSocialPostStepInput {
  id: string
  caption?: string
  link?: string | null
  language?: string | null
  media?: PostMedia[]
  parts?: FollowingPart[]
  /** All that it is to have. */
  publications: CheckedPublication[]
  /** Null turns a scheduled post back into a draft. */
  scheduled_at?: Date | string | null
}

const toColumns = ({
  caption,
  link,
  language,
  media,
  parts,
  scheduled_at,
}: UpdateSocialPostStepInput): SocialPostColumns => ({
  ...(caption !== undefined && { caption }),
  ...(link !== undefined && { link }),
  ...(language !== undefined && { language }),
  ...(media && { media: media as unknown as Record<string, unknown> }),
  ...(parts && { parts: parts as unknown as Record<string, unknown> }),
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
    if (before.status === "needs_attention") {
      await reschedule(socials, input)
      return new StepResponse({ id: input.id }, null)
    }
    const columns = toColumns(input)
    const kept = before.publications.map(
      ({ account_id, placement, variant, settings }) => ({
        account_id,
        placement,
        variant,
        settings,
      })
    )
    const time =
      columns.scheduled_at === undefined
        ? before.scheduled_at
        : columns.scheduled_at
    const edited = await socials.editPost(
      input.id,
      columns,
      input.publications.map((publication) => ({
        ...(publication as NewPublication),
        ...planned(time),
      }))
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
          language: before.language,
          media: before.media,
          parts: before.parts,
          scheduled_at: before.scheduled_at,
          // Its publications start over, so a post that failed is a draft again.
          status: before.status === "failed" ? "draft" : before.status,
        },
        publications: kept.map((publication) => ({
          ...publication,
          ...planned(
            before.status === "scheduled" ? before.scheduled_at : null
          ),
        })),
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
      compensation.publications
    )
  }
)

type SocialsModule = ReturnType<typeof socialsModule>

/**
 * Gives what is overdue of a post another time. It is a person's decision about
 * publications that nobody works on: there is nothing to undo it for.
 */
const reschedule = async (
  socials: SocialsModule,
  { id, scheduled_at, publications: _, ...others }: UpdateSocialPostStepInput
): Promise<void> => {
  const isTimeAlone = Object.values(others).every(
    (value) => value === undefined
  )
  const time = scheduled_at ? new Date(scheduled_at) : null
  const moved =
    isTimeAlone &&
    time &&
    (await socials.rescheduleOverdue(id, {
      publish_at: time,
      next_attempt_at: planned(time).next_attempt_at ?? time,
    }))
  if (!moved) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      "A post that needs attention takes another time (scheduled_at, and nothing else) once all that is unclear about it is that it is overdue. Say first what became of the other publications."
    )
  }
}
