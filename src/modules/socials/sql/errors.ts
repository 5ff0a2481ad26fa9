import { MedusaError } from "@medusajs/framework/utils"

/**
 * PostgreSQL's codes for a text that it cannot hold, NUL above all. A NUL in a
 * bound value ends it early, which the server takes for a broken message.
 */
const UNSTORABLE_TEXT = ["22P05", "22021", "08P01"]

/** What the driver, the query builder and the ORM add to their errors. */
const STATEMENT_MEMBERS = ["sql", "query", "bindings", "sqlMessage"]

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === "string" ? code : undefined
}

/** Whether an error comes from the database or from what speaks with it. */
const isDatabaseError = (error: unknown): boolean =>
  error instanceof Error &&
  !(error instanceof MedusaError) &&
  (/^[0-9A-Z]{5}$/.test(codeOf(error) ?? "") ||
    STATEMENT_MEMBERS.some((member) => member in error))

const DEADLOCK = "40P01"

/** Whether a statement was given up for another one that waited for it: it has done nothing. */
export const isDeadlock = (error: unknown): boolean =>
  error instanceof MedusaError && error.message.includes(`(${DEADLOCK})`)

/**
 * What may be told of a database error: its code. Errors of Medusa's own are
 * made for people and pass.
 */
export const withoutValues = (error: unknown): MedusaError => {
  if (error instanceof MedusaError) {
    return error
  }
  const code = codeOf(error)
  if (code && UNSTORABLE_TEXT.includes(code)) {
    return new MedusaError(
      MedusaError.Types.INVALID_DATA,
      "A text holds a character that the database cannot store (NUL). Remove it and send the request again."
    )
  }
  if (code?.startsWith("22")) {
    return new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `A value does not fit where it is to be stored or compared (${code}).`
    )
  }
  return new MedusaError(
    MedusaError.Types.DB_ERROR,
    `The database refused a statement (${code ?? "no code"}).`
  )
}

/**
 * Lets no error of the database leave a service's public methods, generated
 * ones included, with the statement and its values: whoever logs it would log
 * settings, envelopes and, in `dual` mode, plaintext.
 *
 * @param prototype - of the module's service
 */
export const reduceDatabaseErrors = (prototype: object): void => {
  for (const name of publicMethods(prototype)) {
    const method = Reflect.get(prototype, name) as (
      ...args: unknown[]
    ) => unknown
    Object.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      async value(...args: unknown[]) {
        try {
          return await method.apply(this, args)
        } catch (error) {
          throw isDatabaseError(error) ? withoutValues(error) : error
        }
      },
    })
  }
}

const publicMethods = (prototype: object): Set<string> => {
  const names = new Set<string>()
  for (
    let level = prototype;
    level !== Object.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const [name, { value }] of Object.entries(
      Object.getOwnPropertyDescriptors(level)
    )) {
      if (typeof value === "function" && !/^(constructor$|_)|_$/.test(name)) {
        names.add(name)
      }
    }
  }
  return names
}
