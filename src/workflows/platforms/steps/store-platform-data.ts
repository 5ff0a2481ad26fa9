import type { ILockingModule, MedusaContainer } from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { synced } from "../../../credentials/state/transitions"
import type { SocialAccountRow } from "../../../modules/socials/service"
import type { RemoteAccount, RemoteProfile } from "../../../providers/types"

export interface StorePlatformDataStepInput {
  platform_id: string
  accounts: RemoteAccount[] | null
  profile: RemoteProfile | null
}

/** How long a sync waits for another one of the same platform, in s. */
const LOCK_TIMEOUT_SECONDS = 30

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
    const locking: ILockingModule = container.resolve(Modules.LOCKING)
    const platform = await socials.retrieveSocialPlatform(platform_id)

    // Two syncs at once would both find an account to be new.
    const stored = await locking.execute(
      `social-platform:${platform_id}:accounts`,
      () => storeAccounts(container, platform_id, accounts),
      { timeout: LOCK_TIMEOUT_SECONDS }
    )
    const synced_at = new Date()
    await socials.writeHealth(
      platform_id,
      synced(platform, synced_at, profile && { ...profile })
    )

    return new StepResponse(
      {
        accounts: stored.counts,
        profile,
        synced_at: synced_at.toISOString(),
      },
      {
        platform_id,
        created: stored.created,
        previous: stored.previous,
        health: {
          profile: platform.profile,
          last_synced_at: platform.last_synced_at,
          last_error: platform.last_error,
          consecutive_failures: platform.consecutive_failures,
        },
      }
    )
  },
  async (compensation, { container }) => {
    if (!compensation) {
      return
    }
    const { platform_id, created, previous, health } = compensation
    const socials = socialsModule(container)
    await socials.deleteSocialAccounts(created)
    await socials.updateSocialAccounts(previous)
    await socials.writeHealth(platform_id, health)
  }
)

const storeAccounts = async (
  container: MedusaContainer,
  platform_id: string,
  accounts: RemoteAccount[] | null
) => {
  const socials = socialsModule(container)
  const before = accounts
    ? await socials.listSocialAccounts({ platform_id })
    : []
  const known = new Set(before.map(({ external_id }) => external_id))
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
    ({ external_id, is_available }) => is_available && !listed.has(external_id)
  )

  const created = await socials.createSocialAccounts(
    fresh.map((account) => ({ ...account, platform_id }))
  )
  await socials.updateSocialAccounts([
    ...updates,
    ...gone.map(({ id }) => ({ id, is_available: false })),
  ])
  return {
    created: created.map(({ id }) => id),
    previous: before.map(toColumns),
    counts: {
      created: created.length,
      updated: updates.length,
      removed: gone.length,
    },
  }
}

/** What a sync may change of an account. */
const toColumns = ({
  id,
  kind,
  name,
  username,
  avatar_url,
  url,
  is_available,
}: SocialAccountRow) => ({
  id,
  kind,
  name,
  username,
  avatar_url,
  url,
  is_available,
})
