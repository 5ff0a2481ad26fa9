import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { getProvider } from "../../../credentials/providers"
import { testPlatform } from "../../../credentials/use/test-connection"
import { isServiceError } from "../../../errors/service-error"

export const testSocialPlatformStepId = "test-social-platform"

/**
 * Asks a platform's service whether its credentials work, and records the
 * answer. It changes nothing but what is known of the platform's health and
 * tokens, which has no undo.
 */
export const testSocialPlatformStep = createStep(
  { name: testSocialPlatformStepId, noCompensation: true },
  async ({ id }: { id: string }, { container }) => {
    const row = await socialsModule(container).retrieveSocialPlatform(id)
    const provider = await getProvider(container, row.provider)
    try {
      const message = await testPlatform(container, row, provider)
      return new StepResponse({ ok: true, message })
    } catch (error) {
      if (!isServiceError(error)) {
        throw error
      }
      return new StepResponse({ ok: false, message: error.message })
    }
  }
)
