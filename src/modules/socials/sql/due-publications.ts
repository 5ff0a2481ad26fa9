import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"
import type { ClaimedPublication } from "./publications"

/** States of a publication that is taken up when its time comes. */
const OPEN = `"state" IN ('pending', 'waiting', 'unknown') AND "deleted_at" IS NULL`

export interface ClaimRequest {
  /** How many the worker has room for. */
  limit: number
  /** Of one provider at most so many, together with those that the worker has. */
  perProvider: number
  /** How many of each provider the worker has. */
  busy: Readonly<Record<string, number>>
  leaseMs: number
}

/**
 * Claims publications that are due, the longest waiting first: of each account
 * one, and none where a worker is publishing. What other workers claim at the
 * same moment is left to them. However much is due, only the first of each
 * account is looked at, and looked up by the index over account and time.
 */
export const claimPublications = async (
  manager: SqlEntityManager,
  { limit, perProvider, busy, leaseMs }: ClaimRequest
): Promise<ClaimedPublication[]> =>
  query<ClaimedPublication>(
    manager,
    `WITH first AS MATERIALIZED (
       SELECT due."id", due."next_attempt_at", platform."provider",
         row_number() OVER (PARTITION BY platform."provider" ORDER BY due."next_attempt_at") AS place
       FROM "social_account" account
       JOIN "social_platform" platform ON platform."id" = account."platform_id"
       CROSS JOIN LATERAL (
         SELECT "id", "next_attempt_at" FROM "social_publication"
         WHERE "account_id" = account."id" AND "next_attempt_at" <= now() AND ${OPEN}
           AND NOT EXISTS (
             SELECT 1 FROM "social_publication" other
             WHERE other."account_id" = account."id" AND other."state" = 'publishing'
               AND other."deleted_at" IS NULL AND other."lease_expires_at" > now()
           )
         ORDER BY "next_attempt_at" LIMIT 1
       ) due
     ), chosen AS (
       SELECT free."id", first."provider"
       FROM (
         SELECT * FROM first
         WHERE place <= ?::int - coalesce((?::jsonb ->> "provider")::int, 0)
         ORDER BY "next_attempt_at"
       ) first
       CROSS JOIN LATERAL (
         SELECT "id" FROM "social_publication"
         WHERE "id" = first."id" AND "next_attempt_at" <= now() AND ${OPEN}
         FOR UPDATE SKIP LOCKED
       ) free
       LIMIT ?
     )
     UPDATE "social_publication" publication
     SET "state" = 'publishing', "lease_token" = gen_random_uuid()::text,
         "lease_expires_at" = now() + ? * interval '1 millisecond',
         "next_attempt_at" = NULL, "due_since" = coalesce("due_since", now()), "updated_at" = now()
     FROM chosen WHERE publication."id" = chosen."id"
     RETURNING publication."id", "post_id", "account_id", "attempts", "lease_token", "publish_at",
       "due_since", "armed_at", "armed_part", "recovery", "parts", "waiting", chosen."provider"`,
    [perProvider, JSON.stringify(busy), limit, leaseMs]
  )

/**
 * In how long the next publication is due.
 *
 * @param withinMs - how far to look ahead
 * @returns ms from now; null when none is due so soon
 */
export const msToNextDue = async (
  manager: SqlEntityManager,
  withinMs: number
): Promise<number | null> => {
  const [{ ms }] = await query<{ ms: number | null }>(
    manager,
    `SELECT ceil(extract(epoch FROM min("next_attempt_at") - now()) * 1000)::int AS ms
     FROM "social_publication"
     WHERE "next_attempt_at" > now() AND "next_attempt_at" <= now() + ? * interval '1 millisecond'
       AND ${OPEN}`,
    [withinMs]
  )
  return ms
}

/**
 * Makes all workers leave an account alone until its service takes requests
 * again: what is planned for it moves, and what comes later finds the account
 * held back.
 */
export const holdBackAccount = async (
  manager: SqlEntityManager,
  account_id: string,
  until: Date
): Promise<void> => {
  await query(
    manager,
    `WITH held AS (
       UPDATE "social_account" SET "held_until" = greatest("held_until", ?::timestamptz)
       WHERE "id" = ?
     )
     UPDATE "social_publication" SET "next_attempt_at" = ?, "updated_at" = now()
     WHERE "account_id" = ? AND "deleted_at" IS NULL
       AND "state" IN ('pending', 'waiting') AND "next_attempt_at" < ?`,
    [until, account_id, until, account_id, until]
  )
}

/**
 * Takes back the publications of workers that died. One that was not armed is
 * due again; one that was armed may be out, so nobody may simply try again.
 */
export const releaseExpiredLeases = async (
  manager: SqlEntityManager
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_publication"
     SET "state" = CASE WHEN "armed_at" IS NULL THEN 'pending' ELSE 'unknown' END,
         "last_error" = CASE WHEN "armed_at" IS NULL THEN "last_error" ELSE ?::jsonb END,
         "next_attempt_at" = now(),
         "lease_token" = NULL, "lease_expires_at" = NULL, "updated_at" = now()
     WHERE "state" = 'publishing' AND "lease_expires_at" <= now() AND "deleted_at" IS NULL`,
    [
      JSON.stringify({
        class: "transient",
        code: "worker_lost",
        message:
          "The worker stopped while the service was being asked to publish.",
        at: new Date().toISOString(),
      }),
    ]
  )
}

/** How far publishing is behind: what is due and nobody has begun. */
export const readBacklog = async (
  manager: SqlEntityManager
): Promise<{ due: number; oldest_due_at: Date | null }> => {
  const [row] = await query<{ due: number; oldest_due_at: Date | null }>(
    manager,
    `SELECT count(*)::int AS due, min(greatest("next_attempt_at", "publish_at")) AS oldest_due_at
     FROM "social_publication"
     WHERE "deleted_at" IS NULL AND "next_attempt_at" <= now()
       AND ("publish_at" IS NULL OR "publish_at" <= now())
       AND "state" IN ('pending', 'waiting', 'unknown')`,
    []
  )
  return row
}

/** What a service counts, and how much of it an account takes in a time. */
export interface CountedQuota {
  count: number
  window_seconds: number
  per?: "publication" | "part"
}

/**
 * How much of what an account takes it has had, and when there is room.
 *
 * @param need - how much is to go out
 * @returns `frees_at`, when that became public which has to be past for it; null
 * where there is room. What needs more than there ever is waits for all of it.
 */
export const readQuotaUse = async (
  manager: SqlEntityManager,
  account_id: string,
  { count, window_seconds, per }: CountedQuota,
  need: number
): Promise<{ used: number; frees_at: Date | null }> => {
  const [row] = await query<{ used: number; frees_at: Date | null }>(
    manager,
    `SELECT count(*)::int AS used,
            (array_agg("at" ORDER BY "at"))[count(*)::int + ?::int - ?::int] AS frees_at
     FROM (
       SELECT coalesce((entry ->> 'published_at')::timestamptz, "published_at") AS "at"
       FROM "social_publication",
         jsonb_array_elements(
           CASE WHEN ?::boolean THEN coalesce("parts", '[]'::jsonb) ELSE '[{}]'::jsonb END
         ) AS entry
       WHERE "account_id" = ? AND "deleted_at" IS NULL AND "published_at" IS NOT NULL
         AND "updated_at" >= now() - ? * interval '1 second'
     ) AS "out"
     WHERE "at" >= now() - ? * interval '1 second'`,
    [
      ...[Math.min(need, count), count],
      ...[per === "part", account_id, window_seconds, window_seconds],
    ]
  )
  return row
}

/**
 * How many publications are due, or will be in a moment.
 *
 * @param ahead - how far to look ahead, in ms
 */
export const countDue = async (
  manager: SqlEntityManager,
  ahead: number
): Promise<number> => {
  const [row] = await query<{ count: number }>(
    manager,
    `SELECT count(*)::int AS count FROM "social_publication"
     WHERE "deleted_at" IS NULL AND "next_attempt_at" <= now() + ? * interval '1 millisecond'
       AND "state" IN ('pending', 'waiting', 'unknown')`,
    [ahead]
  )
  return row.count
}
