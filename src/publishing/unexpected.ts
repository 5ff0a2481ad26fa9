import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import { isServiceError } from "../errors/service-error"
import { redactText } from "../secrets/redact-text"

/**
 * Logs what neither a service nor the store has said in words: a mistake in a
 * provider or a handler, of which the merchant is told no more than that.
 */
export const logUnexpected = (
  container: MedusaContainer,
  publicationId: string,
  error: unknown
): void => {
  if (isServiceError(error) || MedusaError.isMedusaError(error)) {
    return
  }
  const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  const { stack } = Object(error) as { stack?: unknown }
  logger.error(
    `The publication ${publicationId} met an unexpected error: ${redactText(String(stack ?? error))}`
  )
}
