import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { testSavedCredentials } from "../../../credentials/use/test-connection"

export const testSavedCredentialsStepId = "test-saved-credentials"

/**
 * Asks a platform's service whether the credentials that were just saved work,
 * and begins the session of a service that has sessions. Whatever comes of it
 * is recorded on the platform and fails nothing: they are saved.
 */
export const testSavedCredentialsStep = createStep(
  { name: testSavedCredentialsStepId, noCompensation: true },
  async ({ id }: { id: string }, { container }) => {
    await testSavedCredentials(container, id)
    return new StepResponse({ id })
  }
)
