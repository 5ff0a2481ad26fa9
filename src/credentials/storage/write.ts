import type { MedusaContainer } from "@medusajs/framework/types"
import type {
  LockedPlatformChange,
  SocialPlatformRow,
} from "../../modules/socials/rows"
import type {
  ApiConfigWrite,
  CredentialColumns,
} from "../../modules/socials/sql/platforms"
import {
  credentialNameOf,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import type { SecretString } from "../../secrets/secret-string"
import { socialsModule } from "../modules"
import { listProviders } from "../providers"
import { tokensEndedBy } from "../state/token-sources"
import { tokensErased } from "../state/transitions"
import type { Secrets } from "./credential-index"
import { openOrNothing } from "./open-or-nothing"
import { type ConfigChange, nextCredentials } from "./seal"

/**
 * Tries without a lock. Writers are rare, but a key operation that goes over
 * the same rows in several processes can be faster many times in a row, and
 * what is written here may be the only copy of a new refresh token.
 */
const OPTIMISTIC_ATTEMPTS = 3

export interface CredentialChange extends ConfigChange {
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
  { details, settings, sealed, secrets, columns }: PlatformChange
): Promise<Omit<ApiConfigWrite, "id" | "expected_version">> => {
  const providers = await listProviders(container)
  const description = providers.get(row.provider)?.description
  const replaced = { ...sealed, ...secrets }
  const ended = description
    ? tokensEndedBy(description, row, { details, settings, sealed: replaced })
    : []
  const erased = Object.fromEntries(ended.map((name) => [name, null]))
  const isMoved = isMove(row, details)
  const moved = isMoved
    ? await openExcept(container, row, { ...replaced, ...erased })
    : {}
  const owner = isMoved ? { tenant_id: details?.tenant_id ?? null } : {}
  return {
    ...(await nextCredentials(
      container,
      description,
      { ...row, ...owner },
      {
        settings,
        sealed: { ...sealed, ...erased },
        secrets: { ...moved, ...secrets },
      }
    )),
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
 * Opens a platform's credentials, which are sealed anew for the tenant that it
 * is to belong to. What does not open stays as it is: it opens for no tenant.
 *
 * @param replaced - credentials that do not stay as they are
 */
const openExcept = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  replaced: object
): Promise<Secrets> => {
  const names = Object.keys(row.api_config ?? {})
    .filter(isEncryptedKey)
    .map(credentialNameOf)
    .filter((name) => !(name in replaced))
  const secrets: Record<string, SecretString> = {}
  for (const name of names) {
    const value = await openOrNothing(container, row, name)
    if (value) {
      secrets[name] = value
    }
  }
  return secrets
}
