import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"

export interface OAuthSessionClaim {
  state_hash: string
  provider: string
  actor_id: string
}

/**
 * Uses up a pending authorization. One statement, so that of two answers with
 * the same state just one finds it, and the wrong admin finds nothing and
 * spoils nothing.
 *
 * @returns the session's id, or null when there is none to use
 */
export const consumeOauthSession = async (
  manager: SqlEntityManager,
  { state_hash, provider, actor_id }: OAuthSessionClaim
): Promise<string | null> => {
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_oauth_session"
     SET "consumed_at" = now(), "updated_at" = now()
     WHERE "state_hash" = ? AND "provider" = ? AND "actor_id" = ?
       AND "consumed_at" IS NULL AND "expires_at" > now() AND "deleted_at" IS NULL
     RETURNING "id"`,
    [state_hash, provider, actor_id]
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
