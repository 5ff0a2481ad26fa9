import { randomBytes } from "node:crypto"

import { generateEntityId } from "@medusajs/framework/utils"
import type pg from "pg"

import { blindIndex } from "../src/modules/encryption/keys/blind-index"
import { sealV2 } from "../src/modules/encryption/envelope/format-2"
import type { Keyring } from "../src/modules/encryption/keys/keyring"

const TABLE = "social_platform"
const FIELDS = ["access_token", "refresh_token"]
const SECRET_LENGTH = 200
const ROWS_PER_INSERT = 1000

const secret = (): string => randomBytes(SECRET_LENGTH / 2).toString("hex")

type Row = { id: string; apiConfig: string; index: string }

/** A platform with a setting, and both tokens sealed and indexed for it. */
function newRow({ active }: Keyring): Row {
  const id = generateEntityId(undefined, "splat")
  const apiConfig: Record<string, unknown> = { client_id: "1234567890" }
  const index: string[] = []
  for (const field of FIELDS) {
    const value = secret()
    apiConfig[`${field}_encrypted`] = sealV2(active!, value, {
      table: TABLE,
      field,
      rowId: id,
    })
    index.push(
      `${field}:${blindIndex(active!, { table: TABLE, field }, value)}`
    )
  }
  return {
    id,
    apiConfig: JSON.stringify(apiConfig),
    index: `{${index.join()}}`,
  }
}

/**
 * Inserts platforms that are sealed with the active! key.
 *
 * @param count - how many
 */
export async function insertRows(
  client: pg.Client,
  keyring: Keyring,
  count: number
): Promise<void> {
  for (let inserted = 0; inserted < count; inserted += ROWS_PER_INSERT) {
    const length = Math.min(ROWS_PER_INSERT, count - inserted)
    const rows = Array.from({ length }, () => newRow(keyring))
    await client.query(
      `INSERT INTO "social_platform"
         ("id", "name", "provider", "api_config", "credential_index", "key_version", "token_expires_at")
       SELECT "id", 'Shop ' || "id", 'generic', "api_config"::jsonb, "index"::text[], $4,
              now() + interval '1 hour'
       FROM unnest($1::text[], $2::text[], $3::text[]) AS batch("id", "api_config", "index")`,
      [
        rows.map(({ id }) => id),
        rows.map(({ apiConfig }) => apiConfig),
        rows.map(({ index }) => index),
        keyring.active!.version,
      ]
    )
  }
}

/** Makes the table for every side what it was before: no dead rows, statistics, nothing to flush. */
export async function tidy(client: pg.Client): Promise<void> {
  await client.query(`VACUUM (ANALYZE) "social_platform"`)
  await client.query("CHECKPOINT")
}
