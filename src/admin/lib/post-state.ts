import type { SocialPost } from "../types"

/**
 * Tells whether a person can have a post tried again: some account has failed,
 * or nobody knows what became of it, and no attempt is running.
 *
 * @param post the post as the API shows it
 * @returns true where a Retry button makes sense
 */
export const canRetry = ({ publications }: SocialPost): boolean =>
  publications.some(({ state }) => state === "failed" || state === "unknown") &&
  publications.every(({ state }) => state !== "publishing")
