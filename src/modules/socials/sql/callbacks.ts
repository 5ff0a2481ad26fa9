import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"

/** What a service has told, as it is kept. */
export interface ToldCallback {
  id: string
  provider: string
  /** In the plugin's words; ids alone. */
  events: object[]
  /** The platforms whose secret it was signed with. */
  platform_ids: string[]
  /** When it happened, as the service says. */
  told_at: Date | null
}

/** Which platforms a callback may be from, and whom it is about. */
export interface CallbackSearch {
  /** Client ID of an application at the service. */
  client_id: string
  /** By provider, the client ID of its platforms that have none of their own. */
  shared: Readonly<Record<string, string | null>>
  /** External ids of people and accounts: the platforms that know them come first. */
  subjects: string[]
  limit: number
}

/** An argument that is a list: the driver would spread an array over several placeholders. */
const LIST = "ARRAY(SELECT jsonb_array_elements_text(?::jsonb))"

/** Finds the platforms of an application at a service. */
export const listCallbackPlatforms = async (
  manager: SqlEntityManager,
  { client_id, shared, subjects, limit }: CallbackSearch
): Promise<string[]> => {
  const known = JSON.stringify(subjects)
  const rows = await query<{ id: string }>(
    manager,
    `SELECT "id" FROM "social_platform" platform
     WHERE "provider" = ANY(${LIST}) AND "deleted_at" IS NULL
       AND coalesce(nullif("api_config" ->> 'client_id', ''), ?::jsonb ->> "provider") = ?
     ORDER BY coalesce("profile" ->> 'id' = ANY(${LIST}), FALSE) OR EXISTS (
         SELECT FROM "social_account" account
         WHERE account."platform_id" = platform."id" AND account."deleted_at" IS NULL
           AND account."external_id" = ANY(${LIST})) DESC,
       "connected_at" DESC NULLS LAST, "id"
     LIMIT ?`,
    [
      JSON.stringify(Object.keys(shared)),
      JSON.stringify(shared),
      client_id,
      known,
      known,
      limit,
    ]
  )
  return rows.map(({ id }) => id)
}

/**
 * Keeps what a service has told, once.
 *
 * @param digest - the same for all deliveries of one callback
 * @returns its id, the earlier one where it was delivered before
 */
export const keepCallback = async (
  manager: SqlEntityManager,
  digest: string,
  { id, provider, events, platform_ids, told_at }: ToldCallback
): Promise<string> => {
  const rows = await query<{ id: string }>(
    manager,
    `INSERT INTO "social_callback" ("id", "provider", "digest", "events", "platform_ids", "told_at", "attempts", "due_at")
     VALUES (?, ?, ?, ?::jsonb, ${LIST}, ?, 0, now())
     ON CONFLICT ("digest") WHERE "deleted_at" IS NULL DO UPDATE SET "updated_at" = now()
     RETURNING "id"`,
    [
      id,
      provider,
      digest,
      JSON.stringify(events),
      JSON.stringify(platform_ids),
      told_at,
    ]
  )
  return rows[0].id
}

/** How often work on a callback is begun. */
const MAX_ATTEMPTS = 10

/**
 * Takes on a callback; nobody else does for a while, which grows with each
 * attempt.
 *
 * @returns undefined when it is done, or somebody is at it
 */
export const claimCallback = async (
  manager: SqlEntityManager,
  id: string
): Promise<ToldCallback | undefined> => {
  const rows = await query<ToldCallback>(
    manager,
    `UPDATE "social_callback"
     SET "attempts" = "attempts" + 1, "updated_at" = now(),
         "due_at" = now() + least(power(2, "attempts"), 60) * interval '1 minute'
     WHERE "id" = ? AND "due_at" <= now() AND "attempts" < ?
     RETURNING "id", "provider", "events", "platform_ids", "told_at"`,
    [id, MAX_ATTEMPTS]
  )
  return rows[0]
}

/** Callbacks that nobody has finished, the oldest first. */
export const listDueCallbacks = async (
  manager: SqlEntityManager,
  limit: number
): Promise<string[]> => {
  const rows = await query<{ id: string }>(
    manager,
    `SELECT "id" FROM "social_callback"
     WHERE "due_at" <= now() AND "attempts" < ? ORDER BY "due_at" LIMIT ?`,
    [MAX_ATTEMPTS, limit]
  )
  return rows.map(({ id }) => id)
}

/** Notes that a callback is done, and forgets what it told. */
export const finishCallback = async (
  manager: SqlEntityManager,
  id: string
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_callback"
     SET "handled_at" = now(), "due_at" = NULL, "events" = NULL, "platform_ids" = NULL, "updated_at" = now()
     WHERE "id" = ?`,
    [id]
  )
}

/**
 * Forgets callbacks so old that a repetition would be refused. One that does
 * not tell its time is kept: nothing else tells a repetition.
 */
export const deleteOldCallbacks = async (
  manager: SqlEntityManager,
  before: Date
): Promise<void> => {
  await query(
    manager,
    `DELETE FROM "social_callback" WHERE "created_at" < ? AND "told_at" < ?`,
    [before, before]
  )
}

/** A part of a publication that is public. */
export interface FoundPart {
  id: string
  post_id: string
  part: number
}

/** Finds what was published to an account by what its service calls it. */
export const findPublishedParts = (
  manager: SqlEntityManager,
  platform_ids: string[],
  account: string,
  external_ids: string[]
): Promise<FoundPart[]> =>
  query<FoundPart>(
    manager,
    `SELECT publication."id", publication."post_id", (entry ->> 'part')::int AS part
     FROM "social_account" account
       JOIN "social_publication" publication ON publication."account_id" = account."id",
       jsonb_array_elements(publication."parts") AS list(entry)
     WHERE account."platform_id" = ANY(${LIST}) AND account."external_id" = ?
       AND entry ->> 'external_id' = ANY(${LIST})
       AND publication."removed_at" IS NULL AND publication."deleted_at" IS NULL
     ORDER BY publication."id", part`,
    [JSON.stringify(platform_ids), account, JSON.stringify(external_ids)]
  )

/**
 * Has the service asked soon about an account: about what its publications wait
 * for, and what has become of what was published under one of the ids.
 */
export const lookAtAccount = async (
  manager: SqlEntityManager,
  platform_ids: string[],
  account: string,
  external_ids: string[]
): Promise<void> => {
  await query(
    manager,
    `WITH accounts AS (
       SELECT "id" FROM "social_account"
       WHERE "platform_id" = ANY(${LIST}) AND "external_id" = ? AND "deleted_at" IS NULL
     ), published AS (
       UPDATE "social_publication" SET "metrics_due_at" = now()
       WHERE "state" = 'published' AND "removed_at" IS NULL AND "deleted_at" IS NULL
         AND "account_id" IN (SELECT "id" FROM accounts)
         AND EXISTS (
           SELECT FROM jsonb_array_elements("parts") AS list(entry)
           WHERE entry ->> 'external_id' = ANY(${LIST}))
     )
     UPDATE "social_publication" SET "next_attempt_at" = now(), "updated_at" = now()
     WHERE "state" IN ('waiting', 'unknown') AND "next_attempt_at" > now() AND "deleted_at" IS NULL
       AND ("publish_at" IS NULL OR "publish_at" <= now())
       AND "account_id" IN (SELECT "id" FROM accounts)`,
    [JSON.stringify(platform_ids), account, JSON.stringify(external_ids)]
  )
}
