import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { encryptionModule } from "../../../credentials/modules"
import type { KeyChange } from "./retire-encryption-key"

export const promoteEncryptionKeyStepId = "promote-encryption-key"

/** Makes a configured key the one that seals. Compensation promotes the one before it again. */
export const promoteEncryptionKeyStep = createStep(
  promoteEncryptionKeyStepId,
  async ({ version, actor_id }: KeyChange, { container }) => {
    const encryption = encryptionModule(container)
    const before = await encryption.activeKeyVersion()
    const { keys } = await encryption.registry()
    const key = keys.find((candidate) => candidate.version === version)
    if (!key?.configured) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `Key version ${version} is not configured here. Configure it in every process, restart them, then promote it.`
      )
    }
    if (key.state === "retired") {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `Key version ${version} is retired and cannot seal again. Add a new key under a new version.`
      )
    }
    await encryption.promoteKey(version, actor_id)
    return new StepResponse({ version }, before)
  },
  async (before, { container }) => {
    if (before) {
      await encryptionModule(container).promoteKey(before)
    }
  }
)
