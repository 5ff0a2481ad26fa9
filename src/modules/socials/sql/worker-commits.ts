import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"
import { settlePostStatuses } from "./posts"
import {
  type ClaimedPublication,
  KNOWN_NOW,
  type Lease,
  type PublicationOutcome,
  type PublishedPart,
} from "./publications"

/*
 * What workers commit of every publication, each statement for all of a process
 * that come to it at the same time.
 */

/** Whether the worker that a row of `call` speaks of holds the publication. */
const HELD_BY_CALL = `publication."id" = call."id" AND "lease_token" = call."token"
  AND "state" = 'publishing' AND "lease_expires_at" > now()`

const PART_OF_CALL_IS_OUT = `coalesce("parts", '[]'::jsonb) @> jsonb_build_array(jsonb_build_object('part', call."part"))`

/**
 * The rows of `call`, and their ids alone: from these the database knows how
 * many rows there are, and looks each up.
 */
const rowsOf = (calls: { id: string }[]): [string, string[]] => [
  JSON.stringify(calls.map((call, n) => ({ ...call, n }))),
  calls.map(({ id }) => id),
]

/** Which of several calls have changed the row that each was about; the statement returns their `n`. */
const changesEach = async (
  manager: SqlEntityManager,
  statement: string,
  calls: { id: string }[]
): Promise<boolean[]> => {
  const rows = await query<{ n: number }>(manager, statement, rowsOf(calls))
  const changed = new Set(rows.map(({ n }) => n))
  return calls.map((_, n) => changed.has(n))
}

/** Moves the ends of claims' leases on, while their workers are alive. */
export const keepPublications = async (
  manager: SqlEntityManager,
  calls: [id: string, lease: Lease][]
): Promise<boolean[]> =>
  changesEach(
    manager,
    `UPDATE "social_publication" publication
     SET "lease_expires_at" = now() + call."ms" * interval '1 millisecond'
     FROM jsonb_to_recordset(?::jsonb) AS call ("n" int, "id" text, "token" text, "ms" int)
     WHERE publication."id" = ANY(?::text[]) AND ${HELD_BY_CALL} RETURNING call."n"`,
    calls.map(([id, lease]) => ({ id, ...lease }))
  )

/**
 * Records for each that the call comes next which makes a part public. The post
 * cannot be edited from here on, and its editing holds this off.
 *
 * @param calls - with what `recover` will need as evidence
 * @returns for each false when the lease was lost, something is armed or this
 * part is out already, or the post is not to go out any more: then the call must
 * not be made
 */
export const armPublications = async (
  manager: SqlEntityManager,
  calls: [id: string, lease: Lease, part: number, evidence: unknown][]
): Promise<boolean[]> =>
  changesEach(
    manager,
    `WITH call AS MATERIALIZED (
       SELECT * FROM jsonb_to_recordset(?::jsonb)
         AS call ("n" int, "id" text, "token" text, "ms" int, "part" int, "evidence" jsonb)
     ), held AS (
       SELECT "id", "post_id" FROM "social_publication" WHERE "id" = ANY(?::text[])
     ), post AS (
       SELECT "id", "status" FROM "social_post"
       WHERE "id" = ANY(ARRAY(SELECT "post_id" FROM held))
         AND "deleted_at" IS NULL AND "status" IN ('scheduled', 'publishing')
       ORDER BY "id" FOR UPDATE
     ), begun AS (
       UPDATE "social_post" SET "status" = 'publishing', "updated_at" = now()
       WHERE "id" = ANY(ARRAY(SELECT "id" FROM post WHERE "status" = 'scheduled'))
     )
     UPDATE "social_publication" publication
     SET "armed_at" = now(), "armed_part" = call."part", "waiting" = NULL,
         "recovery" = jsonb_build_object('evidence', call."evidence", 'armed_by', call."token"),
         "updated_at" = now(), "lease_expires_at" = now() + call."ms" * interval '1 millisecond'
     FROM call, post
     WHERE publication."id" = ANY(ARRAY(SELECT "id" FROM held)) AND ${HELD_BY_CALL}
       AND publication."post_id" = post."id"
       AND "armed_at" IS NULL AND NOT ${PART_OF_CALL_IS_OUT}
     RETURNING call."n"`,
    calls.map(([id, lease, part, evidence]) => ({
      ...{ id, ...lease, part },
      evidence,
    }))
  )

/**
 * Records for each that the armed part is out. Nothing may touch it again. It
 * counts from whoever has made the call, even if its lease is over by now.
 *
 * @param calls - with the token of the lease under which it was armed
 * @returns for each false when nothing is known of such a call (any more)
 */
export const recordPublishedParts = async (
  manager: SqlEntityManager,
  calls: [id: string, armedBy: string, part: PublishedPart][]
): Promise<boolean[]> =>
  changesEach(
    manager,
    `UPDATE "social_publication" publication
     SET "parts" = coalesce("parts", '[]'::jsonb) || jsonb_build_object(
           'part', call."part", 'external_id', call."external_id", 'url', call."url",
           'published_at', now()),
         "external_id" = coalesce(publication."external_id", call."external_id"),
         "external_url" = coalesce("external_url", call."url"),
         "published_at" = coalesce("published_at", now()), ${KNOWN_NOW}
     FROM jsonb_to_recordset(?::jsonb)
       AS call ("n" int, "id" text, "armed_by" text, "part" int, "external_id" text, "url" text)
     WHERE publication."id" = ANY(?::text[]) AND publication."id" = call."id"
       AND "armed_at" IS NOT NULL AND coalesce("recovery"->>'armed_by', '') = call."armed_by"
       AND "armed_part" = call."part" AND "deleted_at" IS NULL
     RETURNING call."n"`,
    calls.map(([id, armed_by, { part, external_id, url }]) => ({
      ...{ id, armed_by, part },
      ...{ external_id, url },
    }))
  )

/** How a claim has ended. */
export interface Settled {
  state: PublicationOutcome["state"]
  /** Of its post; null where that is gone. */
  status: string | null
}

export type SettleCall = [
  publication: Pick<
    ClaimedPublication,
    "id" | "post_id" | "lease_token" | "publish_at"
  >,
  outcome: PublicationOutcome,
]

/**
 * Ends claims with their outcomes and brings the posts' statuses in line. While
 * a part is armed nobody knows whether it is out, whatever else went wrong: that
 * is unknown, unless the service says that it works on it. What whoever made the call has told meanwhile
 * is no longer unknown, and goes on; so does what a person has asked for at once
 * while it was prepared for its time. Of what is out nothing needs to be kept to
 * go on with, and its figures are planned.
 *
 * @param manager - of a transaction: a worker that dies between a publication
 * and its post would leave one that is being published for ever
 * @returns for each null when another worker holds the publication by now
 */
export const settlePublications = async (
  manager: SqlEntityManager,
  calls: SettleCall[]
): Promise<(Settled | null)[]> => {
  const rows = await query<{
    n: number
    post_id: string
    state: PublicationOutcome["state"]
  }>(
    manager,
    // The posts first, as whoever edits them: two who lock crosswise would wait for each other.
    `WITH call AS MATERIALIZED (
       SELECT * FROM jsonb_to_recordset(?::jsonb) AS call (
         "n" int, "id" text, "token" text, "state" text, "next_attempt_at" timestamptz,
         "waiting" jsonb, "last_error" jsonb, "failures" int, "metrics_due_at" timestamptz,
         "is_planned" boolean)
     ), post AS (
       SELECT "id" FROM "social_post" WHERE "id" = ANY(?::text[]) ORDER BY "id" FOR UPDATE
     ), settled AS (
       UPDATE "social_publication" publication
       SET "state" = CASE WHEN "armed_at" IS NOT NULL AND call."state" <> 'waiting' THEN 'unknown'
                          WHEN call."state" = 'unknown' THEN 'pending' ELSE call."state" END,
           "next_attempt_at" = CASE WHEN "armed_at" IS NULL AND call."state" = 'unknown' THEN now()
                                    WHEN call."state" = 'waiting' AND call."is_planned"
                                         AND "publish_at" IS NULL THEN now()
                                    ELSE call."next_attempt_at" END,
           "waiting" = call."waiting",
           -- Why it did not go out at its time stays.
           "last_error" = CASE WHEN call."state" = 'overdue'
                               THEN coalesce(call."last_error", publication."last_error")
                               ELSE call."last_error" END,
           "attempts" = "attempts" + call."failures",
           "metrics_due_at" = CASE WHEN "armed_at" IS NULL AND call."state" = 'published'
                                   THEN call."metrics_due_at" ELSE publication."metrics_due_at" END,
           "lease_token" = NULL, "lease_expires_at" = NULL, "updated_at" = now()
       FROM call, post
       WHERE publication."id" = ANY(?::text[]) AND publication."id" = call."id"
         AND publication."post_id" = post."id"
         AND "lease_token" = call."token" AND publication."state" = 'publishing'
       RETURNING call."n", publication."id", "post_id", "account_id", publication."state",
         publication."metrics_due_at"
     ), forgotten AS (
       DELETE FROM "social_checkpoint"
       WHERE "id" = ANY(ARRAY(SELECT "id" FROM settled WHERE "state" = 'published'))
     ), planned AS (
       UPDATE "social_account" account SET "metrics_due_at" = settled."metrics_due_at"
       FROM settled
       WHERE account."id" = settled."account_id" AND settled."state" = 'published'
         AND account."metrics_due_at" IS NULL
     )
     SELECT "n", "post_id", "state" FROM settled`,
    settleValues(calls)
  )
  const statuses = await settlePostStatuses(
    manager,
    rows.map(({ post_id }) => post_id)
  )
  const settledByCall = new Map(
    rows.map(({ n, state, post_id }) => [
      n,
      { state, status: statuses.get(post_id) ?? null },
    ])
  )
  return calls.map((_, n) => settledByCall.get(n) ?? null)
}

const settleValues = (calls: SettleCall[]): unknown[] => {
  const [rows, ids] = rowsOf(
    calls.map(([publication, { is_failure, ...outcome }]) => ({
      id: publication.id,
      token: publication.lease_token,
      is_planned: publication.publish_at !== null,
      ...outcome,
      failures: is_failure ? 1 : 0,
    }))
  )
  return [rows, calls.map(([{ post_id }]) => post_id), ids]
}
