import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import type { MediaUse } from "../../../modules/socials/sql/media"

export const deleteSocialMediaStepId = "delete-social-media"

/**
 * Soft-deletes a file that nothing uses, with its renditions.
 *
 * @returns the files that were stored for these rows alone
 * @throws {MedusaError} NOT_FOUND; NOT_ALLOWED, saying what uses it
 */
export const deleteSocialMediaStep = createStep(
  deleteSocialMediaStepId,
  async ({ id }: { id: string }, { container }) => {
    const socials = socialsModule(container)
    const media = await socials.retrieveSocialMedia(id)
    const uses = await socials.listMediaUses([id])
    if (uses.length) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `The file "${media.name}" is used by ${usesInWords(uses)}. Take it out there, or delete what uses it, then delete the file.`
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

const usesInWords = ([{ kind, id, title }, ...others]: MediaUse[]): string => {
  const [firstLine] = title.trim().split("\n")
  const name = firstLine ? `"${firstLine}" (${id})` : id
  const first =
    kind === "post" ? `the post ${name}` : `the video ${name} as its poster`
  return others.length ? `${first}, and ${others.length} more` : first
}
