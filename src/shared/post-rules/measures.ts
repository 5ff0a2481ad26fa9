import type { Range } from "./limits"

type Measure = number | null | undefined

/**
 * A measure or limit as far as it is one: what is missing, no number, below zero
 * or beyond counting is not known, and the same after a way through JSON.
 */
export const known = (value: Measure): number | null =>
  typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER
    ? // Makes -0 a 0, as JSON does.
      value + 0
    : null

/** Whether a measure is surely outside a range. */
export const isOutside = (
  value: Measure,
  range: Range | undefined,
  tolerance = 0
): boolean => {
  const [measured, min, max] = [value, range?.min, range?.max].map(known)
  return (
    measured !== null &&
    ((min !== null && measured < min - tolerance) ||
      (max !== null && measured > max + tolerance))
  )
}
