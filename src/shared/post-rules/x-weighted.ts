import twitter from "twitter-text"

/**
 * Counts as X does: Latin and most European letters 1, others 2, an emoji 2, a
 * URL 23, after normalising to NFC (docs.x.com/fundamentals/counting-characters).
 *
 * It stands in a file of its own because it brings twitter-text: the dashboard
 * loads it only where a limit is in this unit.
 *
 * @param text any text
 * @returns the weighted length
 */
export const countXWeighted = (text: string): number =>
  twitter.parseTweet(text).weightedLength
