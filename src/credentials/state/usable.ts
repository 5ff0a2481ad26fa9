import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { SocialProvider } from "../../providers/types"
import { socialsModule } from "../modules"
import { needsNoConsent } from "../access-token/strategy"
import { viewCredentials } from "./view"

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
  const { provider_config } = await socialsModule(container).getOptions()
  const { connection } = viewCredentials(row, provider, provider_config)
  const getsItsOwn = needsNoConsent(provider.description, row.auth_type)
  if (connection === "not_connected" && !getsItsOwn) {
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
  if (row.status === "pending" && !getsItsOwn) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `"${row.name}" is pending. Connect it, or set its status to active first.`
    )
  }
}
