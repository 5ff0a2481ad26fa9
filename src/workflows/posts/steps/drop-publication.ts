import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"

export interface DropPublicationStepInput {
  /** The post. */
  id: string
  publication_id: string
}

export const dropPublicationStepId = "drop-social-publication"

/** Takes an account out of a post that is not out there. */
export const dropPublicationStep = createStep(
  dropPublicationStepId,
  async ({ id, publication_id }: DropPublicationStepInput, { container }) => {
    const socials = socialsModule(container)
    const { publications, status } = await socials.retrieveSocialPost(id, {
      relations: ["publications"],
    })
    if (!publications.some((one) => one.id === publication_id)) {
      throw new MedusaError(
        MedusaError.Types.NOT_FOUND,
        `The post ${id} has no publication ${publication_id}.`
      )
    }
    if (publications.length === 1) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        "It is the post's only publication. Delete the post instead."
      )
    }
    if (!(await socials.dropPublication(publication_id, id))) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        "The publication cannot be taken out of the post: it is out, or about to be."
      )
    }
    if (!["draft", "scheduled"].includes(status)) {
      await socials.settlePostStatus(id)
    }
    return new StepResponse({ id }, { id, publication_id, status })
  },
  async (dropped, { container }) => {
    if (!dropped) {
      return
    }
    const socials = socialsModule(container)
    await socials.restorePublication(dropped.publication_id)
    if (!["draft", "scheduled"].includes(dropped.status)) {
      await socials.settlePostStatus(dropped.id)
    }
  }
)
