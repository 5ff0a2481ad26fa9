import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { socialsModule } from "../modules"

/**
 * Notes that a platform's credentials are used. Nobody waits for the time stamp,
 * and nothing fails for want of it.
 */
export const stampUse = (
  container: MedusaContainer,
  platformId: string
): void => {
  const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  socialsModule(container)
    .writeHealth(platformId, { last_used_at: new Date() })
    .catch(() => logger.debug(`last_used_at of ${platformId} was not stored`))
}
