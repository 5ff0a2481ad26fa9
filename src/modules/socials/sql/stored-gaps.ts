import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./manager"

/** What is missing beside the stored envelopes. */
export interface StoredGaps {
  /** Values `null` in the place of an envelope. */
  nulls: number
  /** Credentials that a platform is found by, without an entry in its blind index. */
  unindexed: number
}

/**
 * Counts what is missing beside the stored envelopes.
 *
 * @param indexed - names of the credentials that a platform is found by
 */
export const countStoredGaps = async (
  manager: SqlEntityManager,
  indexed: readonly string[]
): Promise<StoredGaps> => {
  const [gaps] = await query<StoredGaps>(
    manager,
    `SELECT
       count(*) FILTER (WHERE jsonb_typeof(field.value) = 'null')::int AS nulls,
       count(*) FILTER (WHERE jsonb_typeof(field.value) <> 'null'
         AND left(field.key, -10) IN (SELECT jsonb_array_elements_text(?::jsonb))
         AND NOT EXISTS (
           SELECT 1 FROM unnest(platform."credential_index") entry
           WHERE split_part(entry, ':', 1) = left(field.key, -10)))::int AS unindexed
     FROM "social_platform" platform, jsonb_each(platform."api_config") field
     WHERE field.key LIKE '%\\_encrypted'`,
    [JSON.stringify(indexed)]
  )
  return gaps
}
