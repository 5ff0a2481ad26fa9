import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import { isServiceError, type ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import { socialsModule } from "../modules"
import { recordCredentialEvent } from "./events"
import { accessEnded, failed } from "./transitions"

/**
 * Turns what went wrong with a service into the error of Medusa's that answers
 * the request with the right status. Everything else passes through unchanged.
 *
 * @param error - any thrown value
 */
export const toMedusaError = (error: unknown): unknown => {
  if (!isServiceError(error)) {
    return error
  }
  return new MedusaError(
    error.errorClass === "transient" || error.errorClass === "rate_limited"
      ? MedusaError.Types.UNEXPECTED_STATE
      : MedusaError.Types.NOT_ALLOWED,
    error.message,
    error.errorClass
  )
}

/** One failure passes several layers on its way up and is one incident to the merchant. */
const recorded = new WeakSet<ServiceError>()

/** The row whose credentials a failure is about, where its caller has an older one. */
const rowBehind = new WeakMap<ServiceError, SocialPlatformRow>()

/**
 * Notes which row's credentials a failure is about, for a caller that read the
 * row before its token was refreshed.
 */
export const attributeFailure = (
  error: ServiceError,
  row: SocialPlatformRow
): void => {
  rowBehind.set(error, row)
}

/**
 * Records on a platform that its service refused or failed us. Only
 * `token_invalid` disconnects it: a slow service or a wrong client secret says
 * nothing about the grant.
 *
 * @param callersRow - the platform as it was when the request was made; news
 * about credentials that have changed since is dropped
 * @param next - for a failure that passes: how many there are in a row with this
 * one, where that is not one more than the row says, and when a refresh is tried
 * again
 */
export const recordFailure = async (
  container: MedusaContainer,
  callersRow: SocialPlatformRow,
  error: ServiceError,
  next: { failures?: number; retryAt?: Date } = {}
): Promise<void> => {
  if (recorded.has(error)) {
    return
  }
  recorded.add(error)
  const row = rowBehind.get(error) ?? callersRow

  if (error.errorClass === "token_invalid") {
    await endAccess(container, row, error)
    return
  }
  await socialsModule(container).writeHealth(
    row.id,
    failed(
      row,
      error,
      next.failures ?? row.consecutive_failures + 1,
      next.retryAt
    ),
    row.credentials_version
  )
  if (REGISTRATION_CODES.has(error.code)) {
    await raiseAlarm(container, row, error)
  }
}

const endAccess = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  error: ServiceError
): Promise<void> => {
  const isNews = await socialsModule(container).endAccess(
    row.id,
    accessEnded(row, error),
    row.credentials_version
  )
  if (isNews) {
    await recordCredentialEvent(container, {
      platform_id: row.id,
      type: "reauthorization_required",
      details: { class: error.errorClass, code: error.code },
    })
  }
}

/** What tells that the application's registration is wrong, for all its platforms. */
const REGISTRATION_CODES = new Set([
  "invalid_client",
  "unauthorized_client",
  "missing_client_id",
  "missing_client_secret",
  "client_id_changed",
])

/** How long one alarm about a provider's configuration stands for all, in s. */
const ALARM_SECONDS = 3_600

/**
 * Tells that the application's registration with a service is wrong: once for
 * the provider, however many platforms and callers meet it.
 */
const raiseAlarm = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  { code, message }: ServiceError
): Promise<void> => {
  const isFirst = await socialsModule(container).claimAlarm(
    row.provider,
    ALARM_SECONDS
  )
  if (!isFirst) {
    return
  }
  const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  logger.error(
    `The registration of this application with "${row.provider}" does not work (${code}): ${message}`
  )
  await recordCredentialEvent(container, {
    platform_id: row.id,
    type: "configuration_alarm",
    details: { provider: row.provider, code },
  })
}
