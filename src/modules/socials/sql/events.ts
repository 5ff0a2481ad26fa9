import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { generateEntityId } from "@medusajs/framework/utils"
import { query } from "./manager"

/** Refreshes that follow each other for longer than this, in s, begin a new row. */
const FOLD_SECONDS = 86_400

/**
 * Notes that a platform's token was refreshed: in the newest row of its trail,
 * if that is of a refresh too, or else in a new one. Ten thousand tokens of an
 * hour would make a row for each refresh, 240,000 a day.
 */
export const noteRefresh = async (
  manager: SqlEntityManager,
  platform_id: string,
  details: Record<string, unknown>
): Promise<void> => {
  const values = JSON.stringify(details)
  const folded = await query(
    manager,
    `UPDATE "social_credential_event"
     SET "count" = "count" + 1, "last_at" = now(), "details" = ?::jsonb, "updated_at" = now()
     WHERE "id" = (
         SELECT "id" FROM "social_credential_event"
         WHERE "platform_id" = ? AND "deleted_at" IS NULL
         ORDER BY "created_at" DESC, "id" DESC LIMIT 1)
       AND "type" = 'refreshed'
       AND "created_at" > now() - ${FOLD_SECONDS} * interval '1 second'
     RETURNING "id"`,
    [values, platform_id]
  )
  if (!folded.length) {
    await query(
      manager,
      `INSERT INTO "social_credential_event" ("id", "platform_id", "type", "details")
       VALUES (?, ?, 'refreshed', ?::jsonb)`,
      [generateEntityId(undefined, "scev"), platform_id, values]
    )
  }
}

/**
 * Deletes what is older than the operator wants to keep.
 *
 * @param limit - rows at most
 * @returns how many rows are gone
 */
export const pruneCredentialEvents = async (
  manager: SqlEntityManager,
  keep_days: number,
  limit: number
): Promise<number> => {
  const rows = await query(
    manager,
    `DELETE FROM "social_credential_event" WHERE "id" IN (
       SELECT "id" FROM "social_credential_event"
       WHERE "created_at" < now() - ? * interval '1 day'
         AND coalesce("last_at", "created_at") < now() - ? * interval '1 day'
       ORDER BY "created_at" LIMIT ?)
     RETURNING "id"`,
    [keep_days, keep_days, limit]
  )
  return rows.length
}
