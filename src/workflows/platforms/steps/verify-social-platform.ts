import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { recordFailure } from "../../../credentials/failures"
import { socialsModule } from "../../../credentials/modules"
import { getProvider } from "../../../credentials/providers"
import { withCredentials } from "../../../credentials/use"
import { isServiceError } from "../../../errors/service-error"

export const verifySocialPlatformStepId = "verify-social-platform"

/**
 * Asks a platform's service whether its credentials work, and records the
 * answer. It changes nothing but the platform's health, which has no undo.
 */
export const verifySocialPlatformStep = createStep(
  { name: verifySocialPlatformStepId, noCompensation: true },
  async ({ id }: { id: string }, { container }) => {
    const socials = socialsModule(container)
    const row = await socials.retrieveSocialPlatform(id)
    const provider = await getProvider(container, row.provider)
    const { verify } = provider
    if (!verify) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `${provider.description.label} has no way to check its credentials.`
      )
    }

    try {
      const message = await withCredentials(container, row, provider, (context) =>
        verify.call(provider, context)
      )
      await socials.writeHealth(id, {
        token_validity: "true",
        last_error: null,
        consecutive_failures: 0,
        ...(row.status === "error" && { status: "active" }),
      })
      return new StepResponse({ ok: true, message })
    } catch (error) {
      if (!isServiceError(error)) {
        throw error
      }
      await recordFailure(container, row, error)
      return new StepResponse({ ok: false, message: error.message })
    }
  }
)
