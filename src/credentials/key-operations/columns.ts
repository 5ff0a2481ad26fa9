import type { BatchReport } from "../../shared/encryption-types"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { RegisteredColumn } from "../../modules/encryption/columns"
import type { EncryptionContext } from "../../modules/encryption/envelope/context"
import { NotStoredError } from "../../modules/encryption/errors"
import type { EnvelopeV2 } from "../../modules/encryption/types"
import {
  countJudged,
  PAGE,
  type StoredCount,
} from "../../modules/socials/sql/envelopes"
import { encryptionModule } from "../modules"
import { ACCOUNT_CREDENTIALS } from "../storage/account-credentials"
import { type BatchInput, DEFAULT_BATCH_SIZE, quarantineFor } from "./batch"

/*
 * Envelopes outside the platforms: the plugin's checkpoints and the credentials
 * of accounts, and columns of the application's own tables. Every operation on keys takes them in after the
 * platforms, one column after the other.
 */

/** A column that the database has. */
export type PresentColumn = RegisteredColumn & { type: string }

interface ColumnValue {
  id: string
  value: unknown
}

const knexOf = (container: MedusaContainer): Knex =>
  container.resolve(ContainerRegistrationKeys.PG_CONNECTION)

/**
 * What the plugin seals in tables of its own besides the platforms: the
 * checkpoints of publications, and what accounts have of their own.
 */
const OWN_COLUMNS: readonly PresentColumn[] = [
  {
    table: "social_checkpoint",
    column: "content",
    id_column: "id",
    context: { table: "social_checkpoint", field: "content" },
    type: "jsonb",
  },
  {
    table: ACCOUNT_CREDENTIALS.table,
    column: ACCOUNT_CREDENTIALS.field,
    id_column: "id",
    context: ACCOUNT_CREDENTIALS,
    type: "jsonb",
  },
]

const allColumns = async (
  container: MedusaContainer
): Promise<RegisteredColumn[]> => [
  ...OWN_COLUMNS,
  ...(await encryptionModule(container).columns()),
]

const isPresent = (column: RegisteredColumn): column is PresentColumn =>
  column.type !== null

/** What the envelope of a row is bound to. */
export const contextOf = (
  { context }: Pick<RegisteredColumn, "context">,
  rowId: string
): EncryptionContext => ({ ...context, rowId })

/** Reads values in the order of their rows' ids, taken as text. */
const readValues = async (
  container: MedusaContainer,
  { table, column, id_column }: RegisteredColumn,
  after: string,
  limit: number
): Promise<ColumnValue[]> => {
  const knex = knexOf(container)
  return await knex(table)
    .select(knex.raw("??::text as id, ?? as value", [id_column, column]))
    .whereNotNull(column)
    .whereRaw('??::text collate "C" > ?', [id_column, after])
    .orderByRaw('??::text collate "C"', [id_column])
    .limit(limit)
}

/**
 * Puts an envelope in the place of a value.
 *
 * @returns false when the value has changed since it was read
 * @throws {NotStoredError} when the database refuses it
 */
const replaceValue = async (
  container: MedusaContainer,
  { table, column, id_column, type, context }: PresentColumn,
  { id, value }: ColumnValue,
  envelope: EnvelopeV2
): Promise<boolean> => {
  const isJson = type === "json" || type === "jsonb"
  try {
    const count = await knexOf(container)(table)
      .update({ [column]: JSON.stringify(envelope) })
      .whereRaw("??::text = ?", [id_column, id])
      .whereRaw(isJson ? "??::jsonb = ?::jsonb" : "?? = ?", [
        column,
        isJson ? JSON.stringify(value) : (value as string),
      ])
    return count > 0
  } catch (error) {
    const { code } = error as { code?: unknown }
    throw new NotStoredError(String(code ?? "no code"), {
      context: contextOf({ context }, id),
    })
  }
}

/** Makes the envelope that a value is to be replaced by, or null to leave it alone. */
export type ValueTransform = (
  value: unknown,
  context: EncryptionContext
) => Promise<EnvelopeV2 | null>

/**
 * Runs a transformation over a batch of a column's values. One that does not
 * open, or whose envelope the column does not take, is quarantined and stays.
 */
export const processColumn = async (
  container: MedusaContainer,
  column: PresentColumn,
  {
    after = "",
    limit = DEFAULT_BATCH_SIZE,
    dry_run = false,
  }: Pick<BatchInput, "after" | "limit" | "dry_run">,
  transform: ValueTransform
): Promise<BatchReport> => {
  const rows = await readValues(container, column, after, limit)
  const report: BatchReport = {
    examined: rows.length,
    changed: 0,
    skipped: 0,
    quarantined: [],
    next: rows.length === limit ? rows[rows.length - 1].id : null,
  }
  for (const row of rows) {
    try {
      const envelope = await transform(row.value, contextOf(column, row.id))
      if (envelope) {
        const isWritten =
          dry_run || (await replaceValue(container, column, row, envelope))
        report[isWritten ? "changed" : "skipped"] += 1
      }
    } catch (error) {
      quarantineFor(error, ({ code, message }) =>
        report.quarantined.push({
          table: column.table,
          row_id: row.id,
          field: column.column,
          code,
          message,
        })
      )
    }
  }
  return report
}

/** Begins the cursors of a column. The ids of platforms hold no slash. */
const cursorOf = ({ table, column }: RegisteredColumn): string =>
  `${table}.${column}/`

/**
 * One batch of the platforms, or of a registered column once those are through.
 *
 * @param input - `after` tells where it begins
 */
export const acrossColumns = async <Report extends BatchReport>(
  container: MedusaContainer,
  input: BatchInput,
  ofPlatforms: (input: BatchInput) => Promise<Report>,
  ofColumn: (column: PresentColumn, input: BatchInput) => Promise<Report>
): Promise<Report> => {
  const columns = (await allColumns(container)).filter(isPresent)
  const { after = "" } = input
  const at = columns.findIndex((column) => after.startsWith(cursorOf(column)))
  const cursor = at < 0 ? "" : cursorOf(columns[at])
  const report =
    at < 0
      ? await ofPlatforms(input)
      : await ofColumn(columns[at], {
          ...input,
          after: after.slice(cursor.length),
        })
  if (report.next !== null) {
    return { ...report, next: cursor + report.next }
  }
  const following = columns[at + 1]
  return { ...report, next: following ? cursorOf(following) : null }
}

/** What a column holds. */
export interface ColumnCount {
  table: string
  column: string
  /** Whether it is one of the plugin's own tables. */
  is_own: boolean
  /** Whether the database has no such column, so that nothing was counted. */
  is_missing: boolean
  counts: StoredCount[]
}

/** Counts what the columns hold, by what it is. */
export const countColumns = async (
  container: MedusaContainer
): Promise<ColumnCount[]> => {
  const counted: ColumnCount[] = []
  for (const column of await allColumns(container)) {
    const counts = isPresent(column)
      ? await countJudged(async ([after]) => {
          const rows = await readValues(container, column, after, PAGE)
          return rows.map((row) => ({ ...row, key: column.column }))
        }, "sealed")
      : []
    counted.push({
      table: column.table,
      column: column.column,
      is_own: OWN_COLUMNS.some(({ table }) => table === column.table),
      is_missing: !isPresent(column),
      // Text, and no tenant, are as good as any form in a column of the application's.
      counts: counts.map((count) => ({ ...count, is_old_form: false })),
    })
  }
  return counted
}
