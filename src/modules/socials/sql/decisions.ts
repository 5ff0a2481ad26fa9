import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { changes, type PublishedPart, WITH_PART } from "./publications"

/** What ends, whatever a person decides. */
const DECIDED = `"armed_at" = NULL, "armed_part" = NULL, "recovery" = NULL, "waiting" = NULL, "updated_at" = now()`

/**
 * What nobody knows of: a part that may be out, or, where a person publishes it
 * at the service, the whole.
 */
const IN_DOUBT = `"id" = ? AND "post_id" = ? AND "deleted_at" IS NULL
  AND "state" IN ('unknown', 'handed_over') AND coalesce("armed_part", 0) = ?`

/**
 * A person says that the part in doubt is out.
 *
 * @param isLast - whether nothing follows it; otherwise the publication goes on
 * @returns false when something else is in doubt (by now)
 */
export const decidePublished = async (
  manager: SqlEntityManager,
  id: string,
  post_id: string,
  { part, external_id, url, isLast }: PublishedPart & { isLast: boolean }
): Promise<boolean> =>
  changes(
    manager,
    `UPDATE "social_publication"
     SET "parts" = ${WITH_PART},
         "external_id" = coalesce("external_id", ?), "external_url" = coalesce("external_url", ?),
         "published_at" = coalesce("published_at", "armed_at", now()),
         "state" = CASE WHEN ? THEN 'published' ELSE 'pending' END,
         "next_attempt_at" = CASE WHEN ? THEN NULL ELSE now() END,
         "due_since" = now(), "attempts" = 0, "last_error" = NULL, ${DECIDED}
     WHERE ${IN_DOUBT} RETURNING "id"`,
    [
      ...[part, external_id, url],
      ...[external_id, url, isLast, isLast, id, post_id, part],
    ]
  )

/**
 * A person says that the part in doubt is not out. Those before it stay, and
 * the publication can be retried.
 *
 * @returns false when something else is in doubt (by now)
 */
export const decideNotPublished = async (
  manager: SqlEntityManager,
  id: string,
  post_id: string,
  part: number
): Promise<boolean> =>
  changes(
    manager,
    `UPDATE "social_publication"
     SET "state" = 'failed', "next_attempt_at" = NULL, ${DECIDED}
     WHERE ${IN_DOUBT} RETURNING "id"`,
    [id, post_id, part]
  )
