import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import {
  encryptionStatus,
  uncountedColumn,
} from "../../../credentials/key-operations/status"
import { encryptionModule } from "../../../credentials/modules"
import type { PolicyFloor } from "../../../modules/encryption/types"

/** The floor that is asked for, and who asks, for the audit trail. */
export type FloorChange = PolicyFloor & { actor_id?: string }

export const raisePolicyFloorStepId = "raise-policy-floor"

/**
 * Raises the floor under the reading policy, once nothing that is stored would
 * fall below it. It has no compensation: a floor never goes down.
 */
export const raisePolicyFloorStep = createStep(
  { name: raisePolicyFloorStepId, noCompensation: true },
  async ({ actor_id, ...floor }: FloorChange, { container }) => {
    const { plaintext, unrecognised, keys, columns } =
      await encryptionStatus(container)
    const format1 = keys.reduce((sum, { values }) => sum + values.format_1, 0)
    const missing = columns.find(({ is_missing }) => is_missing)
    if (missing) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        uncountedColumn(missing)
      )
    }
    if (unrecognised > 0) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `${unrecognised} stored ${unrecognised === 1 ? "value is" : "values are"} damaged or in the wrong place, and nobody knows what a higher floor means for them. Verify names them: enter these credentials again, or erase them, first.`
      )
    }
    if (floor.reading === "require-encrypted" && plaintext > 0) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `${plaintext} stored secrets are in plaintext and could not be read any more. Seal them first.`
      )
    }
    if (floor.minimum_envelope_format === 2 && format1 > 0) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `${format1} stored values are of format 1 and could not be read any more. Re-encrypt them first.`
      )
    }
    await encryptionModule(container).raisePolicyFloor(floor, actor_id)
    return new StepResponse(floor)
  }
)
