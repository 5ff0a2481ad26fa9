import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { recordCredentialEvent } from "../../../credentials/events"
import { socialsModule } from "../../../credentials/modules"
import type { PreparedPlatformChange } from "../../../credentials/platform-input"
import { getProvider } from "../../../credentials/providers"
import { sealPlaintext } from "../../../credentials/seal"
import { changeCredentials } from "../../../credentials/write"
import type { ApiConfig } from "../../../modules/socials/utils/api-config"

export type UpdateSocialPlatformCredentialsStepInput = Pick<
  PreparedPlatformChange,
  "id" | "settings" | "sealed"
> & { actor_id?: string }

export const updateSocialPlatformCredentialsStepId =
  "update-social-platform-credentials"

/**
 * Changes a platform's settings and sealed credentials. What it keeps for
 * compensation is sealed too: Medusa may store it.
 */
export const updateSocialPlatformCredentialsStep = createStep(
  updateSocialPlatformCredentialsStepId,
  async (
    {
      id,
      settings,
      sealed,
      actor_id,
    }: UpdateSocialPlatformCredentialsStepInput,
    { container }
  ) => {
    const names = Object.keys(sealed)
    if (!names.length && !Object.keys(settings).length) {
      return new StepResponse({ id }, null)
    }

    let previous: ApiConfig = {}
    const version = await changeCredentials(container, id, async (row) => {
      const { description } = await getProvider(container, row.provider)
      previous = await sealPlaintext(
        container,
        id,
        description,
        (row.api_config ?? {}) as ApiConfig
      )
      return {
        settings,
        sealed,
        // What the service said of the old credentials says nothing of new ones.
        columns: names.length
          ? {
              token_validity: "unknown",
              last_error: null,
              consecutive_failures: 0,
              status: row.status === "error" ? "active" : row.status,
            }
          : {},
      }
    })
    if (names.length) {
      await recordCredentialEvent(container, {
        platform_id: id,
        type: "updated",
        actor_id,
        details: {
          credentials: names,
          erased: names.filter((name) => sealed[name] === null),
        },
      })
    }
    return new StepResponse({ id }, { id, previous, version })
  },
  async (compensation, { container }) => {
    if (!compensation || compensation.version === null) {
      return
    }
    // If somebody has written since, theirs is the truth and stays.
    await socialsModule(container).writeApiConfig({
      id: compensation.id,
      api_config: compensation.previous,
      expected_version: compensation.version,
    })
  }
)
