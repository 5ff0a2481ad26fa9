import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"

/** Statuses from which a person may publish a post. */
export const PUBLISHABLE_POST_STATUSES = ["draft", "scheduled"] as const

/** Statuses in which nothing of a post is out, so that its content may still change. */
const EDITABLE_POST_STATUSES = ["draft", "scheduled", "failed"] as const

/**
 * Locks a post for editing until the transaction ends.
 *
 * @returns its status, or null when it is gone, out or being published
 */
export const lockEditablePost = async (
  manager: SqlEntityManager,
  post_id: string
): Promise<string | null> => {
  const rows = await query<{ status: string }>(
    manager,
    `SELECT "status" FROM "social_post"
     WHERE "id" = ? AND "deleted_at" IS NULL AND "status" IN (?, ?, ?)
       AND NOT EXISTS (
         SELECT 1 FROM "social_publication" publication
         WHERE publication."post_id" = "social_post"."id" AND publication."deleted_at" IS NULL
           AND (publication."armed_at" IS NOT NULL OR publication."published_at" IS NOT NULL
                OR publication."state" = 'handed_over')
       )
     FOR UPDATE`,
    [post_id, ...EDITABLE_POST_STATUSES]
  )
  return rows[0]?.status ?? null
}

/**
 * Moves a post into `publishing`, whence its publications can be claimed.
 *
 * @param post_id - the post
 * @param from - statuses from which it may move
 * @returns false when the post is in none of them
 */
export const beginPublishing = async (
  manager: SqlEntityManager,
  post_id: string,
  from: readonly string[]
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_post" SET "status" = 'publishing', "updated_at" = now()
     WHERE "id" = ? AND "deleted_at" IS NULL AND "status" IN (${from.map(() => "?").join(", ")})
     RETURNING "id"`,
    [post_id, ...from]
  )
  return rows.length > 0
}

/** Locks a post until the transaction ends. */
const lockPost = async (
  manager: SqlEntityManager,
  post_id: string
): Promise<void> => {
  await query(
    manager,
    `SELECT "id" FROM "social_post" WHERE "id" = ? FOR UPDATE`,
    [post_id]
  )
}

/**
 * Brings posts' statuses in line with their publications. Of two workers which
 * finish at once the second has to count after the first has written: the rows
 * are locked in a statement before, because a statement that waits for a lock
 * goes on with what it saw before it waited.
 *
 * @param manager - of a transaction that has locked them
 * @returns the new statuses by the posts' ids
 */
export const settlePostStatuses = async (
  manager: SqlEntityManager,
  post_ids: string[]
): Promise<Map<string, string>> => {
  const rows = await query<{ id: string; status: string }>(
    manager,
    `WITH tally AS (
       SELECT post."id", count(publication."id") AS total,
              count(*) FILTER (WHERE "state" = 'published') AS published,
              count(*) FILTER (WHERE publication."published_at" IS NOT NULL) AS begun,
              count(*) FILTER (WHERE "state" IN ('handed_over', 'overdue')
                                  OR ("state" = 'unknown' AND "next_attempt_at" IS NULL)) AS unclear,
              count(*) FILTER (WHERE "state" IN ('pending', 'waiting', 'publishing')
                                  OR ("state" = 'unknown' AND "next_attempt_at" IS NOT NULL)) AS open,
              max(publication."published_at") AS published_at
       FROM "social_post" post
       LEFT JOIN "social_publication" publication
         ON publication."post_id" = post."id" AND publication."deleted_at" IS NULL
       WHERE post."id" = ANY(?::text[])
       GROUP BY post."id"
     )
     UPDATE "social_post" SET
       "status" = CASE
         WHEN tally.open > 0 AND "social_post"."status" = 'scheduled'
              AND "social_post"."scheduled_at" > now() THEN 'scheduled'
         WHEN tally.open > 0 THEN 'publishing'
         WHEN tally.unclear > 0 THEN 'needs_attention'
         WHEN tally.published = tally.total THEN 'published'
         WHEN tally.begun > 0 THEN 'partially_published'
         ELSE 'failed' END,
       "published_at" = tally.published_at,
       "updated_at" = now()
     FROM tally
     WHERE "social_post"."id" = tally."id" AND "social_post"."deleted_at" IS NULL
     RETURNING "social_post"."id", "social_post"."status"`,
    [post_ids]
  )
  return new Map(rows.map(({ id, status }) => [id, status]))
}

/**
 * Brings one post's status in line with its publications, see
 * {@link settlePostStatuses}.
 *
 * @param manager - of a transaction
 * @returns the new status; null when the post is gone
 */
export const settlePostStatus = async (
  manager: SqlEntityManager,
  post_id: string
): Promise<string | null> => {
  await lockPost(manager, post_id)
  const statuses = await settlePostStatuses(manager, [post_id])
  return statuses.get(post_id) ?? null
}

/** Posts that wait for their time on one of a platform's accounts. */
export const countScheduledPosts = async (
  manager: SqlEntityManager,
  platform_id: string
): Promise<number> => {
  const rows = await query<{ count: number }>(
    manager,
    `SELECT count(DISTINCT post."id")::int AS count
     FROM "social_post" post
     JOIN "social_publication" publication
       ON publication."post_id" = post."id" AND publication."deleted_at" IS NULL
     JOIN "social_account" account ON account."id" = publication."account_id"
     WHERE account."platform_id" = ? AND post."deleted_at" IS NULL
       AND (post."status" = 'scheduled'
            OR (post."status" = 'publishing' AND publication."state" IN ('pending', 'waiting', 'publishing')))`,
    [platform_id]
  )
  return rows[0].count
}
