import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { getProvider } from "../../../credentials/providers"
import { recordCredentialEvent } from "../../../credentials/state/events"
import {
  accessOf,
  connects,
} from "../../../credentials/state/needed-credentials"
import {
  credentialsStored,
  healthBefore,
} from "../../../credentials/state/transitions"
import type { PreparedPlatformChange } from "../../../credentials/storage/platform-input"
import {
  type CredentialsBefore,
  rememberCredentials,
  revertCredentials,
} from "../../../credentials/storage/revert"
import { nextCredentials } from "../../../credentials/storage/seal"
import { changePlatform } from "../../../credentials/storage/write"
import type { SocialPlatformRow } from "../../../modules/socials/service"
import type { CredentialColumns } from "../../../modules/socials/sql/platforms"
import type { ApiConfig } from "../../../modules/socials/utils/api-config"

export interface UpdateSocialPlatformStepInput {
  change: PreparedPlatformChange
  actor_id?: string
}

/** What there was before the change; its secrets are sealed. */
interface PreviousPlatform {
  details: Partial<SocialPlatformRow>
  credentials?: CredentialsBefore
  columns?: CredentialColumns
}

export const updateSocialPlatformStepId = "update-social-platform"

/**
 * Changes a platform's details, settings and sealed credentials: all of it or
 * nothing. What it keeps for compensation is sealed too: Medusa may store it.
 */
export const updateSocialPlatformStep = createStep(
  updateSocialPlatformStepId,
  async (
    {
      change: { id, data, settings, sealed },
      actor_id,
    }: UpdateSocialPlatformStepInput,
    { container }
  ) => {
    const names = Object.keys(sealed)
    const touchesConfig = names.length + Object.keys(settings).length > 0

    let previous: PreviousPlatform = { details: {} }
    const version = await changePlatform(container, id, async (row) => {
      previous = {
        details: pick(row, Object.keys(data)),
        ...(touchesConfig && {
          credentials: await rememberCredentials(container, row, {
            settings: Object.keys(settings),
            credentials: names,
          }),
          columns: {
            ...healthBefore(row),
            granted_client_id: row.granted_client_id,
          },
        }),
      }
      if (!touchesConfig) {
        return { details: data }
      }
      const changed = { ...row, ...data }
      const isConnected =
        changed.status === "pending" &&
        connects(
          (row.api_config ?? {}) as ApiConfig,
          sealed,
          await accessOf(container, changed)
        )
      return {
        details: data,
        settings,
        sealed,
        ...(names.length && {
          columns: credentialsStored(changed, names, isConnected),
        }),
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
    if (!compensation) {
      return
    }
    const { id, previous, version } = compensation
    const socials = socialsModule(container)
    await socials.changeLockedPlatform(id, async (row) => {
      const { description } = await getProvider(container, row.provider)
      // If somebody has written since, theirs is the truth and stays.
      const isOurs = row.credentials_version === version
      return {
        details: previous.details,
        ...(isOurs &&
          previous.credentials && {
            credentials: {
              ...(await nextCredentials(
                container,
                description,
                {
                  id,
                  api_config: await revertCredentials(
                    container,
                    id,
                    row.api_config as ApiConfig | null,
                    previous.credentials
                  ),
                },
                {}
              )),
              columns: previous.columns,
            },
          }),
      }
    })
  }
)

const pick = (
  row: SocialPlatformRow,
  columns: string[]
): Partial<SocialPlatformRow> =>
  Object.fromEntries(
    columns.map((column) => [column, row[column as keyof SocialPlatformRow]])
  )
