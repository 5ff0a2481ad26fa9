import { z } from "@medusajs/framework/zod"
import { createFindParams } from "@medusajs/medusa/api/utils/validators"

/** The largest offset that PostgreSQL's `integer` holds; no list is longer. */
const MAX_OFFSET = 2_147_483_647

/** Rows that one page may have. */
const MAX_LIMIT = 1_000

const count = (
  name: string,
  fallback: number,
  minimum: number,
  maximum: number
) =>
  z.preprocess(
    (value) => (typeof value === "string" && value ? Number(value) : value),
    z
      .custom<number>(
        (value) =>
          Number.isInteger(value) &&
          (value as number) >= minimum &&
          (value as number) <= maximum,
        {
          message: `${name} must be a whole number from ${minimum} to ${maximum}.`,
        }
      )
      .default(fallback)
  )

/**
 * The parameters of a list, with bounds: PostgreSQL refuses a negative or
 * enormous `limit` and `offset`.
 */
export const listParams = ({ limit }: { limit: number }) =>
  createFindParams({ offset: 0, limit }).extend({
    offset: count("offset", 0, 0, MAX_OFFSET),
    limit: count("limit", limit, 0, MAX_LIMIT),
  })

/** One text or several. */
export const texts = (name: string) =>
  z.custom<string | string[]>(
    (value) => [value].flat().every((item) => typeof item === "string"),
    { message: `${name} must be text.` }
  )

const TIME_OPERATORS = ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"]

const isTime = (value: unknown): boolean =>
  typeof value === "string" &&
  (z.iso.datetime({ offset: true }).safeParse(value).success ||
    z.iso.date().safeParse(value).success)

/** A filter by time: a time, or a range such as `created_at[$gte]=2030-01-31`. */
export const timeFilter = (name: string) =>
  z.custom<string | Record<string, string>>(
    (value) =>
      isTime(value) ||
      (typeof value === "object" &&
        value !== null &&
        Object.entries(value).length > 0 &&
        Object.entries(value).every(
          ([operator, time]) =>
            TIME_OPERATORS.includes(operator) && isTime(time)
        )),
    {
      message: `${name} must be a time in ISO 8601, or a range of them, for example ${name}[$gte]=2030-01-31T09:00:00Z.`,
    }
  )
