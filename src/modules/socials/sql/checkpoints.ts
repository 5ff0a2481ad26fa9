import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"
import type { Lease } from "./publications"

/** What publications have achieved, sealed; null for each of which nothing was kept. */
export const readCheckpoints = async (
  manager: SqlEntityManager,
  calls: [id: string][]
): Promise<(object | null)[]> => {
  const rows = await query<{ id: string; content: object }>(
    manager,
    `SELECT "id", "content" FROM "social_checkpoint" WHERE "id" = ANY(?::text[])`,
    [calls.flat()]
  )
  const contentById = new Map(rows.map(({ id, content }) => [id, content]))
  return calls.map(([id]) => contentById.get(id) ?? null)
}

/**
 * Keeps what a publication has achieved, for as long as its worker holds it,
 * and moves the end of the lease on.
 *
 * @returns false when the lease was lost: then nothing was kept
 */
export const writeCheckpoint = async (
  manager: SqlEntityManager,
  id: string,
  lease: Lease,
  content: object
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `WITH held AS (
       UPDATE "social_publication"
       SET "lease_expires_at" = now() + ? * interval '1 millisecond'
       WHERE "id" = ? AND "lease_token" = ? AND "state" = 'publishing' AND "lease_expires_at" > now()
       RETURNING "id"
     )
     INSERT INTO "social_checkpoint" ("id", "content")
     SELECT "id", ?::jsonb FROM held
     ON CONFLICT ("id") DO UPDATE SET "content" = excluded."content", "updated_at" = now()
     RETURNING "id"`,
    [lease.ms, id, lease.token, JSON.stringify(content)]
  )
  return rows.length > 0
}

/** Forgets what publications have achieved that are over, or that are no more. */
export const deleteCheckpoints = async (
  manager: SqlEntityManager,
  ids: string[]
): Promise<void> => {
  if (ids.length) {
    await query(
      manager,
      `DELETE FROM "social_checkpoint" WHERE "id" IN (${ids.map(() => "?").join(", ")})`,
      ids
    )
  }
}
