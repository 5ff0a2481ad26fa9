import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { recordCredentialEvent } from "../../../credentials/state/events"
import { socialsModule } from "../../../credentials/modules"
import type { PreparedPlatformChange } from "../../../credentials/storage/platform-input"
import { getProvider } from "../../../credentials/providers"
import {
  nextCredentials,
  type SealedCredentials,
  sealPlaintext,
} from "../../../credentials/storage/seal"
import { KEY_CREDENTIAL } from "../../../credentials/state/view"
import { changeCredentials } from "../../../credentials/storage/write"
import type { SocialPlatformRow } from "../../../modules/socials/service"
import type { CredentialColumns } from "../../../modules/socials/sql/platforms"
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

    let previous: { api_config: ApiConfig; columns: CredentialColumns } = {
      api_config: {},
      columns: {},
    }
    const version = await changeCredentials(container, id, async (row) => {
      const { description } = await getProvider(container, row.provider)
      previous = {
        api_config: await sealPlaintext(
          container,
          id,
          description,
          (row.api_config ?? {}) as ApiConfig
        ),
        columns: names.length ? healthOf(row) : {},
      }
      return {
        settings,
        sealed,
        // What the service said of the old credentials says nothing of new ones.
        columns: names.length
          ? {
              token_validity: "unknown",
              last_error: null,
              consecutive_failures: 0,
              status: nextStatus(row, sealed),
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
    const { id, previous, version } = compensation
    const socials = socialsModule(container)
    const row = await socials.retrieveSocialPlatform(id)
    const { description } = await getProvider(container, row.provider)
    // If somebody has written since, theirs is the truth and stays.
    await socials.writeApiConfig({
      id,
      ...(await nextCredentials(
        container,
        description,
        { id, api_config: previous.api_config },
        {}
      )),
      expected_version: version,
      columns: previous.columns,
    })
  }
)

/** What the service last said of the credentials, to be said again of the old ones. */
const healthOf = ({
  status,
  token_validity,
  last_error,
  consecutive_failures,
}: SocialPlatformRow): CredentialColumns => ({
  status,
  token_validity,
  last_error,
  consecutive_failures,
})

/** New credentials end an error, and connect what was not connected. */
const nextStatus = (
  { status, auth_type }: SocialPlatformRow,
  sealed: SealedCredentials
): string => {
  const isConnected =
    status === "pending" && !!sealed[KEY_CREDENTIAL[auth_type]]
  return status === "error" || isConnected ? "active" : status
}
