import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import type { SocialPlatformRow } from "../rows"
import { query } from "./manager"

/** What an account has of its own, sealed; null where it has nothing. */
export const readAccountCredentials = async (
  manager: SqlEntityManager,
  id: string
): Promise<object | null> => {
  const rows = await query<{ content: object }>(
    manager,
    `SELECT "content" FROM "social_account_credential" WHERE "id" = ?`,
    [id]
  )
  return rows[0]?.content ?? null
}

/** A platform as it was when its service was asked for its accounts. */
export type PlatformOfAccounts = Pick<
  SocialPlatformRow,
  "id" | "connected_at" | "status"
>

/**
 * Replaces what a platform's accounts have of their own; who is not among them
 * has nothing any more. A platform that was disconnected, or connected anew,
 * since its service was asked keeps nothing of it: the share lock has whoever
 * disconnects wait, and delete what was written.
 *
 * @param sealed - by account, each envelope sealed for its row
 */
export const replaceAccountCredentials = async (
  manager: SqlEntityManager,
  { id, connected_at, status }: PlatformOfAccounts,
  sealed: { id: string; content: object }[]
): Promise<void> => {
  const ids = sealed.map((account) => account.id)
  await query(
    manager,
    `WITH platform AS (
       SELECT "id" FROM "social_platform"
       WHERE "id" = ? AND "deleted_at" IS NULL
         AND date_trunc('milliseconds', "connected_at") IS NOT DISTINCT FROM ?::timestamptz
         AND ("status" = 'pending') = ?
       FOR SHARE
     ), gone AS (
       DELETE FROM "social_account_credential" credential
       USING "social_account" account, platform
       WHERE account."id" = credential."id" AND account."platform_id" = platform."id"
         AND NOT credential."id" = ANY(?::text[])
     )
     INSERT INTO "social_account_credential" ("id", "content")
     SELECT account."id", batch."content"::jsonb
     FROM unnest(?::text[], ?::text[]) AS batch ("id", "content")
     JOIN "social_account" account ON account."id" = batch."id" AND account."deleted_at" IS NULL
     JOIN platform ON platform."id" = account."platform_id"
     ON CONFLICT ("id") DO UPDATE SET "content" = excluded."content", "updated_at" = now()`,
    [
      id,
      connected_at,
      status === "pending",
      ids,
      ids,
      sealed.map(({ content }) => JSON.stringify(content)),
    ]
  )
}

/**
 * Deletes what a platform's accounts have of their own, deleted accounts
 * included.
 *
 * @param ids - of these accounts alone
 */
export const deleteAccountCredentials = async (
  manager: SqlEntityManager,
  platform_id: string,
  ids?: string[]
): Promise<void> => {
  await query(
    manager,
    `DELETE FROM "social_account_credential" WHERE "id" IN (
       SELECT "id" FROM "social_account"
       WHERE "platform_id" = ? ${ids ? `AND "id" = ANY(?::text[])` : ""})`,
    ids ? [platform_id, ids] : [platform_id]
  )
}
