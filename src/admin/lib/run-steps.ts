export type RunOutcome = "complete" | "stopped" | "failed"

export type RunResult<Totals> = {
  /** What was done, also where not all of it was. */
  totals: Totals
  outcome: RunOutcome
  /** What a failed step was rejected with. */
  error?: unknown
}

export type Steps<Totals, Cursor> = {
  /** The totals before the first step. */
  none: Totals
  /**
   * Does one step.
   *
   * @param totals of the steps before
   * @param cursor where to go on; undefined for the first step
   * @returns the totals with this step, and the next cursor or null at the end
   */
  step: (
    totals: Totals,
    cursor: Cursor | undefined
  ) => Promise<{ totals: Totals; next: Cursor | null }>
}

type Control<Totals> = {
  /** Asked before each step, so that none is left half done. */
  shouldStop: () => boolean
  onProgress: (totals: Totals) => void
}

/**
 * Does steps until the last one, a stop or a failure. What is stored is the
 * only state, so that a run which ended early goes on when it is started again.
 *
 * @param steps what to do
 * @param control when to stop, and whom to tell
 * @returns how it ended; it never rejects
 */
export const runSteps = async <Totals, Cursor>(
  { none, step }: Steps<Totals, Cursor>,
  { shouldStop, onProgress }: Control<Totals>
): Promise<RunResult<Totals>> => {
  let totals = none
  let cursor: Cursor | undefined

  while (!shouldStop()) {
    try {
      const done = await step(totals, cursor)
      totals = done.totals
      onProgress(totals)
      if (done.next === null) {
        return { totals, outcome: "complete" }
      }
      cursor = done.next
    } catch (error) {
      return { totals, outcome: "failed", error }
    }
  }
  return { totals, outcome: "stopped" }
}
