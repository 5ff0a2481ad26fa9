import type {
  ILockingModule,
  Logger,
  MedusaContainer,
} from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { rotateOnSchedule } from "../credentials/key-operations/scheduled-rotation"
import { encryptionModule } from "../credentials/modules"

/** No batch is begun after it, in ms: the next run takes over. */
const BUDGET_MS = 10 * 60_000

/** Longer than a run, in s, so that one process at a time rotates. */
const LEASE_SECONDS = 15 * 60

/**
 * Rotates the encryption keys where the option `encryption.rotation` asks for
 * it. Runs in worker mode; what is left to do shows in registry and rows, so
 * that any run takes up where another was interrupted.
 */
const rotateEncryptionKey = async (
  container: MedusaContainer
): Promise<void> => {
  const everyDays = await encryptionModule(container).rotationDays()
  if (everyDays === null) {
    return
  }
  const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  const locking: ILockingModule = container.resolve(Modules.LOCKING)
  await locking.execute(
    "social-platforms:key-rotation",
    async () => {
      const deadline = Date.now() + BUDGET_MS
      const { done, waiting } = await rotateOnSchedule(
        container,
        everyDays,
        deadline
      )
      for (const line of done) {
        logger.info(`[Encryption] Scheduled rotation: ${line}`)
      }
      if (waiting) {
        logger.warn(`[Encryption] The scheduled rotation waits: ${waiting}`)
      }
    },
    { expire: LEASE_SECONDS }
  )
}

export default rotateEncryptionKey

export const config = {
  name: "rotate-encryption-key",
  schedule: process.env.SOCIAL_PLATFORMS_ROTATION_SCHEDULE || "23 * * * *",
}
