import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import { recognise } from "../../modules/encryption/envelope/classify"
import { EncryptionError } from "../../modules/encryption/errors"
import type { EnvelopeV2 } from "../../modules/encryption/types"
import {
  type BatchReport,
  DEFAULT_BATCH_SIZE,
  type BatchInput,
} from "../key-operations/batch"
import { encryptionModule } from "../modules"
import type { ForeignOpener } from "./opener"

export interface ImportColumnInput extends BatchInput {
  /** A table of the application. */
  table: string
  /** Its column with the sealed values: text, JSON text or jsonb. */
  column: string
  /** @default "id" */
  id_column?: string
}

interface StoredValue {
  id: string
  value: unknown
}

/**
 * Imports a batch of values of any table in place. Each becomes an envelope
 * bound to its table, column and row, which the application opens with
 * `decrypt(value, { table, field: column, rowId })`. A value that somebody
 * changes meanwhile is left alone, and an envelope is what it should be.
 *
 * @throws {MedusaError} INVALID_DATA when there is no such column
 */
export const importColumnBatch = async (
  container: MedusaContainer,
  opener: ForeignOpener,
  input: ImportColumnInput
): Promise<BatchReport> => {
  const { table, column, id_column = "id", after = "", dry_run } = input
  const limit = input.limit ?? DEFAULT_BATCH_SIZE
  const knex: Knex = container.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  const type = await columnType(knex, table, column, id_column)
  const rows: StoredValue[] = await knex(table)
    .select(knex.raw("??::text as id, ?? as value", [id_column, column]))
    .whereNotNull(column)
    .whereRaw("??::text > ?", [id_column, after])
    .orderByRaw("??::text", [id_column])
    .limit(limit)

  const report: BatchReport = {
    examined: rows.length,
    changed: 0,
    skipped: 0,
    quarantined: [],
    next: rows.length === limit ? rows[rows.length - 1].id : null,
  }
  for (const row of rows) {
    if (!isForeign(opener, row.value)) {
      continue
    }
    const envelope = await seal(container, opener, input, row, report)
    if (!envelope) {
      continue
    }
    const isWritten =
      dry_run || (await replace(knex, input, type, row, envelope))
    report[isWritten ? "changed" : "skipped"] += 1
  }
  return report
}

const columnType = async (
  knex: Knex,
  table: string,
  column: string,
  idColumn: string
): Promise<string> => {
  if (table === "social_platform") {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      "The credentials of platforms are imported without naming a table."
    )
  }
  const columns: { column_name: string; data_type: string }[] = await knex(
    "information_schema.columns"
  )
    .select("column_name", "data_type")
    .where({ table_name: table })
    .whereRaw("table_schema = any (current_schemas(false))")
    .whereIn("column_name", [column, idColumn])
  const found = columns.find(({ column_name }) => column_name === column)
  if (!found || !columns.some(({ column_name }) => column_name === idColumn)) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `There is no table "${table}" with the columns "${column}" and "${idColumn}" in the database.`
    )
  }
  return found.data_type
}

const isForeign = (opener: ForeignOpener, value: unknown): value is string =>
  typeof value === "string" &&
  (opener.recognises
    ? opener.recognises(value)
    : recognise(value).format === "plaintext")

const seal = async (
  container: MedusaContainer,
  opener: ForeignOpener,
  { table, column }: ImportColumnInput,
  { id, value }: StoredValue,
  report: BatchReport
): Promise<EnvelopeV2 | undefined> => {
  try {
    const { secret } = await opener.open(value as string)
    return await encryptionModule(container).encrypt(secret, {
      table,
      field: column,
      rowId: id,
    })
  } catch (error) {
    if (!(error instanceof EncryptionError)) {
      throw error
    }
    report.quarantined.push({
      row_id: id,
      field: column,
      code: error.code,
      message: error.message,
    })
    return undefined
  }
}

/** @returns false when the value has changed since it was read */
const replace = async (
  knex: Knex,
  { table, column, id_column = "id" }: ImportColumnInput,
  type: string,
  { id, value }: StoredValue,
  envelope: EnvelopeV2
): Promise<boolean> => {
  const isJson = type === "json" || type === "jsonb"
  const count = await knex(table)
    .update({ [column]: JSON.stringify(envelope) })
    .whereRaw("??::text = ?", [id_column, id])
    .whereRaw(isJson ? "??::jsonb = ?::jsonb" : "?? = ?", [
      column,
      isJson ? JSON.stringify(value) : (value as string),
    ])
  return count > 0
}
