import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import { redactText } from "../secrets/redact-text"
import { publishDuePostWorkflow } from "../workflows/posts/workflows/publish-due-post"

/** Posts that one run looks at; the next run takes the rest. */
const BATCH_SIZE = 50

/**
 * Publishes posts whose time has come, repeats attempts that are due again and
 * takes over from workers that died. Several processes may run it at once:
 * each publication is claimed by one.
 */
const publishDuePosts = async (container: MedusaContainer): Promise<void> => {
  const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  const ids = await socialsModule(container).findDuePostIds(BATCH_SIZE)

  for (const id of ids) {
    try {
      await publishDuePostWorkflow(container).run({ input: { id } })
    } catch (error) {
      logger.error(
        `The due post ${id} could not be published: ${redactText((error as Error).message)}`
      )
    }
  }
}

export default publishDuePosts

export const config = {
  name: "publish-due-posts",
  // Every 20 s: with the lease of a dead worker, no post waits a minute for another.
  schedule: "*/20 * * * * *",
}
