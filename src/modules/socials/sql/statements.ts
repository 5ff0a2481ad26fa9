import type { SqlEntityManager } from "@medusajs/framework/mikro-orm/knex"
import {
  InjectManager,
  type InjectTransactionManager,
  MedusaContext,
} from "@medusajs/framework/utils"
import { managerOf, type SharedContext } from "./manager"

/** Runs on the manager that it is given, a transaction's or the connection's own. */
type Statement = (manager: SqlEntityManager, ...args: any[]) => unknown

/** A statement as a method: Medusa's shared context last, in place of the manager first. */
type MethodOf<S> = S extends (
  manager: SqlEntityManager,
  ...args: infer Args
) => infer Result
  ? (...args: [...Args, context?: SharedContext]) => Result
  : never

type Constructor = new (...args: any[]) => object

/**
 * Makes statements methods of a module's service, each under its own name, so
 * that they run in the caller's transaction as Medusa's generated methods do.
 * A statement declares its optional arguments with `?`: a default value would
 * hide where the shared context stands.
 *
 * @param Base - what `MedusaService` made
 * @param statements - functions whose first parameter is the manager
 * @param inject - whose manager they get: the caller's, or a transaction's that
 * is begun where the caller has none
 */
export const withStatements = <
  Base extends Constructor,
  Statements extends Record<string, Statement>,
>(
  Base: Base,
  statements: Statements,
  inject: typeof InjectManager | typeof InjectTransactionManager = InjectManager
) => {
  class WithStatements extends Base {}
  for (const [name, statement] of Object.entries(statements)) {
    const contextIndex = statement.length - 1
    const descriptor: PropertyDescriptor = {
      configurable: true,
      writable: true,
      value: async (...args: unknown[]) =>
        await statement(
          managerOf(args[contextIndex] as SharedContext),
          ...args.slice(0, contextIndex)
        ),
    }
    MedusaContext()(WithStatements.prototype, name, contextIndex)
    inject()(WithStatements.prototype, name, descriptor)
    Object.defineProperty(WithStatements.prototype, name, descriptor)
  }
  return WithStatements as Base &
    (new (...args: any[]) => {
      [K in keyof Statements]: MethodOf<Statements[K]>
    })
}
