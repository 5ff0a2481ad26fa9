import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { type ApiConfig, lowestKeyVersion } from "../utils/api-config"
import { query } from "./manager"

/*
 * The stored envelopes as a whole, for the operations on keys. Deleted rows
 * count: a key that one of them needs is still needed.
 */

/** How many sealed values there are of one format under one key version. */
export interface EnvelopeCount {
  key_version: number
  format: number
  values: number
  rows: number
}

/** A pending authorization's PKCE verifier counts for as long as it can be answered. */
const ENVELOPES = `
  SELECT platform."id", field.value AS envelope
  FROM "social_platform" platform, jsonb_each(platform."api_config") field
  WHERE field.key LIKE '%\\_encrypted' AND jsonb_typeof(field.value) = 'object'
  UNION ALL
  SELECT session."id", session."code_verifier_encrypted"
  FROM "social_oauth_session" session
  WHERE session."code_verifier_encrypted" IS NOT NULL
    AND session."consumed_at" IS NULL AND session."expires_at" > now()`

/** Counts all envelopes by format and key version. */
export const countEnvelopes = (
  manager: SqlEntityManager
): Promise<EnvelopeCount[]> =>
  query<EnvelopeCount>(
    manager,
    `SELECT (envelope ->> 'keyVersion')::int AS key_version,
            coalesce((envelope ->> 'v')::int, 1) AS format,
            count(*)::int AS "values", count(DISTINCT "id")::int AS rows
     FROM (${ENVELOPES}) envelopes
     GROUP BY 1, 2 ORDER BY 1, 2`,
    []
  )

/** Keys of `api_config` that hold text in the clear, by provider: the caller knows which are secrets. */
export interface PlainKeyCount {
  provider: string
  key: string
  rows: number
}

/** Counts text values outside envelopes by provider and key. */
export const countPlainKeys = (
  manager: SqlEntityManager
): Promise<PlainKeyCount[]> =>
  query<PlainKeyCount>(
    manager,
    `SELECT platform."provider", field.key, count(*)::int AS rows
     FROM "social_platform" platform, jsonb_each(platform."api_config") field
     WHERE field.key NOT LIKE '%\\_encrypted'
       AND jsonb_typeof(field.value) = 'string' AND field.value <> '""'
     GROUP BY 1, 2 ORDER BY 1, 2`,
    []
  )

/** What an operation on keys reads of a row. */
export interface SealedRow {
  id: string
  provider: string
  api_config: ApiConfig
  credentials_version: number
}

/**
 * Reads rows in the order of their ids.
 *
 * @param after - id of the last row that was read; an empty string begins
 * @param limit - at most this many
 */
export const listSealedRows = (
  manager: SqlEntityManager,
  after: string,
  limit: number
): Promise<SealedRow[]> =>
  query<SealedRow>(
    manager,
    `SELECT "id", "provider", "api_config", "credentials_version"
     FROM "social_platform"
     WHERE "id" > ? AND "api_config" IS NOT NULL
     ORDER BY "id" LIMIT ?`,
    [after, limit]
  )

/**
 * Reads rows with an envelope that is not of format 2 under the given version.
 *
 * @param key_version - the version that everything is to be sealed with
 */
export const listOutdatedRows = (
  manager: SqlEntityManager,
  key_version: number,
  after: string,
  limit: number
): Promise<SealedRow[]> =>
  query<SealedRow>(
    manager,
    `SELECT "id", "provider", "api_config", "credentials_version"
     FROM "social_platform" platform
     WHERE "id" > ? AND EXISTS (
       SELECT 1 FROM jsonb_each(platform."api_config") field
       WHERE field.key LIKE '%\\_encrypted' AND jsonb_typeof(field.value) = 'object'
         AND (field.value ->> 'v' IS DISTINCT FROM '2'
              OR field.value ->> 'keyVersion' IS DISTINCT FROM ?)
     )
     ORDER BY "id" LIMIT ?`,
    [after, String(key_version), limit]
  )

export interface ApiConfigRewrite {
  id: string
  api_config: ApiConfig
  expected_version: number
}

/**
 * Writes many rows' `api_config` whole in one statement, each only if nobody
 * has written it in the meantime: {@link writeApiConfig} for a whole batch,
 * deleted rows included.
 *
 * @returns ids of the rows that were written; the others have moved on
 */
export const writeApiConfigs = async (
  manager: SqlEntityManager,
  rewrites: ApiConfigRewrite[]
): Promise<string[]> => {
  if (!rewrites.length) {
    return []
  }
  const rows = await query<{ id: string }>(
    manager,
    `UPDATE "social_platform" platform
     SET "api_config" = batch."api_config", "key_version" = batch."key_version",
         "credentials_version" = platform."credentials_version" + 1, "updated_at" = now()
     FROM jsonb_to_recordset(?::jsonb)
       AS batch("id" text, "api_config" jsonb, "key_version" int, "expected_version" int)
     WHERE platform."id" = batch."id"
       AND platform."credentials_version" = batch."expected_version"
     RETURNING platform."id"`,
    [
      JSON.stringify(
        rewrites.map((rewrite) => ({
          ...rewrite,
          key_version: lowestKeyVersion(rewrite.api_config),
        }))
      ),
    ]
  )
  return rows.map(({ id }) => id)
}
