import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"

/** What of a publication is public. */
export interface PublishedPart {
  /** 0 is the post itself. */
  part: number
  external_id: string
  url: string | null
  published_at?: string
}

/** A publication that a worker holds. */
export interface ClaimedPublication {
  id: string
  post_id: string
  account_id: string
  /** Failures so far. */
  attempts: number
  lease_token: string
  publish_at: Date | null
  due_since: Date
  /** When the part was armed whose outcome is not known; null for none. */
  armed_at: Date | null
  armed_part: number | null
  recovery: Record<string, unknown> | null
  parts: PublishedPart[] | null
  waiting: Waiting | null
}

/** What a publication waits for. */
export interface Waiting {
  /** A sentence's end for the merchant: "Mastodon processes the video". */
  why: string
  done?: number
  of?: number
  /** When waiting ends as a failure, ISO 8601. */
  give_up_at?: string
}

export interface Lease {
  token: string
  /** How long it lasts without a sign of life, in ms. */
  ms: number
}

export interface DuePublication {
  id: string
  account_id: string
  provider: string
  next_attempt_at: Date
}

const HELD = `"id" = ? AND "lease_token" = ? AND "state" = 'publishing' AND "lease_expires_at" > now()`

/** Whether a statement has changed the one row that it was about. */
const changes = async (
  manager: SqlEntityManager,
  statement: string,
  values: unknown[]
): Promise<boolean> => {
  const rows = await query<{ id: string }>(manager, statement, values)
  return rows.length > 0
}

/**
 * Chooses publications that are due, or will be in a moment, for workers to
 * take up, the longest waiting first. One that was given away and not claimed
 * is given away again after half a minute: whoever got it may have died.
 *
 * @param ahead - how far to look ahead, in ms
 * @param limit - at most this many
 */
export const handOutPublications = async (
  manager: SqlEntityManager,
  ahead: number,
  limit: number
): Promise<DuePublication[]> =>
  query<DuePublication>(
    manager,
    `UPDATE "social_publication" publication SET "handed_out_at" = now()
     FROM (
       SELECT due."id", platform."provider" FROM "social_publication" due
       JOIN "social_account" account ON account."id" = due."account_id"
       JOIN "social_platform" platform ON platform."id" = account."platform_id"
       WHERE due."deleted_at" IS NULL
         AND due."next_attempt_at" <= now() + ? * interval '1 millisecond'
         AND due."state" IN ('pending', 'waiting', 'unknown')
         AND (due."handed_out_at" IS NULL OR due."handed_out_at" < now() - interval '30 seconds')
       ORDER BY due."next_attempt_at" LIMIT ?
       FOR UPDATE OF due SKIP LOCKED
     ) chosen
     WHERE publication."id" = chosen."id"
     RETURNING publication."id", publication."account_id", publication."next_attempt_at", chosen."provider"`,
    [ahead, limit]
  )

/**
 * Claims a due publication for this worker. One of an account that another
 * worker is publishing to stays for later.
 *
 * @returns the publication, or null when it is not due, not free or not there
 */
export const claimPublication = async (
  manager: SqlEntityManager,
  id: string,
  lease: Lease
): Promise<ClaimedPublication | null> => {
  const rows = await query<ClaimedPublication>(
    manager,
    `UPDATE "social_publication" publication
     SET "state" = 'publishing', "lease_token" = ?,
         "lease_expires_at" = now() + ? * interval '1 millisecond',
         "next_attempt_at" = NULL, "handed_out_at" = NULL,
         "due_since" = coalesce("due_since", now()), "updated_at" = now()
     WHERE "id" = ? AND "state" IN ('pending', 'waiting', 'unknown')
       AND "deleted_at" IS NULL AND "next_attempt_at" <= now()
       AND NOT EXISTS (
         SELECT 1 FROM "social_publication" other
         WHERE other."account_id" = publication."account_id" AND other."state" = 'publishing'
           AND other."deleted_at" IS NULL AND other."lease_expires_at" > now()
       )
     RETURNING "id", "post_id", "account_id", "attempts", "lease_token", "publish_at",
       "due_since", "armed_at", "armed_part", "recovery", "parts", "waiting"`,
    [lease.token, lease.ms, id]
  )
  return rows[0] ?? null
}

/** Moves the end of a claim's lease on, while its worker is alive. */
export const keepPublication = async (
  manager: SqlEntityManager,
  id: string,
  lease: Lease
): Promise<boolean> =>
  changes(
    manager,
    `UPDATE "social_publication"
     SET "lease_expires_at" = now() + ? * interval '1 millisecond'
     WHERE ${HELD} RETURNING "id"`,
    [lease.ms, id, lease.token]
  )

/** Shows how far a publication has come. */
export const showProgress = async (
  manager: SqlEntityManager,
  id: string,
  lease: Lease,
  waiting: Waiting
): Promise<boolean> =>
  changes(
    manager,
    `UPDATE "social_publication"
     SET "waiting" = ?::jsonb, "updated_at" = now(),
         "lease_expires_at" = now() + ? * interval '1 millisecond'
     WHERE ${HELD} RETURNING "id"`,
    [JSON.stringify(waiting), lease.ms, id, lease.token]
  )

/**
 * Records that the call comes next which makes a part public. The post cannot
 * be edited from here on, and its editing holds this off.
 *
 * @returns false when the lease was lost, or the post is not to go out any
 * more: then the call must not be made
 */
export const armPublication = async (
  manager: SqlEntityManager,
  id: string,
  lease: Lease,
  part: number,
  recovery: Record<string, unknown>
): Promise<boolean> =>
  changes(
    manager,
    `WITH post AS (
       UPDATE "social_post" SET "status" = 'publishing', "updated_at" = now()
       WHERE "deleted_at" IS NULL AND "status" IN ('scheduled', 'publishing')
         AND "id" = (SELECT "post_id" FROM "social_publication" WHERE "id" = ?)
       RETURNING "id"
     )
     UPDATE "social_publication"
     SET "armed_at" = now(), "armed_part" = ?, "recovery" = ?::jsonb, "waiting" = NULL,
         "updated_at" = now(), "lease_expires_at" = now() + ? * interval '1 millisecond'
     WHERE ${HELD} AND "post_id" IN (SELECT "id" FROM post)
     RETURNING "id"`,
    [id, part, JSON.stringify(recovery), lease.ms, id, lease.token]
  )

/** Records that the armed part is certain not to be out. */
export const disarmPublication = async (
  manager: SqlEntityManager,
  id: string,
  lease: Lease
): Promise<boolean> =>
  changes(
    manager,
    `UPDATE "social_publication"
     SET "armed_at" = NULL, "armed_part" = NULL, "recovery" = NULL
     WHERE ${HELD} RETURNING "id"`,
    [id, lease.token]
  )

/** Records that the armed part is out. Nothing may touch it again. */
export const recordPublishedPart = async (
  manager: SqlEntityManager,
  id: string,
  lease: Lease,
  { part, external_id, url }: PublishedPart
): Promise<boolean> =>
  changes(
    manager,
    `UPDATE "social_publication"
     SET "parts" = coalesce("parts", '[]'::jsonb) || jsonb_build_object(
           'part', ?::int, 'external_id', ?::text, 'url', ?::text, 'published_at', now()),
         "external_id" = coalesce("external_id", ?), "external_url" = coalesce("external_url", ?),
         "published_at" = coalesce("published_at", now()),
         "armed_at" = NULL, "armed_part" = NULL, "recovery" = NULL, "updated_at" = now(),
         "lease_expires_at" = now() + ? * interval '1 millisecond'
     WHERE ${HELD} RETURNING "id"`,
    [part, external_id, url, external_id, url, lease.ms, id, lease.token]
  )

export interface PublicationOutcome {
  state:
    | "pending"
    | "waiting"
    | "published"
    | "handed_over"
    | "failed"
    | "unknown"
    | "overdue"
  next_attempt_at?: Date | null
  waiting?: Waiting | null
  last_error?: Record<string, unknown> | null
  /** Whether this counts as a failed attempt. */
  is_failure?: boolean
}

/**
 * Ends a claim with its outcome.
 *
 * @returns false when another worker holds the publication by now
 */
export const settlePublication = async (
  manager: SqlEntityManager,
  id: string,
  lease_token: string,
  {
    state,
    next_attempt_at,
    waiting,
    last_error,
    is_failure,
  }: PublicationOutcome
): Promise<boolean> =>
  changes(
    manager,
    `UPDATE "social_publication"
     SET "state" = ?, "next_attempt_at" = ?, "waiting" = ?::jsonb, "last_error" = ?::jsonb,
         "attempts" = "attempts" + ?, "lease_token" = NULL, "lease_expires_at" = NULL,
         "updated_at" = now()
     WHERE "id" = ? AND "lease_token" = ? AND "state" = 'publishing'
     RETURNING "id"`,
    [
      state,
      next_attempt_at ?? null,
      waiting ? JSON.stringify(waiting) : null,
      last_error ? JSON.stringify(last_error) : null,
      is_failure ? 1 : 0,
      id,
      lease_token,
    ]
  )

/**
 * Makes all workers leave an account alone until its service takes requests
 * again.
 */
export const holdBackAccount = async (
  manager: SqlEntityManager,
  account_id: string,
  until: Date
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_publication" SET "next_attempt_at" = ?, "updated_at" = now()
     WHERE "account_id" = ? AND "deleted_at" IS NULL
       AND "state" IN ('pending', 'waiting') AND "next_attempt_at" < ?`,
    [until, account_id, until]
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
         "next_attempt_at" = now(), "handed_out_at" = NULL,
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

/**
 * Makes a post's unfinished publications due: failed ones start over, unknown
 * ones are to be asked about. What is out is never touched.
 *
 * @returns how many became due
 */
export const makePublicationsDue = async (
  manager: SqlEntityManager,
  post_id: string
): Promise<number> => {
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_publication"
     SET "state" = CASE WHEN "state" = 'unknown' THEN 'unknown' ELSE 'pending' END,
         "attempts" = CASE WHEN "state" = 'unknown' THEN "attempts" ELSE 0 END,
         "publish_at" = NULL, "due_since" = now(), "next_attempt_at" = now(),
         "handed_out_at" = NULL, "waiting" = NULL, "updated_at" = now()
     WHERE "post_id" = ? AND "state" IN ('failed', 'unknown', 'overdue') AND "deleted_at" IS NULL
     RETURNING "id"`,
    [post_id]
  )
  return rows.length
}

/** Makes what of a post nobody has tried yet due at once, whatever its plan was. */
export const makePendingDue = async (
  manager: SqlEntityManager,
  post_id: string
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_publication"
     SET "state" = 'pending', "publish_at" = NULL, "due_since" = now(), "next_attempt_at" = now(),
         "handed_out_at" = NULL, "waiting" = NULL, "updated_at" = now()
     WHERE "post_id" = ? AND "deleted_at" IS NULL
       AND ("state" = 'overdue' OR ("state" IN ('pending', 'waiting')
            AND ("next_attempt_at" IS NULL OR "publish_at" IS NOT NULL)))`,
    [post_id]
  )
}

/**
 * A person's decision about a publication whose outcome is unknown, or that
 * lies in the service's inbox.
 *
 * @returns false when its outcome is known (by now)
 */
export const resolveUnknownPublication = async (
  manager: SqlEntityManager,
  id: string,
  post_id: string,
  decision: { state: "published" | "failed"; external_url: string | null }
): Promise<boolean> =>
  changes(
    manager,
    `UPDATE "social_publication"
     SET "state" = ?, "external_url" = coalesce("external_url", ?), "next_attempt_at" = NULL,
         "published_at" = coalesce("published_at", CASE WHEN ? = 'published' THEN coalesce("armed_at", now()) END),
         "last_error" = CASE WHEN ? = 'published' THEN NULL ELSE "last_error" END,
         "armed_at" = NULL, "armed_part" = NULL, "recovery" = NULL, "waiting" = NULL,
         "updated_at" = now()
     WHERE "id" = ? AND "post_id" = ? AND "state" IN ('unknown', 'handed_over') AND "deleted_at" IS NULL
     RETURNING "id"`,
    [
      decision.state,
      decision.external_url,
      decision.state,
      decision.state,
      id,
      post_id,
    ]
  )

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

/** Publications to an account that became public since, and those still to come until then. */
export const countAccountPublications = async (
  manager: SqlEntityManager,
  account_id: string,
  since: Date
): Promise<{ count: number; oldest_at: Date | null }> => {
  const [row] = await query<{ count: number; oldest_at: Date | null }>(
    manager,
    `SELECT count(*)::int AS count, min("published_at") AS oldest_at
     FROM "social_publication"
     WHERE "account_id" = ? AND "published_at" >= ? AND "deleted_at" IS NULL`,
    [account_id, since]
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
