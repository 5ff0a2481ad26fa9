import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import type { RemoteAccount, RemoteProfile } from "../../../providers/types"

export interface StorePlatformDataStepInput {
  platform_id: string
  accounts: RemoteAccount[] | null
  profile: RemoteProfile | null
}

export const storePlatformDataStepId = "store-platform-data"

/**
 * Stores what a service said of its accounts. An account that it no longer
 * lists stays, marked as unavailable: posts name it.
 */
export const storePlatformDataStep = createStep(
  storePlatformDataStepId,
  async (
    { platform_id, accounts, profile }: StorePlatformDataStepInput,
    { container }
  ) => {
    const socials = socialsModule(container)
    const before = accounts
      ? await socials.listSocialAccounts({ platform_id })
      : []
    const known = new Map(before.map((account) => [account.external_id, account]))
    const listed = new Map(
      (accounts ?? []).map((account) => [account.external_id, account])
    )

    const fresh = [...listed.values()].filter(
      ({ external_id }) => !known.has(external_id)
    )
    const updates = before
      .filter(({ external_id }) => listed.has(external_id))
      .map(({ id, external_id }) => ({
        id,
        ...listed.get(external_id),
        is_available: true,
      }))
    const gone = before.filter(
      ({ external_id, is_available }) =>
        is_available && !listed.has(external_id)
    )

    const created = await socials.createSocialAccounts(
      fresh.map((account) => ({ ...account, platform_id }))
    )
    await socials.updateSocialAccounts([
      ...updates,
      ...gone.map(({ id }) => ({ id, is_available: false })),
    ])
    const synced_at = new Date()
    await socials.writeHealth(platform_id, {
      ...(profile && { profile: { ...profile } }),
      last_synced_at: synced_at,
      last_error: null,
      consecutive_failures: 0,
    })

    return new StepResponse(
      {
        accounts: {
          created: created.length,
          updated: updates.length,
          removed: gone.length,
        },
        profile,
        synced_at: synced_at.toISOString(),
      },
      {
        created: created.map(({ id }) => id),
        previous: before.map(
          ({ id, kind, name, username, avatar_url, url, is_available }) => ({
            id,
            kind,
            name,
            username,
            avatar_url,
            url,
            is_available,
          })
        ),
      }
    )
  },
  async (compensation, { container }) => {
    if (!compensation) {
      return
    }
    const socials = socialsModule(container)
    await socials.deleteSocialAccounts(compensation.created)
    await socials.updateSocialAccounts(compensation.previous)
  }
)
