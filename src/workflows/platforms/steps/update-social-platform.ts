import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { getsFirstToken } from "../../../credentials/access-token/strategy"
import { socialsModule } from "../../../credentials/modules"
import { getProvider } from "../../../credentials/providers"
import { recordCredentialEvent } from "../../../credentials/state/events"
import {
  accessOf,
  connects,
  isConsented,
} from "../../../credentials/state/needed-credentials"
import { tokensEndedBy } from "../../../credentials/state/token-sources"
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
import { changePlatform, isMove } from "../../../credentials/storage/write"
import type { SocialPlatformRow } from "../../../modules/socials/rows"
import type { CredentialColumns } from "../../../modules/socials/sql/platforms"
import {
  type ApiConfig,
  credentialNameOf,
  isEncryptedKey,
} from "../../../modules/socials/utils/api-config"

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
    { change, actor_id }: UpdateSocialPlatformStepInput,
    { container }
  ) => {
    const { id, data, settings, sealed } = change
    const names = Object.keys(sealed)
    const touchesConfig = names.length + Object.keys(settings).length > 0

    let touches_access = false
    let previous: PreviousPlatform = { details: {} }
    const version = await changePlatform(container, id, async (row) => {
      refuseForeignSeal(row, change)
      const { description } = await getProvider(container, row.provider)
      const ended = tokensEndedBy(description, row, {
        details: data,
        settings,
        sealed,
      })
      previous = {
        details: pick(row, Object.keys(data)),
        ...((touchesConfig || ended.length > 0 || isMove(row, data)) && {
          credentials: await rememberCredentials(container, row, {
            settings: Object.keys(settings),
            credentials: [
              ...names,
              ...ended,
              // All are sealed anew for another tenant.
              ...(isMove(row, data) ? sealedNames(row) : []),
            ],
          }),
          columns: {
            ...healthBefore(row),
            granted_client_id: row.granted_client_id,
          },
        }),
      }
      const changed = { ...row, ...data }
      touches_access =
        getsFirstToken(description, changed.auth_type) ||
        !isConsented(changed.auth_type)
          ? touchesLogin(row, change)
          : // What a consent connects sends its token alone.
            !!sealed.access_token
      if (!touchesConfig) {
        return { details: data }
      }
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
    return new StepResponse({ id, touches_access }, { id, previous, version })
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
      const { tenant_id = row.tenant_id, ...details } = previous.details
      const owner = { id, tenant_id }
      return {
        // What others have sealed since is for the tenant that it has now.
        details: isOurs ? { ...details, tenant_id } : details,
        ...(isOurs &&
          previous.credentials && {
            credentials: {
              ...(await nextCredentials(
                container,
                description,
                {
                  ...owner,
                  api_config: await revertCredentials(
                    container,
                    owner,
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

/** Refuses credentials that nobody could open: sealed for a tenant that the platform had before. */
const refuseForeignSeal = (
  row: SocialPlatformRow,
  { tenant_id, data, sealed }: PreparedPlatformChange
): void => {
  const { tenant_id: owner = row.tenant_id } = data
  if (owner !== tenant_id && Object.values(sealed).some(Boolean)) {
    throw new MedusaError(
      MedusaError.Types.CONFLICT,
      `Somebody has given "${row.name}" to another tenant in the meantime, so nothing was changed. Look at the platform, then enter its credentials again.`
    )
  }
}

const sealedNames = (row: SocialPlatformRow): string[] =>
  Object.keys(row.api_config ?? {})
    .filter(isEncryptedKey)
    .map(credentialNameOf)

/** Whether a change has anything that is sent to the service, or decides where. */
const touchesLogin = (
  row: SocialPlatformRow,
  { data, settings, sealed }: PreparedPlatformChange
): boolean =>
  Object.values(sealed).some(Boolean) ||
  Object.entries(settings).some(
    ([name, value]) => (row.api_config?.[name] ?? null) !== (value ?? null)
  ) ||
  (data.base_url !== undefined && data.base_url !== row.base_url) ||
  (data.auth_type !== undefined && data.auth_type !== row.auth_type)

const pick = (
  row: SocialPlatformRow,
  columns: string[]
): Partial<SocialPlatformRow> =>
  Object.fromEntries(
    columns.map((column) => [column, row[column as keyof SocialPlatformRow]])
  )
