import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "./modules"

/** What can happen to a platform's credentials. */
export type CredentialEventType =
  | "created"
  | "updated"
  | "connected"
  | "connection_refused"
  | "refreshed"
  | "refresh_failed"
  | "reauthorization_required"
  | "disconnected"
  | "deleted"
  | "imported"

export interface CredentialEventInput {
  platform_id: string
  type: CredentialEventType
  actor_id?: string | null
  /** Names and codes, never values. */
  details?: Record<string, unknown>
}

/** Adds to the audit trail. */
export const recordCredentialEvent = async (
  container: MedusaContainer,
  { platform_id, type, actor_id = null, details }: CredentialEventInput
): Promise<void> => {
  await socialsModule(container).createSocialCredentialEvents({
    platform_id,
    type,
    actor_id,
    details: details ?? null,
  })
}
