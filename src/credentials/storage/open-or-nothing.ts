import type { MedusaContainer } from "@medusajs/framework/types"
import { EncryptionError } from "../../modules/encryption/errors"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import { openCredential } from "../../modules/socials/utils/token-helpers"
import type { SecretString } from "../../secrets/secret-string"

/**
 * Opens a stored credential where one that does not open counts as none: what
 * does not open was sent to nobody, and may be replaced.
 */
export const openOrNothing = async (
  container: MedusaContainer,
  row: Pick<SocialPlatformRow, "id" | "tenant_id" | "api_config">,
  name: string
): Promise<SecretString | undefined> => {
  try {
    return await openCredential(
      row.api_config as ApiConfig,
      name,
      container,
      row
    )
  } catch (error) {
    if (!(error instanceof EncryptionError)) {
      throw error
    }
    return undefined
  }
}
