import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { getProvider } from "../../../credentials/providers"
import {
  recordFailure,
  toMedusaError,
} from "../../../credentials/state/failures"
import { synced } from "../../../credentials/state/transitions"
import { requireUsablePlatform } from "../../../credentials/state/usable"
import { keepAccountCredentials } from "../../../credentials/storage/account-credentials"
import { withAccountsLocked } from "../../../credentials/use/account"
import { runWithCredentials } from "../../../credentials/use/with-credentials"
import { isServiceError } from "../../../errors/service-error"
import type {
  SocialAccountRow,
  SocialPlatformRow,
} from "../../../modules/socials/rows"
import type {
  ProviderContext,
  RemoteAccount,
  SocialProvider,
} from "../../../providers/types"

export const storePlatformDataStepId = "store-platform-data"

/**
 * Asks a platform's service for its accounts and profile, as far as it has them,
 * and stores what it says: in one step, because what accounts have of their own
 * is secret. An account that it no longer lists stays, marked as unavailable:
 * posts name it.
 */
export const storePlatformDataStep = createStep(
  storePlatformDataStepId,
  async ({ platform_id }: { platform_id: string }, { container }) => {
    const socials = socialsModule(container)
    const asked = await socials.retrieveSocialPlatform(platform_id)
    const provider = await getProvider(container, asked.provider)
    await requireUsablePlatform(container, asked, provider)
    const { accounts, profile } = await fetchPlatformData(
      container,
      asked,
      provider
    )
    const stored = await withAccountsLocked(
      container,
      platform_id,
      async () => {
        const changes = await storeAccounts(container, platform_id, accounts)
        if (accounts) {
          await keepAccountCredentials(container, provider, asked, accounts)
        }
        return changes
      }
    )
    const platform = await socials.retrieveSocialPlatform(platform_id)
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
    await socials.deleteAccountCredentials(platform_id, created)
    await socials.deleteSocialAccounts(created)
    await socials.updateSocialAccounts(previous)
    await socials.writeHealth(platform_id, health)
  }
)

const fetchPlatformData = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  provider: SocialProvider
) => {
  try {
    return await runWithCredentials(
      container,
      row,
      provider,
      async (context) => ({
        accounts: await readAccounts(container, row, provider, context),
        profile: (await provider.fetchProfile?.(context)) ?? null,
      })
    )
  } catch (error) {
    if (isServiceError(error)) {
      await recordFailure(container, row, error)
    }
    throw toMedusaError(error)
  }
}

/** What the service lists, and what it still finds of what it listed before. */
const readAccounts = async (
  container: MedusaContainer,
  { id }: SocialPlatformRow,
  provider: SocialProvider,
  context: ProviderContext
): Promise<RemoteAccount[] | null> => {
  const listed = (await provider.listAccounts?.(context)) ?? null
  if (!listed || !provider.findAccount) {
    return listed
  }
  const ids = new Set(listed.map(({ external_id }) => external_id))
  const known = await socialsModule(container).listSocialAccounts({
    platform_id: id,
    is_available: true,
  })
  const accounts = [...listed]
  for (const { external_id } of known.filter(
    (one) => !ids.has(one.external_id)
  )) {
    const found = await provider.findAccount(context, external_id)
    if (found) {
      accounts.push(found)
    }
  }
  return accounts
}

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
    (accounts ?? []).map(({ credentials: _, ...account }) => [
      account.external_id,
      account,
    ])
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
