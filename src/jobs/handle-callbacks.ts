import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import { handleCallbackWorkflow } from "../workflows/callbacks/workflows/handle-callback"

/** Nothing is begun after it, in ms: the next run takes over. */
const BUDGET_MS = 50_000

/** What one run takes on. */
const BATCH_SIZE = 100

/** How long a callback is remembered, in ms: longer than a repetition would be taken. */
const KEPT_MS = 90 * 24 * 3_600_000

/**
 * Works on callbacks that nobody has finished: a process died, or something
 * failed. Runs in worker mode.
 */
const handleCallbacks = async (container: MedusaContainer): Promise<void> => {
  const end = Date.now() + BUDGET_MS
  const socials = socialsModule(container)
  for (const id of await socials.listDueCallbacks(BATCH_SIZE)) {
    if (Date.now() > end) {
      return
    }
    await handleCallbackWorkflow(container)
      .run({ input: { id } })
      .catch((error: unknown) => {
        const logger: Logger = container.resolve(
          ContainerRegistrationKeys.LOGGER
        )
        logger.warn(
          `What a service told could not be worked on (${id}): ${(error as Error).message}`
        )
      })
  }
  await socials.deleteOldCallbacks(new Date(Date.now() - KEPT_MS))
}

export default handleCallbacks

export const config = {
  name: "handle-social-callbacks",
  schedule: "* * * * *",
}
