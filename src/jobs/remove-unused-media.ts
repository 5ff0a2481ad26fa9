import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import { deleteSocialMediaWorkflow } from "../workflows/media/workflows/delete-social-media"

/** Files that one run removes at most: the next run takes over. */
const REMOVED_AT_ONCE = 500

/**
 * Removes files that nothing has used for the time of the option
 * `unused_media_retention_days`: uploads that were taken out of a post, and what
 * deleted posts have left. Runs in worker mode.
 */
const removeUnusedMedia = async (container: MedusaContainer): Promise<void> => {
  const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  const socials = socialsModule(container)
  const { unused_media_retention_days: days } = await socials.getOptions()
  await socials.noteUnusedMedia()
  if (days === null) {
    return
  }
  for (const { id } of await socials.listUnusedMedia(days, REMOVED_AT_ONCE)) {
    try {
      // It looks once more whether something uses the file.
      await deleteSocialMediaWorkflow(container).run({ input: { id } })
    } catch (error) {
      logger.warn(
        `[Social media] The file ${id}, which nothing uses, was not removed: ${(error as Error).message}`
      )
    }
  }
}

export default removeUnusedMedia

export const config = {
  name: "remove-unused-media",
  schedule: "41 3 * * *",
}
