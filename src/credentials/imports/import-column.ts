import type { BatchReport } from "../../shared/encryption-types"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import { findColumnType } from "../../modules/encryption/columns"
import { inspectStored } from "../../modules/encryption/envelope/classify"
import type { BatchInput } from "../key-operations/batch"
import { type PresentColumn, processColumn } from "../key-operations/columns"
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

/**
 * Imports a batch of values of any table in place. Each becomes an envelope
 * bound to its table, column and row, which the application opens with
 * `decrypt(value, { table, field: column, rowId })`. A value that somebody
 * changes meanwhile is left alone, and an envelope is what it should be.
 *
 * The column is recorded: from then on every operation on keys takes it in.
 *
 * @throws {MedusaError} INVALID_DATA when there is no such column
 */
export const importColumnBatch = async (
  container: MedusaContainer,
  opener: ForeignOpener,
  input: ImportColumnInput
): Promise<BatchReport> => {
  const encryption = encryptionModule(container)
  const column = await requireColumn(container, input)
  if (!input.dry_run) {
    await encryption.registerColumn(column)
  }
  return await processColumn(
    container,
    column,
    input,
    async (value, context) =>
      isForeign(opener, value)
        ? await encryption.encrypt((await opener.open(value)).secret, context)
        : null
  )
}

const requireColumn = async (
  container: MedusaContainer,
  { table, column, id_column = "id" }: ImportColumnInput
): Promise<PresentColumn> => {
  if (table === "social_platform") {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      "The credentials of platforms are imported without naming a table."
    )
  }
  const knex: Knex = container.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  const type = await findColumnType(knex, { table, column, id_column })
  if (!type) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `There is no table "${table}" with the columns "${column}" and "${id_column}" in the database.`
    )
  }
  const registered = (await encryptionModule(container).columns()).find(
    (known) => known.table === table && known.column === column
  )
  const context = registered?.context ?? { table, field: column }
  return { table, column, id_column, context, type }
}

const isForeign = (opener: ForeignOpener, value: unknown): value is string =>
  typeof value === "string" &&
  (opener.recognises
    ? opener.recognises(value)
    : ["plaintext", "foreign"].includes(inspectStored(value, "sealed").kind))
