import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import { generateEntityId } from "@medusajs/framework/utils"
import {
  inspectStored,
  isOldForm,
  type Slot,
  type Stored,
} from "../../encryption/envelope/classify"
import type { EnvelopeFormat } from "../../encryption/types"
import { type ApiConfig, lowestKeyVersion } from "../utils/api-config"
import { query } from "./manager"
import type { CredentialContent } from "./platforms"

/*
 * The stored envelopes as a whole, for the operations on keys. Deleted rows
 * count: a key that one of them needs is still needed.
 */

/** How many stored values there are of one kind. */
export interface StoredCount {
  kind: Exclude<Stored["kind"], "nothing">
  /** Of an envelope, or else null. */
  format: EnvelopeFormat | null
  /** Of an envelope, or else null. */
  key_version: number | null
  /** Whether they are envelopes as text, or not bound to a tenant: re-encryption mends both. */
  is_old_form: boolean
  values: number
  rows: number
}

/** It lives for minutes, in a table of its own, and belongs to no tenant. */
const VERIFIER = "code_verifier_encrypted"

/*
 * What the places of envelopes hold is counted from `api_config_shape`, which
 * the database keeps: what is an envelope beyond doubt is there as `format/key
 * version`, with `/old` where re-encryption has something to mend, and null
 * says only that `inspectStored` has to judge. What is said there it must say too.
 */

/** Values that are read at a time to be judged. */
export const PAGE = 1_000

/** A pending authorization's PKCE verifier counts for as long as it can be answered. */
const UNSETTLED_VALUES = `
  SELECT platform."id", field.key, field.value
  FROM "social_platform" platform, jsonb_each(platform."api_config") field
  WHERE jsonb_path_match(platform."api_config_shape", '$.* == null')
    AND platform."api_config_shape" -> field.key = 'null'
  UNION ALL
  SELECT session."id", '${VERIFIER}', session."code_verifier_encrypted"
  FROM "social_oauth_session" session
  WHERE session."consumed_at" IS NULL AND session."expires_at" > now()`

/** Counts everything in the places of envelopes, by what it is. */
export const countSealed = async (
  manager: SqlEntityManager
): Promise<StoredCount[]> => {
  const counts = await query<StoredCount>(
    manager,
    `SELECT 'envelope' AS kind, split_part(what, '/', 1)::int AS format,
            split_part(what, '/', 2)::int AS key_version, what LIKE '%/old' AS is_old_form,
            sum(rows * "values")::int AS "values", sum(rows)::int AS rows
     FROM (SELECT "api_config_shape" AS shape, count(*) AS rows
           FROM "social_platform" GROUP BY 1) alike,
       LATERAL (SELECT field.value AS what, count(*) AS "values"
                FROM jsonb_each_text(shape) field WHERE field.value <> 'plain' GROUP BY 1) held
     GROUP BY what ORDER BY what`,
    []
  )
  const judged = await countJudged(
    (after) =>
      query<StoredValue>(
        manager,
        `SELECT "id", key, value FROM (${UNSETTLED_VALUES}) stored
         WHERE ("id", key) > (?, ?) ORDER BY "id", key LIMIT ${PAGE}`,
        after
      ),
    "sealed"
  )
  return [...counts, ...judged]
}

export interface StoredValue {
  id: string
  key: string
  value: unknown
}

/**
 * Reads values page by page and counts them by what `inspectStored` says.
 *
 * @param read - up to {@link PAGE} values after one, in the order of id and key
 */
export const countJudged = async (
  read: (after: [id: string, key: string]) => Promise<StoredValue[]>,
  slot: Slot
): Promise<StoredCount[]> => {
  const counts = new Map<string, StoredCount & { ids: Set<string> }>()
  let page = await read(["", ""])
  while (page.length) {
    for (const { id, key, value } of page) {
      const stored = inspectStored(value, slot)
      if (stored.kind === "nothing") {
        continue
      }
      const [format, key_version, is_old_form] =
        stored.kind === "envelope"
          ? [
              stored.format,
              stored.envelope.keyVersion,
              key !== VERIFIER && isOldForm(stored),
            ]
          : [null, null, false]
      const name = `${stored.kind}:${format}:${key_version}:${is_old_form}`
      const count = counts.get(name) ?? {
        kind: stored.kind,
        format,
        key_version,
        is_old_form,
        values: 0,
        rows: 0,
        ids: new Set(),
      }
      count.values += 1
      count.ids.add(id)
      counts.set(name, count)
    }
    const last = page[page.length - 1]
    page = page.length < PAGE ? [] : await read([last.id, last.key])
  }
  return [...counts.values()].map(({ ids, ...count }) => ({
    ...count,
    rows: ids.size,
  }))
}

/** A key of `api_config` outside the places of envelopes: the caller knows which are secrets. */
export interface PlainKey {
  provider: string
  key: string
}

/** Lists what keys there are outside the places of envelopes, by provider. */
export const listPlainKeys = (manager: SqlEntityManager): Promise<PlainKey[]> =>
  query<PlainKey>(
    manager,
    `SELECT DISTINCT alike."provider", field.key
     FROM (SELECT DISTINCT "provider", "api_config_shape" AS shape FROM "social_platform") alike,
       jsonb_each_text(alike.shape) field
     WHERE field.value = 'plain'
     ORDER BY 1, 2`,
    []
  )

/** Counts everything that stands under some keys, by what it is. */
export const countPlain = (
  manager: SqlEntityManager,
  keys: PlainKey[]
): Promise<StoredCount[]> =>
  countJudged(
    (after) =>
      query<StoredValue>(
        manager,
        `SELECT platform."id", field.key, platform."api_config" -> field.key AS value
         FROM "social_platform" platform, jsonb_each_text(platform."api_config_shape") field
         WHERE (platform."id", field.key) > (?, ?) AND field.value = 'plain'
           AND (platform."provider", field.key) IN (
             SELECT secret ->> 'provider', secret ->> 'key'
             FROM jsonb_array_elements(?::jsonb) secret)
         ORDER BY 1, 2 LIMIT ${PAGE}`,
        [...after, JSON.stringify(keys)]
      ),
    "plain"
  )

/** What an operation on keys reads of a row. */
export interface SealedRow {
  id: string
  tenant_id: string | null
  provider: string
  api_config: ApiConfig
  credential_index: string[] | null
  credentials_version: number
}

/** As JSON, which the driver parses faster than an array. */
const SEALED_ROW = `"id", "tenant_id", "provider", "api_config", "credentials_version",
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
 * Reads rows that hold anything but envelopes of format 2 under the given
 * version, each as an object: what is to be sealed again, and what cannot be.
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
       SELECT 1 FROM jsonb_each_text(platform."api_config_shape") field
       WHERE field.value IS NULL OR field.value NOT IN ('plain', ?)
     ))
     ORDER BY "id" LIMIT ?`,
    [after, key_version, `2/${key_version}`, limit]
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
