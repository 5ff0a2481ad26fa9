import type { MedusaContainer } from "@medusajs/framework/types"
import type { SocialPlatformRow } from "../../modules/socials/service"
import type {
  ApiConfigWrite,
  CredentialColumns,
} from "../../modules/socials/sql/platforms"
import { socialsModule } from "../modules"
import { listProviders } from "../providers"
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
  const providers = await listProviders(container)
  const write = async (
    row: SocialPlatformRow
  ): Promise<Omit<ApiConfigWrite, "id" | "expected_version"> | null> => {
    const change = await decide(row)
    const description = providers.get(row.provider)?.description
    return (
      change && {
        ...(await nextCredentials(container, description, row, change)),
        columns: change.columns,
      }
    )
  }

  for (let attempt = 0; attempt < OPTIMISTIC_ATTEMPTS; attempt++) {
    const row = await socials.retrieveSocialPlatform(platformId)
    const content = await write(row)
    if (!content) {
      return null
    }
    const version = await socials.writeApiConfig({
      ...content,
      id: platformId,
      expected_version: row.credentials_version,
    })
    if (version !== null) {
      return version
    }
  }
  return await socials.writeApiConfigLocked(platformId, write)
}
