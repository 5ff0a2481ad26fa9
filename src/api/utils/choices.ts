import { z } from "@medusajs/framework/zod"

/**
 * A filter that takes one or more of these values. Medusa's message about a
 * union of both forms would name neither the values nor the mistake.
 */
export const anyOf = <T extends string>(
  name: string,
  allowed: readonly T[]
) => {
  const values = new Set<unknown>(allowed)
  return z.custom<T | T[]>(
    (value) => [value].flat().every((item) => values.has(item)),
    { message: `${name} must be one of: ${allowed.join(", ")}.` }
  )
}
