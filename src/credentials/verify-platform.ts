import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { isServiceError } from "../errors/service-error"
import type { SocialPlatformRow } from "../modules/socials/service"
import type { SocialProvider } from "../providers/types"
import { recordFailure } from "./failures"
import { socialsModule } from "./modules"
import { withCredentials } from "./use"

/**
 * Asks a platform's service whether its credentials work, and records the answer.
 *
 * @returns what the service said of them, in a sentence
 * @throws {ServiceError} when they do not work, after it was recorded
 * @throws {MedusaError} NOT_ALLOWED when the service has no way to tell
 */
export const verifyPlatform = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  provider: SocialProvider
): Promise<string> => {
  const { verify } = provider
  if (!verify) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `${provider.description.label} has no way to check its credentials.`
    )
  }
  try {
    const message = await withCredentials(container, row, provider, (context) =>
      verify.call(provider, context)
    )
    await socialsModule(container).writeHealth(row.id, {
      token_validity: "true",
      last_error: null,
      consecutive_failures: 0,
      ...(row.status === "error" && { status: "active" }),
    })
    return message
  } catch (error) {
    if (isServiceError(error)) {
      await recordFailure(container, row, error)
    }
    throw error
  }
}
