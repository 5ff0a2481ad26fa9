import { z } from "@medusajs/framework/zod"

/**
 * The `order` parameter of a list, for just these columns. Ordering by any
 * column would let a client learn what it may not read, value by value.
 */
export const orderBy = (columns: readonly string[]) =>
  z
    .string()
    .refine((value) => columns.includes(value.replace(/^-/, "")), {
      message: `order must be one of: ${columns.join(", ")}; with a leading "-" for descending order.`,
    })
    .optional()
