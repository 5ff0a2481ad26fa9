import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"
import type { Lease } from "./publications"

/**
 * States in which nobody works on a publication, and it is not out or handed
 * over; nor does the service work on what it has got.
 */
const EDITABLE = `("state" IN ('pending', 'waiting', 'failed', 'overdue')
  AND "armed_at" IS NULL AND "deleted_at" IS NULL)`

/** What is a publication's own. */
export interface PublicationContent {
  placement: string
  variant: object | null
  settings: object | null
  content_hash: string | null
  media_hash: string | null
}

const asJson = (value: object | null): string | null =>
  value && JSON.stringify(value)

/**
 * Writes what is a publication's own, whole, and forgets what was prepared for
 * what it was before. One that failed stays so until somebody has it retried.
 *
 * @returns false when it is out, handed over or being published
 */
export const editPublication = async (
  manager: SqlEntityManager,
  id: string,
  post_id: string,
  content: PublicationContent
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `WITH edited AS (
       UPDATE "social_publication"
       SET "placement" = ?, "variant" = ?::jsonb, "settings" = ?::jsonb,
           "content_hash" = ?, "media_hash" = ?, "waiting" = NULL,
           "state" = CASE WHEN "state" = 'waiting' THEN 'pending' ELSE "state" END,
           "updated_at" = now()
       WHERE "id" = ? AND "post_id" = ? AND ${EDITABLE}
       RETURNING "id"
     ), forgotten AS (
       DELETE FROM "social_checkpoint" WHERE "id" IN (SELECT "id" FROM edited)
     )
     SELECT "id" FROM edited`,
    [
      content.placement,
      asJson(content.variant),
      asJson(content.settings),
      content.content_hash,
      content.media_hash,
      id,
      post_id,
    ]
  )
  return rows.length > 0
}

/**
 * Takes one of several publications out of a post of which nothing is out there.
 *
 * @returns false when something of it is out, or it is the only one
 */
export const dropPublication = async (
  manager: SqlEntityManager,
  id: string,
  post_id: string
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_publication" dropped SET "deleted_at" = now()
     WHERE "id" = ? AND "post_id" = ? AND ${EDITABLE} AND "external_id" IS NULL
       AND EXISTS (SELECT 1 FROM "social_publication" other
                   WHERE other."post_id" = dropped."post_id" AND other."id" <> dropped."id"
                     AND other."deleted_at" IS NULL)
     RETURNING "id"`,
    [id, post_id]
  )
  return rows.length > 0
}

/** Puts a publication back that was taken out of its post. */
export const restorePublication = async (
  manager: SqlEntityManager,
  id: string
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_publication" SET "deleted_at" = NULL WHERE "id" = ?`,
    [id]
  )
}

/**
 * Gives the overdue publications of a post another time, where they are all
 * that a person has to decide about.
 *
 * @returns false when it has none, or something else of it is unclear
 */
export const rescheduleOverdue = async (
  manager: SqlEntityManager,
  post_id: string,
  { publish_at, next_attempt_at }: { publish_at: Date; next_attempt_at: Date }
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `WITH post AS (
       UPDATE "social_post" SET "status" = 'scheduled', "scheduled_at" = ?, "updated_at" = now()
       WHERE "id" = ? AND "deleted_at" IS NULL AND "status" = 'needs_attention'
         AND NOT EXISTS (SELECT 1 FROM "social_publication" other
                         WHERE other."post_id" = "social_post"."id" AND other."deleted_at" IS NULL
                           AND other."state" IN ('unknown', 'handed_over'))
       RETURNING "id"
     )
     UPDATE "social_publication"
     SET "state" = 'pending', "attempts" = 0, "publish_at" = ?, "next_attempt_at" = ?,
         "due_since" = NULL, "waiting" = NULL, "updated_at" = now()
     WHERE "post_id" IN (SELECT "id" FROM post) AND "state" = 'overdue' AND "deleted_at" IS NULL
     RETURNING "id"`,
    [publish_at, post_id, publish_at, next_attempt_at]
  )
  return rows.length > 0
}

/** A publication that says or shows the same. */
export interface Repetition {
  post_id: string
  caption: string
  /** When it went out, or is to. */
  at: Date
  is_out: boolean
  /** Whether a worker has taken it up, or is about to. */
  is_begun: boolean
  same_text: boolean
}

/** When a publication went out, is to, or was asked for; null for a draft. */
const TIME = `coalesce(publication."published_at", publication."publish_at", publication."due_since")`

/**
 * Publications to an account that say or show the same, near a time.
 *
 * @param except - the post that is asked about
 */
export const findRepetitions = async (
  manager: SqlEntityManager,
  account_id: string,
  {
    content_hash,
    media_hash,
  }: Pick<PublicationContent, "content_hash" | "media_hash">,
  { from, to, except }: { from: Date; to: Date; except: string | null }
): Promise<Repetition[]> =>
  query<Repetition>(
    manager,
    `SELECT post."id" AS post_id, post."caption", ${TIME} AS at,
            publication."published_at" IS NOT NULL AS is_out,
            publication."due_since" IS NOT NULL AS is_begun,
            coalesce(publication."content_hash" = ?, false) AS same_text
     FROM "social_publication" publication
     JOIN "social_post" post ON post."id" = publication."post_id" AND post."deleted_at" IS NULL
     WHERE publication."account_id" = ? AND publication."deleted_at" IS NULL
       AND (publication."content_hash" = ? OR publication."media_hash" = ?)
       AND ${TIME} BETWEEN ? AND ?
       AND publication."state" <> 'failed' AND post."id" <> coalesce(?, '')
     ORDER BY at DESC LIMIT 5`,
    [content_hash, account_id, content_hash, media_hash, from, to, except]
  )

/** The parts of a publication, as many as it has or is to have. */
const PARTS = `1 + jsonb_array_length(coalesce(
    nullif(publication."changed_content" -> 'parts', 'null'::jsonb),
    nullif(publication."variant" -> 'parts', 'null'::jsonb),
    nullif(post."parts", 'null'::jsonb), '[]'::jsonb))
  + jsonb_array_length(coalesce(nullif(publication."comments", 'null'::jsonb), '[]'::jsonb))`

/** How many publications, or parts of them, an account has had or is to have in a time. */
export const countPlannedPublications = async (
  manager: SqlEntityManager,
  account_id: string,
  { from, to, except }: { from: Date; to: Date; except: string | null },
  per?: "publication" | "part"
): Promise<number> => {
  const [{ count }] = await query<{ count: number }>(
    manager,
    `SELECT coalesce(sum(CASE WHEN ?::boolean THEN ${PARTS} ELSE 1 END), 0)::int AS count
     FROM "social_publication" publication
     JOIN "social_post" post ON post."id" = publication."post_id"
     WHERE publication."account_id" = ? AND publication."deleted_at" IS NULL
       AND publication."post_id" <> coalesce(?, '')
       AND ${TIME} BETWEEN ? AND ?
       AND publication."state" NOT IN ('failed', 'overdue')`,
    [per === "part", account_id, except, from, to]
  )
  return count
}

/**
 * Keeps what a handler of the application has changed of a publication of which
 * nothing is out, and forgets what was prepared for what it was before.
 *
 * @returns false when the lease was lost
 */
export const changeContent = async (
  manager: SqlEntityManager,
  id: string,
  lease: Lease,
  content: object | null
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `WITH changed AS (
       UPDATE "social_publication" SET "changed_content" = ?::jsonb, "updated_at" = now()
       WHERE "id" = ? AND "lease_token" = ? AND "state" = 'publishing'
         AND "lease_expires_at" > now() AND "armed_at" IS NULL
       RETURNING "id"
     ), forgotten AS (
       DELETE FROM "social_checkpoint" WHERE "id" IN (SELECT "id" FROM changed)
     )
     SELECT "id" FROM changed`,
    [asJson(content), id, lease.token]
  )
  return rows.length > 0
}

/**
 * Adds a comment to what is out: the publication goes on with it as with any
 * other part.
 *
 * @returns false when it is not out (any more), or goes on with another comment
 */
export const addComment = async (
  manager: SqlEntityManager,
  id: string,
  post_id: string,
  comment: object
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `WITH post AS (
       UPDATE "social_post" SET "status" = 'publishing', "updated_at" = now()
       WHERE "id" = ? AND "deleted_at" IS NULL
         AND EXISTS (SELECT 1 FROM "social_publication" publication
                     WHERE publication."id" = ? AND ${COMMENTABLE})
       RETURNING "id"
     )
     UPDATE "social_publication" publication
     SET "comments" = coalesce("comments", '[]'::jsonb) || ?::jsonb,
         "state" = 'pending', "attempts" = 0, "publish_at" = NULL, "due_since" = now(),
         "next_attempt_at" = now(), "waiting" = NULL, "last_error" = NULL, "updated_at" = now()
     WHERE "id" = ? AND "post_id" IN (SELECT "id" FROM post) AND ${COMMENTABLE}
     RETURNING "id"`,
    [post_id, id, JSON.stringify([comment]), id]
  )
  return rows.length > 0
}

const COMMENTABLE = `publication."state" = 'published' AND publication."removed_at" IS NULL
  AND publication."removed_by_network" IS NULL AND publication."deleted_at" IS NULL`

/**
 * Takes back the comments that are not out, where that is sure: the publication
 * is published again.
 *
 * @param parts - of it without comments
 * @returns false when there is no such comment
 */
export const dropComments = async (
  manager: SqlEntityManager,
  id: string,
  post_id: string,
  parts: number
): Promise<boolean> => {
  const rows = await query<{ id: string }>(
    manager,
    `WITH dropped AS (
       UPDATE "social_publication"
       SET "comments" = (SELECT jsonb_agg(comment ORDER BY place)
                         FROM jsonb_array_elements("comments") WITH ORDINALITY AS list(comment, place)
                         WHERE place <= jsonb_array_length("parts") - ?::int),
           "state" = 'published', "next_attempt_at" = NULL, "waiting" = NULL, "last_error" = NULL,
           "updated_at" = now()
       WHERE "id" = ? AND "post_id" = ? AND ${EDITABLE} AND "comments" IS NOT NULL
         AND jsonb_array_length(coalesce("parts", '[]'::jsonb)) >= ?::int
       RETURNING "id"
     ), forgotten AS (
       DELETE FROM "social_checkpoint" WHERE "id" IN (SELECT "id" FROM dropped)
     )
     SELECT "id" FROM dropped`,
    [parts, id, post_id, parts]
  )
  return rows.length > 0
}
