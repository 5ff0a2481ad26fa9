import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"

export interface OAuthSessionClaim {
  state_hash: string
  provider: string
  actor_id: string
  /** Path of the redirect URI at which the response arrived. */
  redirect_path: string
}

/**
 * Uses up a pending authorization. One statement, so that of two responses with
 * the same state just one finds it, and the wrong admin finds nothing and
 * spoils nothing.
 *
 * @returns the session's id, or null when there is none to use
 */
export const consumeOauthSession = async (
  manager: SqlEntityManager,
  { state_hash, provider, actor_id, redirect_path }: OAuthSessionClaim
): Promise<string | null> => {
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_oauth_session"
     SET "consumed_at" = now(), "updated_at" = now()
     WHERE "state_hash" = ? AND "provider" = ? AND "actor_id" = ?
       AND right("redirect_uri", length(?)) = ?
       AND "consumed_at" IS NULL AND "expires_at" > now() AND "deleted_at" IS NULL
     RETURNING "id"`,
    [state_hash, provider, actor_id, redirect_path, redirect_path]
  )
  return rows[0]?.id ?? null
}

/**
 * Removes authorizations that can no longer be finished.
 *
 * @param before - sessions that expired earlier are removed
 */
export const deleteExpiredOauthSessions = async (
  manager: SqlEntityManager,
  before: Date
): Promise<void> => {
  await query(
    manager,
    `DELETE FROM "social_oauth_session" WHERE "expires_at" < ?`,
    [before]
  )
}
