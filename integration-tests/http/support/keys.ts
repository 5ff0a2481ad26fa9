import type { MedusaContainer } from "@medusajs/framework/types"
import { encryptionModule } from "../../../src/credentials/modules"
import { sql } from "./application"

/**
 * Brings the keys where they are after a second one was configured: version 1
 * seals, and has for an hour; version 2 waits to be promoted.
 */
export const sealWithFirstKey = async (
  container: MedusaContainer
): Promise<void> => {
  await sql(container, "delete from encryption_policy_floor")
  await sql(
    container,
    "update encryption_key set state = 'decrypt_only', retired_at = null"
  )
  await encryptionModule(container).promoteKey(1)
  await sql(
    container,
    "update encryption_key set promoted_at = now() - interval '1 hour' where version = 1"
  )
}
