import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { generateEntityId } from "@medusajs/framework/utils"
import { type ApiConfig, lowestKeyVersion } from "../utils/api-config"
import { query } from "./manager"
import type { CredentialContent } from "./platforms"

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
  WHERE field.key LIKE '%\\_encrypted' AND jsonb_typeof(field.value) <> 'null'
  UNION ALL
  SELECT session."id", session."code_verifier_encrypted"
  FROM "social_oauth_session" session
  WHERE session."code_verifier_encrypted" IS NOT NULL
    AND session."consumed_at" IS NULL AND session."expires_at" > now()`

/** The key version under which values are counted that name none. */
export const DAMAGED = 0

/** Counts all envelopes by format and key version. */
export const countEnvelopes = (
  manager: SqlEntityManager
): Promise<EnvelopeCount[]> =>
  query<EnvelopeCount>(
    manager,
    `SELECT CASE WHEN envelope ->> 'keyVersion' ~ '^[0-9]{1,5}$'
              THEN (envelope ->> 'keyVersion')::int ELSE ${DAMAGED} END AS key_version,
            CASE WHEN envelope ->> 'v' = '2' THEN 2 ELSE 1 END AS format,
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
  credential_index: string[] | null
  credentials_version: number
}

/** As JSON, which the driver parses faster than an array. */
const SEALED_ROW = `"id", "provider", "api_config", "credentials_version",
       array_to_json("credential_index") AS "credential_index"`

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
    `SELECT ${SEALED_ROW} FROM "social_platform"
     WHERE "id" > ? AND "api_config" IS NOT NULL
     ORDER BY "id" LIMIT ?`,
    [after, limit]
  )

/**
 * Reads rows with an envelope that is not of format 2 under the given version;
 * one that is stored as text, of whatever version, is outdated too.
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
    `SELECT ${SEALED_ROW} FROM "social_platform" platform
     WHERE "id" > ? AND ("key_version" <> ? OR EXISTS (
       SELECT 1 FROM jsonb_each(platform."api_config") field
       WHERE field.key LIKE '%\\_encrypted' AND jsonb_typeof(field.value) <> 'null'
         AND (field.value ->> 'v' IS DISTINCT FROM '2'
              OR field.value ->> 'keyVersion' IS DISTINCT FROM ?)
     ))
     ORDER BY "id" LIMIT ?`,
    [after, key_version, String(key_version), limit]
  )

/** Index entries are of letters, digits, `_`, `-` and `:`; nothing needs a quote. */
const arrayLiteral = (entries: string[] | null): string | null =>
  entries && `{${entries.join(",")}}`

/**
 * One text for many objects. JSON has no line break of its own, and the driver
 * would have to escape every quote of an array of texts, which the server then
 * has to take out again: half of what a write costs.
 */
const jsonLines = (objects: ApiConfig[]): string =>
  objects.map((object) => JSON.stringify(object)).join("\n")

export interface ApiConfigRewrite extends CredentialContent {
  id: string
  expected_version: number
}

/** What the audit trail says of each row that a batch has written. */
export interface RewriteEvent {
  type: string
  actor_id: string | null
  details: Record<string, unknown> | null
}

/**
 * The audit trail's part of the statement that writes a batch: with it or not
 * at all, and without values that travel for each row. Ids that grow keep the
 * index's new pages few; random ones would touch all of it.
 */
const NOTE = `, noted AS (
     INSERT INTO "social_credential_event"
       ("id", "platform_id", "type", "actor_id", "details")
     SELECT ? || lpad((row_number() OVER ())::text, 5, '0'), "id", ?, ?, ?::jsonb
     FROM written)`

const noteParameters = ({
  type,
  actor_id,
  details,
}: RewriteEvent): unknown[] => [
  generateEntityId(undefined, "scev"),
  type,
  actor_id,
  details && JSON.stringify(details),
]

/**
 * Writes many rows' `api_config` whole in one statement, each only if nobody
 * has written it in the meantime: {@link writeApiConfig} for a whole batch,
 * deleted rows included.
 *
 * @param event - for the audit trail of each row that is written; none if absent
 * @returns ids of the rows that were written; the others have moved on
 */
export const writeApiConfigs = async (
  manager: SqlEntityManager,
  rewrites: ApiConfigRewrite[],
  event?: RewriteEvent
): Promise<string[]> => {
  if (!rewrites.length) {
    return []
  }
  const rows = await query<{ id: string }>(
    manager,
    `WITH written AS (
     UPDATE "social_platform" platform
     SET "api_config" = batch."api_config"::jsonb,
         "key_version" = batch."key_version",
         "credential_index" = batch."credential_index"::text[],
         "credentials_version" = platform."credentials_version" + 1,
         "updated_at" = now()
     FROM unnest(?::text[], string_to_array(?, E'\\n'), ?::text[], ?::int[], ?::int[]) AS batch
       ("id", "api_config", "credential_index", "key_version", "expected_version")
     WHERE platform."id" = batch."id"
       AND platform."credentials_version" = batch."expected_version"
     RETURNING platform."id")${event ? NOTE : ""}
     SELECT "id" FROM written`,
    [
      rewrites.map(({ id }) => id),
      jsonLines(rewrites.map(({ api_config }) => api_config)),
      rewrites.map(({ credential_index }) => arrayLiteral(credential_index)),
      rewrites.map(({ api_config }) => lowestKeyVersion(api_config)),
      rewrites.map(({ expected_version }) => expected_version),
      ...(event ? noteParameters(event) : []),
    ]
  )
  return rows.map(({ id }) => id)
}
