import { runInNewContext } from "node:vm"
import type { PatternFinder } from "../shared/post-rules/check-community"

/** In ms: somebody else's expression may run for ever. */
const REGEX_TIME = 50

/**
 * Looks for a community's expressions, which others wrote: what this language
 * cannot read or takes too long over counts as found, and the service decides.
 */
export const findsOne: PatternFinder = (patterns, text) =>
  patterns.some((pattern) => {
    try {
      return runInNewContext(
        'new RegExp(pattern, "imu").test(text)',
        { pattern, text },
        { timeout: REGEX_TIME }
      ) as boolean
    } catch {
      return true
    }
  })
