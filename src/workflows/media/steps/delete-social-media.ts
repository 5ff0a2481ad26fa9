import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"

export const deleteSocialMediaStepId = "delete-social-media"

/**
 * Soft-deletes a file that no post uses, with its renditions.
 *
 * @returns the files that were stored for these rows alone
 * @throws {MedusaError} NOT_FOUND; NOT_ALLOWED while a post uses it
 */
export const deleteSocialMediaStep = createStep(
  deleteSocialMediaStepId,
  async ({ id }: { id: string }, { container }) => {
    const socials = socialsModule(container)
    const media = await socials.retrieveSocialMedia(id)
    if ((await socials.mediaInUse([id])).length) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `The file "${media.name}" is used by a post, or as a video's poster. Take it out there, or delete the post, then delete the file.`
      )
    }
    const rows = [
      media,
      ...(await socials.listSocialMedias({ rendition_of: id })),
    ]
    const ids = rows.map((row) => row.id)
    await socials.softDeleteSocialMedias(ids)
    const file_ids = rows
      .filter(({ owns_file }) => owns_file)
      .map(({ file_id }) => file_id)
      .filter((file_id) => file_id !== null)
    return new StepResponse({ id, file_ids }, ids)
  },
  async (ids, { container }) => {
    if (!ids?.length) {
      return
    }
    await socialsModule(container).restoreSocialMedias(ids)
  }
)
