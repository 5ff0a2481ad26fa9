import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { CredentialColumns } from "../../modules/socials/sql/platforms"
import {
  EXPIRY_COLUMNS,
  type VaultTokenType,
} from "../../modules/socials/sql/vault"
import { eraseCredentials, revokePlatformTokens } from "../oauth/disconnect"
import { recordCredentialEvent } from "../state/events"
import { socialsModule } from "../modules"
import { accessOf } from "../state/needed-credentials"
import { keyErased } from "../state/transitions"
import { changeCredentials } from "../storage/write"
import { expirySettings } from "./entry"
import {
  type CredentialKey,
  findVaultPlatform,
  isPlatformOf,
  readCredentialKey,
  readProvider,
  readTenantId,
  type VaultKey,
} from "./key"
import { isStored } from "./read"

/**
 * Erases one credential of a tenant. The connection, its other credentials and
 * settings stay, and the service is told nothing.
 *
 * @returns false when there was none
 * @throws {MedusaError} INVALID_DATA for a malformed key
 */
export const deleteCredential = async (
  container: MedusaContainer,
  input: CredentialKey & { actor_id?: string }
): Promise<boolean> => {
  const key = readCredentialKey(input)
  const { token_type } = key
  const row = await findVaultPlatform(container, key)
  if (!row) {
    return false
  }
  const version = await changeCredentials(container, row.id, async (current) =>
    isPlatformOf(current, key) && isStored(current, token_type)
      ? {
          settings: expirySettings(token_type, null),
          sealed: { [token_type]: null },
          columns: columnsWithout(
            current,
            token_type,
            (await accessOf(container, current))?.needed ?? []
          ),
        }
      : null
  )
  if (version === null) {
    return false
  }
  await recordCredentialEvent(container, {
    platform_id: row.id,
    type: "updated",
    actor_id: input.actor_id,
    details: { credentials: [token_type], erased: [token_type] },
  })
  return true
}

const columnsWithout = (
  row: SocialPlatformRow,
  type: VaultTokenType,
  needed: readonly string[]
): CredentialColumns => ({
  ...(type === "access_token" && {
    [EXPIRY_COLUMNS.access_token]: null,
    next_refresh_at: null,
    scopes: null,
  }),
  ...(type === "refresh_token" && { [EXPIRY_COLUMNS.refresh_token]: null }),
  // Without a credential that it needs it is as if it had never been connected.
  ...(needed.includes(type) && keyErased(row)),
})

export interface DeletedCredentials {
  /** Ids of the platforms that are gone. */
  platform_ids: string[]
  /** Those of them whose service has confirmed that it ended the grant. */
  revoked: string[]
}

/**
 * Deletes everything of a tenant's provider: tokens are revoked at the service
 * where it can, all credentials erased and the platforms soft-deleted, those
 * without an identifier included.
 *
 * @throws {MedusaError} INVALID_DATA for a malformed tenant or provider,
 * NOT_ALLOWED while posts are scheduled; then nothing is deleted
 */
export const deleteProviderCredentials = async (
  container: MedusaContainer,
  input: Pick<VaultKey, "tenant_id" | "provider"> & { actor_id?: string }
): Promise<DeletedCredentials> => {
  const tenantId = readTenantId(input.tenant_id)
  const provider = readProvider(input.provider)
  const ids = await socialsModule(container).listTenantPlatformIds(
    tenantId,
    provider
  )
  for (const id of ids) {
    await refuseScheduledPosts(container, id)
  }

  const result: DeletedCredentials = { platform_ids: [], revoked: [] }
  for (const id of ids) {
    const row = await socialsModule(container).retrieveSocialPlatform(id)
    if (row.tenant_id !== tenantId || row.provider !== provider) {
      continue
    }
    const { revoked } = await revokePlatformTokens(container, row)
    await removePlatform(container, id, input.actor_id)
    result.platform_ids.push(id)
    if (revoked) {
      result.revoked.push(id)
    }
  }
  return result
}

const refuseScheduledPosts = async (
  container: MedusaContainer,
  platformId: string
): Promise<void> => {
  const count = await socialsModule(container).countScheduledPosts(platformId)
  if (count > 0) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `Platform ${platformId} has ${count} scheduled ${count === 1 ? "post" : "posts"}. Nothing was deleted: delete or reschedule ${count === 1 ? "it" : "them"} without this platform's accounts first.`
    )
  }
}

/** Soft-deletes a platform and its accounts. No credential outlives it. */
const removePlatform = async (
  container: MedusaContainer,
  id: string,
  actorId: string | undefined
): Promise<void> => {
  const socials = socialsModule(container)
  const accounts = await socials.listSocialAccounts(
    { platform_id: id },
    { select: ["id"] }
  )
  await eraseCredentials(container, id)
  await socials.softDeleteSocialAccounts(accounts.map((account) => account.id))
  await socials.softDeleteSocialPlatforms([id])
  await recordCredentialEvent(container, {
    platform_id: id,
    type: "deleted",
    actor_id: actorId,
  })
}
