import type {
  IEventBusModuleService,
  Logger,
  MedusaContainer,
} from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { socialsModule } from "../modules"

/** What can happen to a platform's credentials. */
export type CredentialEventType =
  | "created"
  | "updated"
  | "connected"
  | "connection_refused"
  | "refreshed"
  | "refresh_failed"
  | "reauthorization_required"
  | "configuration_alarm"
  | "expiry_warning"
  | "invalidated"
  | "disconnected"
  | "deleted"
  | "imported"
  | "rotated"
  | "sealed"

/**
 * What also goes over Medusa's bus from here, by name of the event: what
 * happens outside of a workflow. Its data is the platform's id alone.
 */
export const CREDENTIAL_BUS_EVENTS: Partial<
  Record<CredentialEventType, string>
> = {
  refreshed: "social_platform.refreshed",
  refresh_failed: "social_platform.refresh_failed",
  reauthorization_required: "social_platform.reauthorization_required",
  configuration_alarm: "social_platform.configuration_alarm",
  expiry_warning: "social_platform.expiry_warning",
  invalidated: "social_platform.invalidated",
}

export interface CredentialEventInput {
  platform_id: string
  type: CredentialEventType
  actor_id?: string | null
  /** Names and codes, never values. */
  details?: Record<string, unknown>
}

/** Adds to the audit trail, and tells the application's subscribers. */
export const recordCredentialEvent = async (
  container: MedusaContainer,
  { platform_id, type, actor_id = null, details }: CredentialEventInput
): Promise<void> => {
  const socials = socialsModule(container)
  await (type === "refreshed"
    ? socials.noteRefresh(platform_id, details ?? {})
    : socials.createSocialCredentialEvents({
        platform_id,
        type,
        actor_id,
        details: details ?? null,
      }))
  const name = CREDENTIAL_BUS_EVENTS[type]
  if (name) {
    await emit(container, name, platform_id)
  }
}

/** A subscriber's or the bus's failure must not undo what has happened. */
const emit = async (
  container: MedusaContainer,
  name: string,
  id: string
): Promise<void> => {
  try {
    const bus: IEventBusModuleService = container.resolve(Modules.EVENT_BUS)
    await bus.emit({ name, data: { id } })
  } catch (error) {
    const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
    logger.warn(
      `The event ${name} was not emitted: ${(error as Error).message}`
    )
  }
}
