import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import {
  recordFailure,
  toMedusaError,
} from "../../../credentials/state/failures"
import { socialsModule } from "../../../credentials/modules"
import { getProvider } from "../../../credentials/providers"
import { runWithCredentials } from "../../../credentials/use/with-credentials"
import { isServiceError } from "../../../errors/service-error"
import { requireUsablePlatform } from "../../../credentials/state/usable"

export const fetchPlatformDataStepId = "fetch-platform-data"

/** Asks a platform's service for its accounts and profile, as far as it has them. */
export const fetchPlatformDataStep = createStep(
  fetchPlatformDataStepId,
  async ({ platform_id }: { platform_id: string }, { container }) => {
    const row =
      await socialsModule(container).retrieveSocialPlatform(platform_id)
    const provider = await getProvider(container, row.provider)
    await requireUsablePlatform(container, row, provider)

    try {
      const data = await runWithCredentials(
        container,
        row,
        provider,
        async (context) => ({
          accounts: (await provider.listAccounts?.(context)) ?? null,
          profile: (await provider.fetchProfile?.(context)) ?? null,
        })
      )
      return new StepResponse(data)
    } catch (error) {
      if (isServiceError(error)) {
        await recordFailure(container, row, error)
      }
      throw toMedusaError(error)
    }
  }
)
