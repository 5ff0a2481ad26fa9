import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"

/** What of a publication is public. */
export interface PublishedPart {
  /** 0 is the post itself. */
  part: number
  /** Null where a person has said that it is out, and not where. */
  external_id: string | null
  url: string | null
  published_at?: string
}

/** A publication that a worker holds. */
export interface ClaimedPublication {
  id: string
  post_id: string
  account_id: string
  /** Of the account's platform. */
  provider: string
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

const HELD = `"id" = ? AND "lease_token" = ? AND "state" = 'publishing' AND "lease_expires_at" > now()`

/** Whether the part is among those that are out. */
const PART_IS_OUT = `coalesce("parts", '[]'::jsonb) @> jsonb_build_array(jsonb_build_object('part', ?::int))`

/** The parts that are out, with one more. */
export const WITH_PART = `coalesce("parts", '[]'::jsonb) || jsonb_build_object(
  'part', ?::int, 'external_id', ?::text, 'url', ?::text, 'published_at', now())`

/** Whether it is armed, and by whom; a release before this one kept no name. */
const ARMED_BY = `"id" = ? AND "armed_at" IS NOT NULL AND coalesce("recovery"->>'armed_by', '') = ?`

/** Whether a statement has changed the one row that it was about. */
export const changes = async (
  manager: SqlEntityManager,
  statement: string,
  values: unknown[]
): Promise<boolean> => {
  const rows = await query<{ id: string }>(manager, statement, values)
  return rows.length > 0
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
 * @param evidence - what `recover` will need
 * @returns false when the lease was lost, something is armed or this part is
 * out already, or the post is not to go out any more: then the call must not
 * be made
 */
export const armPublication = async (
  manager: SqlEntityManager,
  id: string,
  lease: Lease,
  part: number,
  evidence: unknown
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
       AND "armed_at" IS NULL AND NOT ${PART_IS_OUT}
     RETURNING "id"`,
    [
      id,
      part,
      JSON.stringify({ evidence, armed_by: lease.token }),
      lease.ms,
      id,
      lease.token,
      part,
    ]
  )

/**
 * Whoever made the call knows what became of it, also after its lease: what
 * waits for somebody to find out goes on at once.
 */
const KNOWN_NOW = `
  "armed_at" = NULL, "armed_part" = NULL, "recovery" = NULL, "updated_at" = now(),
  "next_attempt_at" = CASE WHEN "state" = 'unknown' THEN now() ELSE "next_attempt_at" END,
  "state" = CASE WHEN "state" = 'unknown' THEN 'pending' ELSE "state" END`

/**
 * Records that the armed part is certain not to be out.
 *
 * @param armedBy - token of the lease under which it was armed
 */
export const disarmPublication = async (
  manager: SqlEntityManager,
  id: string,
  armedBy: string
): Promise<boolean> =>
  changes(
    manager,
    `UPDATE "social_publication" SET ${KNOWN_NOW}
     WHERE ${ARMED_BY} AND "deleted_at" IS NULL RETURNING "id"`,
    [id, armedBy]
  )

/**
 * Records that the armed part is out. Nothing may touch it again. It counts
 * from whoever has made the call, even if its lease is over by now.
 *
 * @param armedBy - token of the lease under which it was armed
 * @returns false when nothing is known of such a call (any more)
 */
export const recordPublishedPart = async (
  manager: SqlEntityManager,
  id: string,
  armedBy: string,
  { part, external_id, url }: PublishedPart
): Promise<boolean> =>
  changes(
    manager,
    `UPDATE "social_publication"
     SET "parts" = ${WITH_PART},
         "external_id" = coalesce("external_id", ?), "external_url" = coalesce("external_url", ?),
         "published_at" = coalesce("published_at", now()), ${KNOWN_NOW}
     WHERE ${ARMED_BY} AND "armed_part" = ? AND "deleted_at" IS NULL
     RETURNING "id"`,
    [part, external_id, url, external_id, url, id, armedBy, part]
  )

/** The entry of the part with this external id, with an address where it had none. */
const WITH_ADDRESS = `(SELECT jsonb_agg(CASE
    WHEN "entry"->>'part' = ?::text AND "entry"->>'external_id' = ? AND "entry"->>'url' IS NULL
    THEN "entry" || jsonb_build_object('url', ?::text) ELSE "entry" END)
  FROM jsonb_array_elements("parts") AS "entry")`

/**
 * Records that a part is out which was made public together with another one,
 * so that nothing was armed for it alone; of one that is recorded already, its
 * address, where that was not known.
 *
 * @returns false when the lease was lost
 */
export const recordFurtherPart = async (
  manager: SqlEntityManager,
  id: string,
  lease: Lease,
  { part, external_id, url }: PublishedPart
): Promise<boolean> =>
  changes(
    manager,
    `UPDATE "social_publication"
     SET "parts" = CASE WHEN ${PART_IS_OUT} THEN ${WITH_ADDRESS} ELSE ${WITH_PART} END,
         "external_id" = coalesce("external_id", ?),
         "external_url" = CASE WHEN coalesce("external_id", ?) = ?
           THEN coalesce("external_url", ?) ELSE "external_url" END,
         "published_at" = coalesce("published_at", now()), "updated_at" = now()
     WHERE ${HELD} RETURNING "id"`,
    [
      ...[part, part, external_id, url],
      ...[part, external_id, url],
      ...[external_id, external_id, external_id, url],
      ...[id, lease.token],
    ]
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
 * Ends a claim with its outcome. While a part is armed nobody knows whether it
 * is out, whatever else went wrong: that is unknown, and no other state. What
 * whoever made the call has told meanwhile is no longer unknown, and goes on.
 *
 * @returns the state; null when another worker holds the publication by now
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
): Promise<PublicationOutcome["state"] | null> => {
  const isUnknown = state === "unknown"
  const [row] = await query<{ state: PublicationOutcome["state"] }>(
    manager,
    `UPDATE "social_publication"
     SET "state" = CASE WHEN "armed_at" IS NOT NULL THEN 'unknown' WHEN ? THEN 'pending' ELSE ? END,
         "next_attempt_at" = CASE WHEN "armed_at" IS NULL AND ? THEN now() ELSE ?::timestamptz END,
         "waiting" = ?::jsonb,
         "last_error" = CASE WHEN ? THEN "last_error" ELSE ?::jsonb END,
         "attempts" = "attempts" + ?, "lease_token" = NULL, "lease_expires_at" = NULL,
         "updated_at" = now()
     WHERE "id" = ? AND "lease_token" = ? AND "state" = 'publishing'
     RETURNING "state"`,
    [
      isUnknown,
      state,
      isUnknown,
      next_attempt_at ?? null,
      waiting ? JSON.stringify(waiting) : null,
      // Why it did not go out at its time stays.
      state === "overdue",
      last_error ? JSON.stringify(last_error) : null,
      is_failure ? 1 : 0,
      id,
      lease_token,
    ]
  )
  return row?.state ?? null
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
         "waiting" = NULL, "updated_at" = now()
     WHERE "post_id" = ? AND "state" IN ('failed', 'unknown', 'overdue') AND "deleted_at" IS NULL
     RETURNING "id"`,
    [post_id]
  )
  return rows.length
}

/**
 * Moves a post into `publishing` and makes what of it nobody has tried yet due
 * at once, whatever its plan was: both or neither, for nobody would take up a
 * post that is being published with nothing due.
 *
 * @param from - statuses from which it may move
 */
export const publishNow = async (
  manager: SqlEntityManager,
  post_id: string,
  from: readonly string[]
): Promise<void> => {
  await query(
    manager,
    `WITH post AS (
       UPDATE "social_post" SET "status" = 'publishing', "updated_at" = now()
       WHERE "id" = ? AND "deleted_at" IS NULL AND "status" IN (${from.map(() => "?").join(", ")})
       RETURNING "id"
     )
     UPDATE "social_publication"
     SET "state" = 'pending', "publish_at" = NULL, "due_since" = now(), "next_attempt_at" = now(),
         "waiting" = NULL, "updated_at" = now()
     WHERE "post_id" IN (SELECT "id" FROM post) AND "deleted_at" IS NULL
       AND ("state" = 'overdue' OR ("state" IN ('pending', 'waiting')
            AND ("next_attempt_at" IS NULL OR "publish_at" IS NOT NULL)))`,
    [post_id, ...from]
  )
}
