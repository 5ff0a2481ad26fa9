import { createRequire } from "node:module"

const load = createRequire(__filename)

/**
 * Counts as X does, as `x-weighted.ts` of the rules. What it is counted with
 * takes its time to load, and is loaded with the first count.
 *
 * @param text any text
 * @returns the weighted length
 */
export const countXWeighted = (text: string): number =>
  (load("twitter-text") as typeof import("twitter-text")).parseTweet(text)
    .weightedLength
