import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { retireUnneededKey } from "../../../credentials/key-operations/retire"

/** What an operator asks for. */
export interface KeyChange {
  version: number
  /** Who does it, for the audit trail; absent for scripts and jobs. */
  actor_id?: string
}

export const retireEncryptionKeyStepId = "retire-encryption-key"

/**
 * Retires a key that no stored value needs. It has no compensation: it comes
 * last, and a retired key seals nothing again.
 */
export const retireEncryptionKeyStep = createStep(
  { name: retireEncryptionKeyStepId, noCompensation: true },
  async ({ version, actor_id }: KeyChange, { container }) => {
    await retireUnneededKey(container, version, actor_id)
    return new StepResponse({ version })
  }
)
