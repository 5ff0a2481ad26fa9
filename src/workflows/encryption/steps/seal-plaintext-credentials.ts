import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import type { BatchInput } from "../../../credentials/key-operations/batch"
import { sealPlaintextBatch } from "../../../credentials/key-operations/seal-plaintext"

export const sealPlaintextCredentialsStepId = "seal-plaintext-credentials"

/** There is nothing to undo: a sealed value is the same credential, and plaintext is not brought back. */
export const sealPlaintextCredentialsStep = createStep(
  { name: sealPlaintextCredentialsStepId, noCompensation: true },
  async (input: BatchInput, { container }) =>
    new StepResponse(await sealPlaintextBatch(container, input))
)
