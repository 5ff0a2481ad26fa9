import type { MedusaContainer } from "@medusajs/framework/types"
import type {
  LockedPlatformChange,
  SocialPlatformRow,
} from "../../modules/socials/service"
import type {
  ApiConfigWrite,
  CredentialColumns,
} from "../../modules/socials/sql/platforms"
import {
  credentialNameOf,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import { sealCredential } from "../../modules/socials/utils/token-helpers"
import { socialsModule } from "../modules"
import { listProviders } from "../providers"
import { tokensEndedBy } from "../state/token-sources"
import { tokensErased } from "../state/transitions"
import { openOrNothing } from "./open-or-nothing"
import { nextCredentials, type SealedCredentials } from "./seal"

/**
 * Tries without a lock. Writers are rare, but a key operation that goes over
 * the same rows in several processes can be faster many times in a row, and
 * what is written here may be the only copy of a new refresh token.
 */
const OPTIMISTIC_ATTEMPTS = 3

export interface CredentialChange {
  settings?: Record<string, unknown>
  sealed?: SealedCredentials
  columns?: CredentialColumns
}

/** A change that a person makes: credentials and everything else of the row. */
export interface PlatformChange extends CredentialChange {
  /** Columns outside the credentials; JSON columns are merged. */
  details?: LockedPlatformChange["details"]
}

/**
 * Changes a platform's settings and credentials, together with the columns
 * that go with them, in one statement and only on the row that it has read:
 * first without a lock, then with the row locked, so that it always ends.
 *
 * @param decide - makes the change from the row as it stands; called again when
 * another writer was faster, so it must decide anew. Null leaves the row alone.
 * @returns the row's new `credentials_version`, or null when nothing was written
 * @throws {MedusaError} NOT_FOUND
 */
export const changeCredentials = async (
  container: MedusaContainer,
  platformId: string,
  decide: (row: SocialPlatformRow) => Promise<CredentialChange | null>
): Promise<number | null> => {
  const socials = socialsModule(container)
  for (let attempt = 0; attempt < OPTIMISTIC_ATTEMPTS; attempt++) {
    const row = await socials.retrieveSocialPlatform(platformId)
    const change = await decide(row)
    if (!change) {
      return null
    }
    const version = await socials.writeApiConfig({
      ...(await contentOf(container, row, change)),
      id: platformId,
      expected_version: row.credentials_version,
    })
    if (version !== null) {
      return version
    }
  }
  return await changePlatform(container, platformId, decide)
}

/**
 * {@link changeCredentials} with the row locked from the start, for a change
 * that goes beyond the credentials: all of it is written or nothing.
 */
export const changePlatform = (
  container: MedusaContainer,
  platformId: string,
  decide: (row: SocialPlatformRow) => Promise<PlatformChange | null>
): Promise<number | null> =>
  socialsModule(container).changeLockedPlatform(platformId, async (row) => {
    const change = await decide(row)
    if (!change) {
      return null
    }
    const { details, ...credentials } = change
    const isDetailsOnly =
      !Object.values(credentials).some(Boolean) &&
      details?.base_url === undefined &&
      !isMove(row, details)
    return {
      details,
      ...(!isDetailsOnly && {
        credentials: await contentOf(container, row, change),
      }),
    }
  })

const contentOf = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  { details, settings, sealed, columns }: PlatformChange
): Promise<Omit<ApiConfigWrite, "id" | "expected_version">> => {
  const providers = await listProviders(container)
  const description = providers.get(row.provider)?.description
  const moved = isMove(row, details)
    ? await moveToTenant(container, row, details?.tenant_id ?? null)
    : row
  const ended = description
    ? tokensEndedBy(description, row, { details, settings, sealed })
    : []
  return {
    ...(await nextCredentials(container, description, moved, {
      settings,
      sealed: {
        ...sealed,
        ...Object.fromEntries(ended.map((name) => [name, null])),
      },
    })),
    columns: ended.length ? { ...tokensErased(row), ...columns } : columns,
  }
}

/** Whether a change gives the platform to another tenant, for which its credentials are sealed anew. */
export const isMove = (
  row: SocialPlatformRow,
  details: PlatformChange["details"]
): boolean =>
  details?.tenant_id !== undefined && details.tenant_id !== row.tenant_id

/**
 * Seals a platform's credentials for the tenant that it is to belong to. What
 * does not open stays as it is: it opens for no tenant.
 */
const moveToTenant = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  tenant_id: string | null
): Promise<SocialPlatformRow> => {
  const api_config = { ...row.api_config }
  const moved = { ...row, tenant_id }
  for (const key of Object.keys(api_config).filter(isEncryptedKey)) {
    const name = credentialNameOf(key)
    const value = await openOrNothing(container, row, name)
    if (value) {
      api_config[key] = await sealCredential(value, name, container, moved)
    }
  }
  return { ...moved, api_config }
}
