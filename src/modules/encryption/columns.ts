import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { MedusaError } from "@medusajs/framework/utils"

/** A column of the application's own tables that holds envelopes. */
export type EncryptedColumn = {
  table: string
  /** Text or JSON. */
  column: string
  /**
   * What the rows' context has as `rowId`.
   *
   * @default "id"
   */
  id_column?: string
  /**
   * Table and field of the context that the application seals with.
   *
   * @default the names of table and column
   */
  context?: { table: string; field: string }
}

/** A column that every operation on keys takes in. */
export type RegisteredColumn = Required<EncryptedColumn> & {
  /** PostgreSQL's name of its type; null when the database has no such column. */
  type: string | null
}

export type ColumnRegistry = {
  /** The columns of the plugin's options, and those that an import has recorded. */
  list(): Promise<RegisteredColumn[]>
  /** Records a column for good. */
  record(column: EncryptedColumn): Promise<void>
}

const NAMES = ["table", "column", "id_column", "context"]

/** Tables that the plugin takes care of itself. */
const OWN_TABLE = /^social_/

const isName = (value: unknown): value is string =>
  typeof value === "string" && /^[^\0]{1,63}$/.test(value)

/**
 * Checks the plugin option `encryption.columns`.
 *
 * @throws MedusaError (INVALID_DATA) that says which entry is wrong
 */
export function validateColumns(columns: unknown): EncryptedColumn[] {
  const refuse = (message: string): never => {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
  }
  if (columns === undefined) {
    return []
  }
  if (!Array.isArray(columns)) {
    return refuse(
      'The plugin option encryption.columns must be a list such as [{ table: "supplier", column: "api_key" }].'
    )
  }
  return columns.map((entry, index) => {
    const { table, column, id_column, context } = Object(entry)
    const isComplete =
      isName(table) &&
      isName(column) &&
      (id_column === undefined || isName(id_column)) &&
      (context === undefined ||
        (isName(context?.table) && isName(context?.field))) &&
      Object.keys(Object(entry)).every((name) => NAMES.includes(name))
    if (!isComplete) {
      refuse(
        `The plugin option encryption.columns[${index}] must name a table and a column, and may name an id_column and a context of table and field.`
      )
    }
    if (OWN_TABLE.test(table)) {
      refuse(
        `The plugin option encryption.columns[${index}] names "${table}", which belongs to the plugin: it takes care of its own tables.`
      )
    }
    return entry as EncryptedColumn
  })
}

const withDefaults = ({
  table,
  column,
  id_column = "id",
  context = { table, field: column },
}: EncryptedColumn): Required<EncryptedColumn> => ({
  table,
  column,
  id_column,
  context,
})

/**
 * @returns PostgreSQL's name of the column's type; null unless the database has it and the id's
 */
export async function findColumnType(
  knex: Knex,
  {
    table,
    column,
    id_column,
  }: Pick<Required<EncryptedColumn>, "table" | "column" | "id_column">
): Promise<string | null> {
  const columns: { column_name: string; data_type: string }[] = await knex(
    "information_schema.columns"
  )
    .select("column_name", "data_type")
    .where({ table_name: table })
    .whereRaw("table_schema = any (current_schemas(false))")
    .whereIn("column_name", [column, id_column])
  const typeOf = (name: string) =>
    columns.find(({ column_name }) => column_name === name)?.data_type
  return (typeOf(id_column) && typeOf(column)) || null
}

/**
 * @param knex - the application's database
 * @param configured - from the plugin's options; they win over what is recorded
 */
export function createColumnRegistry(
  knex: Knex,
  configured: EncryptedColumn[]
): ColumnRegistry {
  return {
    async list() {
      const recorded = await knex("encryption_column").select(
        "table_name as table",
        "column_name as column",
        "id_column"
      )
      const columns = new Map(
        [...recorded, ...configured].map((entry) => [
          JSON.stringify([entry.table, entry.column]),
          withDefaults(entry),
        ])
      )
      return await Promise.all(
        [...columns.values()].map(async (entry) => ({
          ...entry,
          type: await findColumnType(knex, entry),
        }))
      )
    },
    async record({ table, column, id_column = "id" }) {
      await knex("encryption_column")
        .insert({ table_name: table, column_name: column, id_column })
        .onConflict(["table_name", "column_name"])
        .merge(["id_column"])
    },
  }
}
