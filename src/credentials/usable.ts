import { MedusaError } from "@medusajs/framework/utils"
import type { SocialPlatformRow } from "../modules/socials/service"
import type { SocialProvider } from "../providers/types"
import { viewCredentials } from "./view"

/**
 * Refuses to use a platform that a person has switched off, that was never
 * connected or that has lost its access.
 *
 * @throws {MedusaError} NOT_ALLOWED saying what to do
 */
export const requireUsablePlatform = (
  row: SocialPlatformRow,
  provider: SocialProvider
): void => {
  if (row.status === "inactive") {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `"${row.name}" is inactive. Set its status to active first.`
    )
  }
  const { connection } = viewCredentials(row, provider)
  if (connection === "not_connected") {
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
  if (row.status === "pending") {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `"${row.name}" is pending. Connect it, or set its status to active first.`
    )
  }
}
