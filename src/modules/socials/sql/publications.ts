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
  /** Where a person finishes what was handed over. */
  url?: string
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
 * Whoever made the call knows what became of it, also after its lease: what
 * waits for somebody to find out goes on at once.
 */
export const KNOWN_NOW = `
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
  /** When its figures are read first, once it is out. */
  metrics_due_at?: Date
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
 * post that is being published with nothing due. What a worker prepares for its
 * time goes on as soon as that has ended, see `settlePublications`.
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
     SET "state" = CASE WHEN "state" = 'publishing' THEN "state" ELSE 'pending' END,
         "next_attempt_at" = CASE WHEN "state" = 'publishing' THEN NULL ELSE now() END,
         "publish_at" = NULL, "due_since" = now(), "waiting" = NULL, "updated_at" = now()
     WHERE "post_id" IN (SELECT "id" FROM post) AND "deleted_at" IS NULL
       AND ("state" = 'overdue'
            OR ("state" = 'publishing' AND "publish_at" IS NOT NULL AND "armed_at" IS NULL)
            OR ("state" IN ('pending', 'waiting')
            AND ("next_attempt_at" IS NULL OR "publish_at" IS NOT NULL)))`,
    [post_id, ...from]
  )
}
