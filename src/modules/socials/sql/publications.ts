import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"

export interface ClaimedPublication {
  id: string
  post_id: string
  account_id: string
  attempts: number
  lease_token: string
}

export interface UnknownPublication extends ClaimedPublication {
  armed_at: Date
  recovery: Record<string, string> | null
}

/**
 * Claims one due publication of a post for this worker. `SKIP LOCKED` lets
 * workers pass each other; the lease frees the publication if this one dies.
 *
 * @param lease - token of this claim and its length in ms
 * @returns the publication, or null when none is due
 */
export const claimPublication = async (
  manager: SqlEntityManager,
  post_id: string,
  lease: { token: string; ms: number }
): Promise<ClaimedPublication | null> => {
  const rows = await query<ClaimedPublication>(
    manager,
    `UPDATE "social_publication"
     SET "state" = 'publishing', "attempts" = "attempts" + 1,
         "lease_token" = ?, "lease_expires_at" = now() + ? * interval '1 millisecond',
         "armed_at" = NULL, "recovery" = NULL, "next_attempt_at" = NULL, "updated_at" = now()
     WHERE "id" = (
       SELECT "id" FROM "social_publication"
       WHERE "post_id" = ? AND "state" = 'pending' AND "deleted_at" IS NULL
         AND ("next_attempt_at" IS NULL OR "next_attempt_at" <= now())
       ORDER BY "id" LIMIT 1
       FOR UPDATE SKIP LOCKED
     )
     RETURNING "id", "post_id", "account_id", "attempts", "lease_token"`,
    [lease.token, lease.ms, post_id]
  )
  return rows[0] ?? null
}

/** Moves the end of a claim's lease on, while its worker is alive. */
export const keepPublication = async (
  manager: SqlEntityManager,
  id: string,
  lease: { token: string; ms: number }
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_publication"
     SET "lease_expires_at" = now() + ? * interval '1 millisecond'
     WHERE "id" = ? AND "lease_token" = ? AND "state" = 'publishing'
       AND "lease_expires_at" > now()`,
    [lease.ms, id, lease.token]
  )
}

/**
 * Records that the call which cannot be repeated comes next.
 *
 * @returns false when the lease was lost: then the call must not be made
 */
export const armPublication = async (
  manager: SqlEntityManager,
  id: string,
  lease: { token: string; ms: number },
  recovery: Record<string, string>
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_publication"
     SET "armed_at" = now(), "recovery" = ?::jsonb, "updated_at" = now(),
         "lease_expires_at" = now() + ? * interval '1 millisecond'
     WHERE "id" = ? AND "lease_token" = ? AND "state" = 'publishing'
       AND "lease_expires_at" > now()
     RETURNING "id"`,
    [JSON.stringify(recovery), lease.ms, id, lease.token]
  )
  return rows.length > 0
}

export interface PublicationOutcome {
  state: "pending" | "published" | "failed" | "unknown"
  external_id?: string | null
  external_url?: string | null
  next_attempt_at?: Date | null
  last_error?: Record<string, unknown> | null
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
  outcome: PublicationOutcome
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_publication"
     SET "state" = ?, "external_id" = ?, "external_url" = ?, "next_attempt_at" = ?,
         "last_error" = ?::jsonb, "lease_token" = NULL, "lease_expires_at" = NULL,
         "published_at" = CASE WHEN ? = 'published' THEN now() END, "updated_at" = now()
     WHERE "id" = ? AND "lease_token" = ? AND "state" = 'publishing'
     RETURNING "id"`,
    [
      outcome.state,
      outcome.external_id ?? null,
      outcome.external_url ?? null,
      outcome.next_attempt_at ?? null,
      outcome.last_error ? JSON.stringify(outcome.last_error) : null,
      outcome.state,
      id,
      lease_token,
    ]
  )
  return rows.length > 0
}

/**
 * Takes back the publications of workers that died. One that was not armed is
 * due again; one that was armed may be out, so nobody may simply try again.
 */
export const releaseExpiredLeases = async (
  manager: SqlEntityManager,
  post_id: string
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_publication"
     SET "state" = CASE WHEN "armed_at" IS NULL THEN 'pending' ELSE 'unknown' END,
         "last_error" = CASE WHEN "armed_at" IS NULL THEN "last_error" ELSE ?::jsonb END,
         "next_attempt_at" = now(),
         "lease_token" = NULL, "lease_expires_at" = NULL, "updated_at" = now()
     WHERE "post_id" = ? AND "state" = 'publishing' AND "lease_expires_at" <= now()
       AND "deleted_at" IS NULL`,
    [
      JSON.stringify({
        class: "transient",
        code: "worker_lost",
        message:
          "The worker stopped while the service was being asked to publish.",
        at: new Date().toISOString(),
      }),
      post_id,
    ]
  )
}

/**
 * Claims one publication whose outcome is unknown, to ask the service about it.
 * It stays armed: should this worker die too, it is unknown again.
 */
export const claimUnknownPublication = async (
  manager: SqlEntityManager,
  post_id: string,
  lease: { token: string; ms: number }
): Promise<UnknownPublication | null> => {
  const rows = await query<UnknownPublication>(
    manager,
    `UPDATE "social_publication"
     SET "state" = 'publishing', "attempts" = "attempts" + 1, "lease_token" = ?, "next_attempt_at" = NULL,
         "lease_expires_at" = now() + ? * interval '1 millisecond', "updated_at" = now()
     WHERE "id" = (
       SELECT "id" FROM "social_publication"
       WHERE "post_id" = ? AND "state" = 'unknown' AND "deleted_at" IS NULL
         AND "next_attempt_at" <= now()
       ORDER BY "id" LIMIT 1
       FOR UPDATE SKIP LOCKED
     )
     RETURNING "id", "post_id", "account_id", "attempts", "lease_token", "armed_at", "recovery"`,
    [lease.token, lease.ms, post_id]
  )
  return rows[0] ?? null
}

/**
 * Makes a post's unfinished publications due: failed ones start over, unknown
 * ones are to be asked about. Published ones are never touched.
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
     SET "state" = CASE WHEN "state" = 'failed' THEN 'pending' ELSE "state" END,
         "attempts" = CASE WHEN "state" = 'failed' THEN 0 ELSE "attempts" END,
         "next_attempt_at" = now(), "updated_at" = now()
     WHERE "post_id" = ? AND "state" IN ('failed', 'unknown') AND "deleted_at" IS NULL
     RETURNING "id"`,
    [post_id]
  )
  return rows.length
}

/**
 * A person's decision about a publication whose outcome is unknown.
 *
 * @returns false when its outcome is not unknown (any more)
 */
export const resolveUnknownPublication = async (
  manager: SqlEntityManager,
  id: string,
  post_id: string,
  decision: { state: "published" | "failed"; external_url: string | null }
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_publication"
     SET "state" = ?, "external_url" = ?, "next_attempt_at" = NULL,
         "published_at" = CASE WHEN ? = 'published' THEN coalesce("armed_at", now()) END,
         "last_error" = CASE WHEN ? = 'published' THEN NULL ELSE "last_error" END,
         "updated_at" = now()
     WHERE "id" = ? AND "post_id" = ? AND "state" = 'unknown' AND "deleted_at" IS NULL
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
  return rows.length > 0
}
