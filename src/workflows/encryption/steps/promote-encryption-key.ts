import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { encryptionModule } from "../../../credentials/modules"

export const promoteEncryptionKeyStepId = "promote-encryption-key"

/** Makes a configured key the one that seals. Compensation promotes the one before it again. */
export const promoteEncryptionKeyStep = createStep(
  promoteEncryptionKeyStepId,
  async ({ version }: { version: number }, { container }) => {
    const encryption = encryptionModule(container)
    const before = await encryption.currentKeyVersion()
    await encryption.promoteKey(version)
    return new StepResponse({ version }, before)
  },
  async (before, { container }) => {
    if (before === undefined) {
      return
    }
    await encryptionModule(container).promoteKey(before)
  }
)
