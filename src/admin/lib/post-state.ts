import type { PostStatus, SocialPost } from "../../shared/api-types"

/** What is out somewhere, or about to be, cannot be changed any more. */
const EDITABLE = new Set<PostStatus>(["draft", "scheduled", "failed"])

/**
 * Tells whether a post can be changed.
 *
 * @param post the post as the API shows it
 * @returns true while it is out nowhere and nothing is under way
 */
export const canEdit = ({ status }: SocialPost): boolean => EDITABLE.has(status)

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
