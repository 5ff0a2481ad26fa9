import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"
import type { PublishedPart } from "./publications"

/** A publication whose figures are to be asked for. */
export interface MeasuredPublication {
  id: string
  post_id: string
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
     RETURNING "id", "post_id", "account_id", "parts", "published_at"`,
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

/** What the service has taken down, or has no more. */
export interface NetworkRemoval {
  /** 0 is the post itself. */
  part: number
  reason: string
}

/**
 * Notes what a service says of a publication that is out: what it has taken
 * down, and addresses that it did not tell at first.
 *
 * @param removal - null where all of it is there
 * @param urls - of parts, by their number
 * @returns whether a removal is news
 */
export const noteNetworkState = async (
  manager: SqlEntityManager,
  id: string,
  removal: NetworkRemoval | null,
  urls: Readonly<Record<string, string>>
): Promise<boolean> => {
  const found = JSON.stringify(urls)
  const rows = await query<{ is_news: boolean }>(
    manager,
    `WITH before AS (
       SELECT "id", "removed_by_network" FROM "social_publication" WHERE "id" = ? FOR UPDATE
     )
     UPDATE "social_publication" publication
     SET "removed_by_network" = CASE WHEN ?::jsonb IS NULL THEN NULL
           ELSE coalesce(before."removed_by_network", ?::jsonb || jsonb_build_object('at', now())) END,
         "parts" = (SELECT jsonb_agg(CASE WHEN part ->> 'url' IS NULL
                      THEN jsonb_set(part, '{url}', coalesce(?::jsonb -> (part ->> 'part'), 'null'))
                      ELSE part END ORDER BY (part ->> 'part')::int)
                    FROM jsonb_array_elements(publication."parts") AS list(part)),
         "external_url" = coalesce("external_url", ?::jsonb ->> '0'), "updated_at" = now()
     FROM before WHERE publication."id" = before."id"
     RETURNING before."removed_by_network" IS NULL AND publication."removed_by_network" IS NOT NULL AS is_news`,
    [id, asJson(removal), asJson(removal), found, found]
  )
  return !!rows[0]?.is_news
}

const asJson = (value: object | null): string | null =>
  value && JSON.stringify(value)
