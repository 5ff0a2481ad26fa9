import type { Knex, SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import type { Context } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { withoutValues } from "./errors"

type RawBinding = Knex.RawBinding

export type SharedContext = Context<SqlEntityManager>

/** The manager of the running transaction, or else the connection's own. */
export const managerOf = (context: SharedContext): SqlEntityManager => {
  const manager = context.transactionManager ?? context.manager
  if (!manager) {
    throw new MedusaError(
      MedusaError.Types.UNEXPECTED_STATE,
      "The socials module was called without a database connection."
    )
  }
  return manager
}

/**
 * Runs a statement with `?` placeholders and types its rows. The values are
 * bound: the ORM's own `execute` would write them into the statement's text,
 * where the server's log has them, and where a batch makes a text of megabytes.
 *
 * @throws {MedusaError} DB_ERROR with PostgreSQL's error code alone: the
 * library's own message repeats the statement with all its values
 */
export const query = async <Row>(
  manager: SqlEntityManager,
  sql: string,
  parameters: unknown[]
): Promise<Row[]> => {
  try {
    const statement = manager.getKnex().raw(sql, parameters as RawBinding[])
    const transaction = manager.getTransactionContext()
    const { rows } = await (transaction
      ? statement.transacting(transaction)
      : statement)
    return rows as Row[]
  } catch (error) {
    throw withoutValues(error)
  }
}
