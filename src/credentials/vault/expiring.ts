import type { MedusaContainer } from "@medusajs/framework/types"
import type { ExpiringCredential } from "../../modules/socials/sql/vault"
import { socialsModule } from "../modules"
import { invalid, readTenantId } from "./key"

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

/** A hundred years: PostgreSQL's own times end somewhere. */
const MAX_SECONDS = 3_155_760_000

export interface FindExpiringInput {
  /**
   * Whose. Leave the member out, which is not the same as undefined, for those
   * of all tenants.
   */
  tenant_id?: string | null
  /** How soon they end, in s. */
  within_seconds: number
  /** @default 100, at most 1000 */
  limit?: number
}

/**
 * Finds the credentials that end soon, the most urgent first, without their
 * values. Those that have ended already are among them; those that never end
 * and those that are marked invalid are not.
 *
 * @throws {MedusaError} INVALID_DATA
 */
export const findExpiring = async (
  container: MedusaContainer,
  input: FindExpiringInput
): Promise<ExpiringCredential[]> => {
  const { within_seconds, limit = DEFAULT_LIMIT } = input
  if (
    !Number.isFinite(within_seconds) ||
    within_seconds < 0 ||
    within_seconds > MAX_SECONDS
  ) {
    throw invalid("within_seconds must be a number of seconds from 0.")
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw invalid(`limit must be a whole number from 1 to ${MAX_LIMIT}.`)
  }
  return socialsModule(container).findExpiringCredentials(
    // Undefined by mistake must not open the other tenants' list.
    "tenant_id" in input ? readTenantId(input.tenant_id) : undefined,
    new Date(Date.now() + within_seconds * 1000),
    limit
  )
}
