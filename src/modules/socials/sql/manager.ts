import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import type { Context } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"

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

/** Runs a statement with `?` placeholders and types its rows. */
export const query = async <Row>(
  manager: SqlEntityManager,
  sql: string,
  parameters: unknown[]
): Promise<Row[]> => (await manager.execute(sql, parameters)) as Row[]
