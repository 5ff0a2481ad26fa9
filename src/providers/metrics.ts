import type { Metric } from "./publication"

/**
 * The figures that a service has told, by the names that the dashboard has for
 * them. Some services write numbers as texts.
 *
 * @param values - what it has not told is left out
 */
export const metricsOf = (
  values: Readonly<Record<string, unknown>>
): Metric[] =>
  Object.entries(values).flatMap(([name, told]) => {
    const isWritten = typeof told === "string" && told.trim() !== ""
    const value = isWritten ? Number(told) : told
    return typeof value === "number" && Number.isFinite(value)
      ? [{ name, value }]
      : []
  })
