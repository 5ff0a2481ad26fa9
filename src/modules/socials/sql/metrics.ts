import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"
import type { PublishedPart } from "./publications"

/** A publication whose figures are to be asked for. */
export interface MeasuredPublication {
  id: string
  account_id: string
  parts: PublishedPart[] | null
  published_at: Date
}

/** Plans the first look at the figures of what has gone out, and of the account that it went to. */
export const scheduleMetrics = async (
  manager: SqlEntityManager,
  publication_id: string,
  first: Date
): Promise<void> => {
  await query(
    manager,
    `WITH publication AS (
       UPDATE "social_publication" SET "metrics_due_at" = ? WHERE "id" = ? RETURNING "account_id"
     )
     UPDATE "social_account" SET "metrics_due_at" = ?
     WHERE "metrics_due_at" IS NULL AND "id" IN (SELECT "account_id" FROM publication)`,
    [first, publication_id, first]
  )
}

/**
 * Takes on publications whose figures are due; another worker does not for as
 * long as the claim lasts.
 *
 * @param claimMs - in ms
 */
export const claimDueMetrics = async (
  manager: SqlEntityManager,
  claimMs: number,
  limit: number
): Promise<MeasuredPublication[]> =>
  query<MeasuredPublication>(
    manager,
    `UPDATE "social_publication" SET "metrics_due_at" = now() + ? * interval '1 millisecond'
     WHERE "id" IN (
       SELECT "id" FROM "social_publication"
       WHERE "metrics_due_at" <= now() AND "state" = 'published' AND "removed_at" IS NULL
         AND "deleted_at" IS NULL
       ORDER BY "metrics_due_at" LIMIT ? FOR UPDATE SKIP LOCKED
     )
     RETURNING "id", "account_id", "parts", "published_at"`,
    [claimMs, limit]
  )

/** Takes on accounts whose figures are due, as {@link claimDueMetrics} does. */
export const claimDueAccountMetrics = async (
  manager: SqlEntityManager,
  claimMs: number,
  limit: number
): Promise<string[]> => {
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_account" SET "metrics_due_at" = now() + ? * interval '1 millisecond'
     WHERE "id" IN (
       SELECT "id" FROM "social_account"
       WHERE "metrics_due_at" <= now() AND "is_available" AND "deleted_at" IS NULL
       ORDER BY "metrics_due_at" LIMIT ? FOR UPDATE SKIP LOCKED
     )
     RETURNING "id"`,
    [claimMs, limit]
  )
  return rows.map(({ id }) => id)
}

/** Plans the next look at the figures of a publication; null for none. */
export const planMetrics = async (
  manager: SqlEntityManager,
  publication_id: string,
  next: Date | null
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_publication" SET "metrics_due_at" = ? WHERE "id" = ?`,
    [next, publication_id]
  )
}

/**
 * Notes that what a publication has made public was removed at the service.
 *
 * @returns false when nothing of it is public
 */
export const noteRemoval = async (
  manager: SqlEntityManager,
  id: string
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_publication"
     SET "removed_at" = now(), "metrics_due_at" = NULL, "updated_at" = now()
     WHERE "id" = ? AND "published_at" IS NOT NULL AND "removed_at" IS NULL AND "deleted_at" IS NULL
     RETURNING "id"`,
    [id]
  )
  return rows.length > 0
}
