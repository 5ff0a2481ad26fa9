import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import type { InferTypeOf } from "@medusajs/framework/types"
import type SocialPlatform from "../models/social-platform"
import { query } from "./manager"

type SocialPlatformRow = InferTypeOf<typeof SocialPlatform>

/*
 * Who refreshes a platform's token. The row itself says so, not a lock: a lock
 * of PostgreSQL holds a connection of the pool for as long as the service takes,
 * one in memory knows a single process, and one that is lost tells nobody.
 */

const UNTIL = `now() + ? * interval '1 second'`

/**
 * Takes the right to refresh a platform's token.
 *
 * @param token - of this refresh; no other has it
 * @param seconds - time after which the holder is taken for dead
 * @returns the platform as it stands with the lease; undefined when another
 * process has it
 */
export const takeRefreshLease = async (
  manager: SqlEntityManager,
  id: string,
  token: string,
  seconds: number
): Promise<SocialPlatformRow | undefined> => {
  const rows = await query<SocialPlatformRow>(
    manager,
    `UPDATE "social_platform"
     SET "refresh_lease_token" = ?, "refresh_lease_until" = ${UNTIL}
     WHERE "id" = ? AND "deleted_at" IS NULL
       AND ("refresh_lease_until" IS NULL OR "refresh_lease_until" <= now())
     RETURNING *`,
    [token, seconds, id]
  )
  return rows[0]
}

/** Moves the end of a lease on, while its holder is at work. */
export const keepRefreshLease = async (
  manager: SqlEntityManager,
  id: string,
  token: string,
  seconds: number
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_platform" SET "refresh_lease_until" = ${UNTIL}
     WHERE "id" = ? AND "refresh_lease_token" = ?`,
    [seconds, id, token]
  )
}

/** Gives a lease back, unless somebody else has it by now. */
export const endRefreshLease = async (
  manager: SqlEntityManager,
  id: string,
  token: string
): Promise<void> => {
  await query(
    manager,
    `UPDATE "social_platform"
     SET "refresh_lease_token" = NULL, "refresh_lease_until" = NULL
     WHERE "id" = ? AND "refresh_lease_token" = ?`,
    [id, token]
  )
}
