import type { MetricsAt } from "../../shared/post-types"
import { countOf } from "./format"

const HOUR_MS = 3_600_000

const numbers = new Intl.NumberFormat()

/** Writes a figure in the reader's own language. */
export const figureInWords = (value: number | undefined): string =>
  value === undefined ? "–" : numbers.format(value)

/**
 * The names of all figures, in the order in which they were first told.
 *
 * @param series figures over time
 */
export const figureNames = (series: MetricsAt[]): string[] => [
  ...new Set(series.flatMap(({ values }) => Object.keys(values))),
]

/**
 * How old a post was when its figures were read: `after 6 hours`, `after 7 days`.
 *
 * @param measuredAt when they were read, ISO 8601
 * @param publishedAt when it went out, ISO 8601
 */
export const ageInWords = (measuredAt: string, publishedAt: string): string => {
  const hours = Math.round(
    (Date.parse(measuredAt) - Date.parse(publishedAt)) / HOUR_MS
  )
  return hours < 48
    ? `after ${countOf(Math.max(hours, 0), "hour")}`
    : `after ${countOf(Math.round(hours / 24), "day")}`
}

/**
 * Where the points of a line are, in a box of 100 by 100 whose origin is at the
 * top. The highest value is at the top, the lowest at the bottom; values that
 * are all the same are in the middle.
 *
 * @param values in the order of time
 * @returns x and y of each
 */
export const linePoints = (values: number[]): [x: number, y: number][] => {
  const min = Math.min(...values)
  const range = Math.max(...values) - min
  return values.map((value, index) => [
    values.length === 1 ? 50 : (index / (values.length - 1)) * 100,
    range === 0 ? 50 : 100 - ((value - min) / range) * 100,
  ])
}
