import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import type { BatchInput } from "../../../credentials/key-operations/batch"
import { reEncryptBatch } from "../../../credentials/key-operations/re-encrypt"

export const reEncryptCredentialsStepId = "re-encrypt-credentials"

/** There is nothing to undo: every key that a value was sealed with stays readable until it is retired. */
export const reEncryptCredentialsStep = createStep(
  { name: reEncryptCredentialsStepId, noCompensation: true },
  async (input: BatchInput, { container }) =>
    new StepResponse(await reEncryptBatch(container, input))
)
