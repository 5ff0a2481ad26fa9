import type { NewPublication } from "../modules/socials/service"

/** How long before its time a post is prepared, in ms: uploads take their time, and then only the last call is left. */
const PREPARE_AHEAD_MS = 30 * 60 * 1000

/**
 * When a publication becomes public, and when its preparation begins.
 *
 * @param scheduledAt - of its post; null for a draft, which nobody takes up
 */
export const planned = (
  scheduledAt: Date | null
): Pick<NewPublication, "publish_at" | "next_attempt_at"> => ({
  publish_at: scheduledAt,
  next_attempt_at: scheduledAt
    ? new Date(scheduledAt.getTime() - PREPARE_AHEAD_MS)
    : null,
})
