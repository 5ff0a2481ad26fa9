import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { applicationOf, socialsModule } from "../modules"

/** For so long, in ms, a process leaves the time stamp of a platform as it is. */
const STAMP_EVERY_MS = 1_000

/** When this process has stamped which platform last, by application. */
const stampsOf = new WeakMap<object, Map<string, number>>()

/**
 * Notes that a platform's credentials are used. Nobody waits for the time stamp,
 * and nothing fails for want of it. What uses them many times a second writes it
 * once a second.
 */
export const stampUse = (
  container: MedusaContainer,
  platformId: string
): void => {
  const key = applicationOf(container)
  const stamps = stampsOf.get(key) ?? new Map<string, number>()
  stampsOf.set(key, stamps)
  const now = Date.now()
  if (now - (stamps.get(platformId) ?? 0) < STAMP_EVERY_MS) {
    return
  }
  stamps.set(platformId, now)
  const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  socialsModule(container)
    .writeHealth(platformId, { last_used_at: new Date() })
    .catch(() => logger.debug(`last_used_at of ${platformId} was not stored`))
}
