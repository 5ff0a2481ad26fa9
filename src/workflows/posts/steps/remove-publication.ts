import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { removePublished } from "../../../publishing/remove"

export interface RemovePublicationStepInput {
  /** The post. */
  id: string
  publication_id: string
}

export const removePublicationStepId = "remove-publication"

/** Removes at the service what a publication has made public. It cannot be brought back. */
export const removePublicationStep = createStep(
  { name: removePublicationStepId, noCompensation: true },
  async ({ id, publication_id }: RemovePublicationStepInput, { container }) => {
    const socials = socialsModule(container)
    const [publication] = await socials.listSocialPublications({
      id: publication_id,
      post_id: id,
    })
    if (!publication?.published_at || publication.removed_at) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `Nothing of publication ${publication_id} of post ${id} is public, so there is nothing to remove.`
      )
    }
    await removePublished(container, publication)
    await socials.noteRemoval(publication_id)
    return new StepResponse({ id, publication_id })
  }
)
