import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import type { SocialPlatformRow } from "../modules/socials/service"
import type { SocialProvider } from "../providers/types"
import { sharedCredential } from "./context"
import { socialsModule } from "./modules"
import { hasFixedToken, needsNoConsent } from "./refresh-strategy"
import { KEY_CREDENTIAL, viewCredentials } from "./view"

/**
 * Refuses to use a platform that a person has switched off, that was never
 * connected or that has lost its access.
 *
 * @throws {MedusaError} NOT_ALLOWED saying what to do
 */
export const requireUsablePlatform = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  provider: SocialProvider
): Promise<void> => {
  if (row.status === "inactive") {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `"${row.name}" is inactive. Set its status to active first.`
    )
  }
  const { connection } = viewCredentials(row, provider)
  const isMissing =
    connection === "not_connected" &&
    !(await needsNothingOfItsOwn(container, row, provider))
  if (isMissing) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `"${row.name}" is not connected. Connect it first.`
    )
  }
  if (connection === "reauthorization_required") {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `"${row.name}" has lost its access. Connect it again.`
    )
  }
  if (row.status === "pending" && !needsNoConsent(provider.description, row.auth_type)) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `"${row.name}" is pending. Connect it, or set its status to active first.`
    )
  }
}

/** Whether the application's configuration or registration stands in for a credential. */
const needsNothingOfItsOwn = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  { description }: SocialProvider
): Promise<boolean> => {
  const { provider_config } = await socialsModule(container).getOptions()
  return (
    needsNoConsent(description, row.auth_type) ||
    (hasFixedToken(description, row.auth_type) &&
      !!sharedCredential(
        description,
        provider_config,
        KEY_CREDENTIAL[row.auth_type]
      ))
  )
}
