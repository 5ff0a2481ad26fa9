/**
 * The value that a share of all values does not exceed (nearest rank).
 *
 * @param share - from 0 to 1: 0.5 is the median
 */
export const percentile = (
  values: readonly number[],
  share: number
): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
}

/** Milliseconds with one decimal, for people. */
export const roundMs = (ms: number): number => Math.round(ms * 10) / 10
