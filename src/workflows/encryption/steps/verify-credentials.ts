import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import type { BatchInput } from "../../../credentials/key-operations/batch"
import { verifyBatch } from "../../../credentials/key-operations/verify"

export const verifyCredentialsStepId = "verify-credentials"

/** It only reads. */
export const verifyCredentialsStep = createStep(
  { name: verifyCredentialsStepId, noCompensation: true },
  async (input: BatchInput, { container }) =>
    new StepResponse(await verifyBatch(container, input))
)
