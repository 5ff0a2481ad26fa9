import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import type { SocialPlatformRow } from "../modules/socials/service"
import type { CredentialColumns } from "../modules/socials/sql/platforms"
import { socialsModule } from "./modules"
import { listProviders } from "./providers"
import { nextCredentials, type SealedCredentials } from "./seal"

/** Tries against writers that were faster, before giving up. */
const MAX_ATTEMPTS = 5

export interface CredentialChange {
  settings?: Record<string, unknown>
  sealed?: SealedCredentials
  columns?: CredentialColumns
}

/**
 * Changes a platform's settings and credentials, together with the columns
 * that go with them, in one statement and only on the row that it has read.
 *
 * @param decide - makes the change from the row as it stands; called again when
 * another writer was faster, so it must decide anew. Null leaves the row alone.
 * @returns the row's new `credentials_version`, or null when nothing was written
 * @throws {MedusaError} NOT_FOUND, or CONFLICT when others keep being faster
 */
export const changeCredentials = async (
  container: MedusaContainer,
  platformId: string,
  decide: (row: SocialPlatformRow) => Promise<CredentialChange | null>
): Promise<number | null> => {
  const socials = socialsModule(container)
  const providers = await listProviders(container)

  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const row = await socials.retrieveSocialPlatform(platformId)
    const change = await decide(row)
    if (!change) {
      return null
    }

    const version = await socials.writeApiConfig({
      id: platformId,
      ...(await nextCredentials(
        container,
        providers.get(row.provider)?.description,
        row,
        change
      )),
      expected_version: row.credentials_version,
      columns: change.columns,
    })
    if (version !== null) {
      return version
    }
  }
  throw new MedusaError(
    MedusaError.Types.CONFLICT,
    `The credentials of platform ${platformId} are being changed by others. Try again.`
  )
}
