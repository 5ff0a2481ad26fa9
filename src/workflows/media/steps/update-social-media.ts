import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import type { SocialMediaRow } from "../../../modules/socials/rows"

/** What a video shows before it plays. */
export type MediaPoster = { media_id: string } | { at_ms: number }

export interface UpdateSocialMediaStepInput {
  id: string
  alt_text?: string | null
  /** Null takes it away. */
  poster?: MediaPoster | null
}

export const updateSocialMediaStepId = "update-social-media"

/** Changes what a person says of a file; what was found in it stays. */
export const updateSocialMediaStep = createStep(
  updateSocialMediaStepId,
  async (
    { id, alt_text, poster }: UpdateSocialMediaStepInput,
    { container }
  ) => {
    const socials = socialsModule(container)
    const before = await socials.retrieveSocialMedia(id)
    if (poster) {
      const image =
        "media_id" in poster
          ? (await socials.listSocialMedias({ id: poster.media_id }))[0]
          : undefined
      requireFittingPoster(before, poster, image)
    }
    await socials.replaceMediaDetails(id, {
      alt_text: alt_text === undefined ? before.alt_text : alt_text,
      poster: poster === undefined ? before.poster : poster,
    })
    return new StepResponse(
      { id },
      { id, alt_text: before.alt_text, poster: before.poster }
    )
  },
  async (before, { container }) => {
    if (!before) {
      return
    }
    const { id, ...details } = before
    await socialsModule(container).replaceMediaDetails(id, details)
  }
)

const refuse = (message: string): never => {
  throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
}

const requireFittingPoster = (
  { kind, duration_ms }: SocialMediaRow,
  poster: MediaPoster,
  image: SocialMediaRow | undefined
): void => {
  if (kind !== "video") {
    refuse("Only a video has a poster.")
  }
  if ("media_id" in poster && image?.kind !== "image") {
    refuse(
      `poster.media_id must name an image; there is none with the id ${poster.media_id}.`
    )
  }
  if ("at_ms" in poster && poster.at_ms > (duration_ms ?? 0)) {
    refuse(
      `poster.at_ms is ${poster.at_ms}, but the video ends after ${duration_ms} ms.`
    )
  }
}
